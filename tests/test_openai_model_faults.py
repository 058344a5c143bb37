"""The model behind an endpoint that fails: what each fault becomes, and that no key or password is shown."""

from __future__ import annotations

import json
import logging
import sys
import time
import traceback
from contextlib import suppress
from dataclasses import replace

import pytest
from fault_server import Fault, Step, chat_completion, serving
from openai_calls import KEY, REQUEST, asking, complete, mocked

from extract.engines.llm.connection import secrets
from extract.errors import AccessDenied, EndpointUnavailable, RequestRejected, SettingsError
from extract.result import Usage
from extract.settings import Settings

pytestmark = pytest.mark.block_network(allowed_hosts=["127.0.0.1"])

UNAVAILABLE = [
    Step(status=500, body={"error": {"message": "boom"}}),
    Step(status=503, body="<html><h1>Service unavailable</h1></html>"),
    Step(status=408),
    Step(status=409),
    Step(status=429),
    Step(fault=Fault.DROPPED),
    Step(fault=Fault.HALF),
    Step(fault=Fault.SILENT),
    Step(fault=Fault.TRICKLE),
    Step(body="<!doctype html><title>Sign in</title>"),
    Step(body=b"\xff\xfe\x00"),
    Step(body=b"[" * 100_000),
    Step(body=[1, 2]),
    Step(body={"error": {"code": 502, "message": "the provider is down"}}),
    Step(body=json.dumps(chat_completion("{}")).encode() + b" " * (16 * 1024 * 1024)),
]
NO_COMPLETION = [
    Step(body=b'{"choices": [{"message": {"content": "{'),
    Step(body={"choices": "none"}),
    Step(body={"choices": [{"message": None}]}),
    Step(body={"choices": [{"message": {"content": 7}}]}),
]


@pytest.mark.parametrize(
    ("api", "step"),
    [*(("chat", step) for step in (*UNAVAILABLE, *NO_COMPLETION)), *(("responses", step) for step in UNAVAILABLE)],
    ids=lambda value: value if isinstance(value, str) else f"{value.status} {value.fault.name.lower()} {str(value.body)[:30]}",
)
def test_an_endpoint_that_does_not_answer_is_unavailable(api: str, step: Step) -> None:
    """A fault of the endpoint or of the network is one to try again, after one request, and says where it was."""
    timeout = 2 if step.fault in {Fault.SILENT, Fault.TRICKLE} else 30
    with serving([step]) as server, asking(server.base_url, api=api, timeout=timeout) as model:
        with pytest.raises(EndpointUnavailable) as caught:
            model.complete(REQUEST)
        assert len(server.requests) == 1
    message = str(caught.value)
    assert server.base_url in message
    assert message.isprintable()
    assert len(message) <= 300
    assert caught.value.usage == Usage(calls=1)
    assert caught.value.__cause__ is not None


@pytest.mark.parametrize("key", ["key", "sk-1234"])
def test_a_short_key_does_not_blot_words_out(key: str) -> None:
    """What is shorter than any key that is given out is not looked for in messages; longer ones are, wherever they stand."""
    with pytest.raises(AccessDenied, match="the monkey broke sk off"):
        complete(Step(status=401, body={"error": {"message": "the monkey broke sk off"}}), api_key=key)
    settings = Settings(base_url="http://me:short@host/v1?a=key&b=long-enough", api_key=key)
    assert secrets(settings) == ("long-enough",)


def test_nobody_listening_is_unavailable() -> None:
    """An address where nobody answers is named, and may be tried again."""
    with serving() as server:
        address = server.base_url
    with asking(address) as model, pytest.raises(EndpointUnavailable, match="could not be reached"):
        model.complete(REQUEST)


def test_the_deadline_of_a_document_bounds_the_attempt() -> None:
    """An attempt ends with the time of its document, also where the time-out is longer."""
    with (
        serving([Step(delay=60)]) as server,
        asking(server.base_url, timeout=500) as model,
        pytest.raises(EndpointUnavailable, match="in time"),
    ):
        model.complete(replace(REQUEST, deadline=time.monotonic() + 2))


def test_no_request_is_made_after_the_deadline() -> None:
    """Where no time is left, nothing leaves, and nothing is counted."""
    with (
        serving() as server,
        asking(server.base_url) as model,
        pytest.raises(EndpointUnavailable, match="no time was left") as caught,
    ):
        model.complete(replace(REQUEST, deadline=time.monotonic() - 1))
    assert server.requests == []
    assert caught.value.usage == Usage()


