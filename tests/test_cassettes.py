"""The five samples, asked for through the whole stack and answered from recordings, without a network.

What answered was a model of random weights (``cassettes/README.md``), so records are gibberish. What holds is asserted: the
request is still the one that was recorded, the record is valid, nothing counts as quoted that the document does not state.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from recording import KEPT_HEADERS, vcr_options
from stated import unstated
from tiny_llm.serve import MODEL, running
from vcr.errors import CannotOverwriteExistingCassetteException

from extract import extract
from extract.errors import EndpointUnavailable
from extract.evals.cases import shipped_cases
from extract.result import Extraction
from extract.schemas.job_posting import JobPosting
from extract.settings import Settings

if TYPE_CHECKING:
    from vcr.cassette import Cassette

CASES = shipped_cases("job_posting")
CASSETTES = Path(__file__).resolve().parent / "cassettes"
PORT = 18080
KEY = "sk-recording-1234567890"
COMMAND = ".venv/bin/pytest tests/test_cassettes.py -p no:randomly --record-mode=rewrite"


@pytest.fixture(scope="module")
def vcr_config() -> dict[str, Any]:
    return vcr_options()


@pytest.fixture(scope="module")
def vcr_cassette_dir() -> str:
    return str(CASSETTES)


@pytest.fixture
def default_cassette_name(name: str) -> str:
    return name


@pytest.fixture(scope="module")
def endpoint(record_mode: str) -> Iterator[str]:
    """The address of the endpoint; it is there only where its answers are recorded."""
    if record_mode == "none":
        yield f"http://127.0.0.1:{PORT}/v1"
    else:
        with running("--port", str(PORT)) as base_url:
            yield base_url


@pytest.fixture
def _replaying(record_mode: str) -> None:
    """Skips what has nothing to look at before the recording is complete."""
    if record_mode != "none":
        pytest.skip("answers are being recorded")


@pytest.fixture
def settings(endpoint: str) -> Settings:
    return Settings(base_url=endpoint, model=MODEL, api_key=KEY, seed=0, cache=False, max_attempts=1)


def asked(source: str, settings: Settings) -> Extraction[JobPosting]:
    """What the whole stack makes of a document; fails with a way out where the request is not the recorded one."""
    try:
        return extract(source, engine="llm", settings=settings)
    except EndpointUnavailable as error:
        cause: BaseException | None = error
        while cause and not isinstance(cause, CannotOverwriteExistingCassetteException):
            cause = cause.__cause__
        if cause is None:
            raise
        differing = "; ".join(re.findall(r"not as recorded: .*", str(cause))) or str(cause)
        pytest.fail(f"{differing}. If prompts, schemas or cleaning were changed on purpose, record anew: {COMMAND}")


@pytest.mark.vcr
@pytest.mark.parametrize("name", CASES)
def test_sample_is_answered_from_its_recording(name: str, settings: Settings, vcr: Cassette, record_mode: str) -> None:
    """The request is the recorded one, and the answer becomes a valid record; all that was recorded is played, and counted."""
    source = CASES[name].source
    result = asked(source, settings)
    assert JobPosting.model_validate_json(result.record.model_dump_json()) == result.record
    assert unstated(result, source) == []
    if record_mode == "none":
        recorded = [interaction["response"]["body"]["usage"] for interaction in interactions(name)]
        assert vcr.play_count == len(vcr), "a recorded answer was not asked for"
        assert result.usage.calls == len(recorded)
        assert result.usage.input_tokens == sum(usage["prompt_tokens"] for usage in recorded)
        assert result.usage.output_tokens == sum(usage["completion_tokens"] for usage in recorded)


@pytest.mark.usefixtures("_replaying")
@pytest.mark.vcr(record_mode="none")
@pytest.mark.parametrize("name", list(CASES)[:1])
def test_another_request_is_not_answered(name: str, settings: Settings, vcr: Cassette) -> None:
    """A document that differs in a word gets no recorded answer, and none from a network; the failure says how to record."""
    with pytest.raises(pytest.fail.Exception, match=r"not as recorded: messages.*--record-mode=rewrite$"):
        asked(CASES[name].source + "\n\nOne more sentence.", settings)
    assert vcr.play_count == 0


@pytest.mark.usefixtures("_replaying")
def test_each_sample_has_one_cassette() -> None:
    """No sample is left out, and no cassette is left over."""
    assert sorted(path.stem for path in CASSETTES.glob("*.yaml")) == sorted(CASES)


@pytest.mark.usefixtures("_replaying")
@pytest.mark.parametrize("name", CASES)
def test_cassette_holds_no_more_than_it_must(name: str) -> None:
    """No header but the type of the content, no key, no path of a machine; small, since every clone has it."""
    for interaction in interactions(name):
        headers = {header.lower() for part in interaction.values() for header in part["headers"]}
        assert headers <= KEPT_HEADERS
        assert interaction["request"]["uri"] == f"http://127.0.0.1:{PORT}/v1/chat/completions"
    text = (CASSETTES / f"{name}.yaml").read_text("utf-8")
    assert not re.search(rf"{KEY}|\bsk-|Bearer|/home/|/root/|/tmp/|/Users/", text)
    assert len(text) < 60_000


def interactions(name: str) -> list[dict[str, Any]]:
    """The requests and responses of a cassette, with their bodies as JSON."""
    found: list[dict[str, Any]] = yaml.safe_load((CASSETTES / f"{name}.yaml").read_text("utf-8"))["interactions"]
    return found