def test_a_redirect_is_not_followed() -> None:
    """Neither key nor document goes to another address than the one that was set."""
    with serving() as elsewhere:
        moved = Step(status=307, headers={"location": f"{elsewhere.base_url}/chat/completions?token=t"})
        told = pytest.raises(AccessDenied, match=f"points elsewhere.*{elsewhere.base_url}")
        with serving([moved]) as server, asking(server.base_url) as model, told:
            model.complete(REQUEST)
    assert elsewhere.requests == []


@pytest.mark.parametrize("where", ["error", "body"])
def test_a_key_that_the_endpoint_repeats_is_not_shown(where: str) -> None:
    """The message has no key in it, whatever the endpoint says."""
    said: object = {"error": {"message": f"no such key:\x1b[31m {KEY}\n"}} if where == "error" else f"<p>{KEY}</p>"
    with pytest.raises(AccessDenied, match=r"\[key\]") as caught:
        complete(Step(status=401, body=said))
    assert KEY not in str(caught.value)
    assert "\x1b" not in str(caught.value)


def test_user_and_password_of_the_address_are_basic_authentication() -> None:
    """They leave in the header alone, and in no message."""
    with serving([Step(body=chat_completion("{}")), Step(status=500)]) as server:
        address = server.base_url.replace("://", "://me:p%40ss-word@") + "?version=2"
        with asking(address) as model:
            model.complete(REQUEST)
            with pytest.raises(EndpointUnavailable) as caught:
                model.complete(REQUEST)
    received = server.requests[0]
    assert received.headers["authorization"] == "Basic bWU6cEBzcy13b3Jk"
    assert received.path == "/v1/chat/completions?version=2"
    assert received.headers["host"] == server.base_url.split("/")[2]
    assert "p@ss-word" not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("address", ["://tok%2Dalone@", "://me:tok-alone@"])
def test_secrets_of_the_address_that_the_endpoint_repeats_are_not_shown(address: str) -> None:
    """A token in the place of the user, a password, and one in the query; the version of an API is told."""
    step = Step(status=400, body={"error": {"message": "tok-alone query-token 2026-01-01"}})
    with serving([step]) as server:
        given = server.base_url.replace("://", address) + "?token=query-token&api-version=2026-01-01"
        with asking(given) as model, pytest.raises(RequestRejected, match=r"\[key\] \[key\] 2026-01-01"):
            model.complete(REQUEST)


def test_a_name_of_a_host_that_cannot_be_one_is_a_wrong_setting() -> None:
    """It is told before anything leaves, with the variable."""
    with asking("http://hö$t/v1") as model, pytest.raises(SettingsError, match=r"^OPENAI_BASE_URL: "):
        model.complete(REQUEST)


def test_a_failed_call_writes_nothing_to_a_log_that_is_set_up(caplog: pytest.LogCaptureFixture) -> None:
    """What the endpoint repeats of the key stands in no log of the packages below either."""
    caplog.set_level(logging.INFO)
    for step in (Step(status=401, body={"error": {"message": KEY}}), Step(body=chat_completion("", finish_reason="length"))):
        with serving([step]) as server, asking(server.base_url) as model, suppress(AccessDenied):
            model.complete(REQUEST)
    assert "instructor" not in {record.name.partition(".")[0] for record in caplog.records}
    assert KEY not in caplog.text


def test_without_a_key_an_endpoint_of_ones_own_gets_a_placeholder() -> None:
    """A server that wants no key is asked without one."""
    with serving() as server, asking(server.base_url, api_key="") as model:
        model.complete(REQUEST)
    assert server.requests[0].headers["authorization"] == "Bearer none"


@pytest.mark.parametrize("key", ["", "schlüssel", "a\nb"])
def test_a_key_that_cannot_be_one_is_said_before_any_request(key: str) -> None:
    """OpenAI is not asked without a key, nor with one that no header can carry."""
    model = mocked(lambda _: pytest.fail("a request left"), base_url="", api_key=key)
    with pytest.raises(AccessDenied, match="OPENAI_API_KEY") as caught:
        model.complete(REQUEST)
    assert caught.value.usage == Usage()


def test_a_failed_call_writes_nothing_to_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    """A failure is an error that is raised, and no line of a log that nobody set up."""
    import subprocess

    with serving([Step(status=500)]) as server:
        script = (
            "from extract.engines.llm.openai_model import OpenAIModel\n"
            "from extract.engines.llm.seam import Message, Request\n"
            "from extract.errors import EndpointUnavailable\n"
            "from extract.settings import Settings\n"
            f"model = OpenAIModel(Settings(base_url={server.base_url!r}, model='m'))\n"
            "try: model.complete(Request('m', '', (Message('user', 'x'),), {}))\n"
            "except EndpointUnavailable: print('raised')\n"
        )
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("raised\n", "")
