"""The five rooms in one call."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from extract import Extraction, Format, Status, aextract, extract
from extract.errors import BinarySource, EmptySource, ExtractError, FormatError, SourceTooLarge, UnreadableSource, UsageError
from extract.fields import leaf_paths
from extract.readers import read_as
from extract.schemas.job_posting import JobPosting
from extract.source import open_source
from extract.tasks import shipped_tasks, task_named, task_of

POSTING = """Acme Bakery

Job title: Pastry Cook
Location: Lyon, France
Salary: 2.400 € - 2.800 € per month

We are looking for a Pastry Cook to join our team in Lyon.

Responsibilities:
- Bake croissants before dawn
- Keep the ovens clean

Requirements:
- Two years of experience in a bakery
"""


class Invoice(BaseModel):
    """A schema that is no job posting."""

    number: str


def test_threads_that_name_the_same_file_get_the_same_schema(tmp_path: Path) -> None:
    """A file is run once; who comes while it runs waits, instead of finding a module without classes."""
    path = tmp_path / "slow_schema.py"
    path.write_text(
        "import time\ntime.sleep(0.2)\nfrom pydantic import BaseModel\nclass Cake(BaseModel):\n    name: str\n", "utf-8"
    )
    found: list[object] = []
    start = threading.Barrier(4)

    def load() -> None:
        start.wait(30)
        found.append(task_named(f"{path}:Cake").schema)

    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(map(id, found))) == 1


def test_a_posting_becomes_a_record() -> None:
    """Values of lines, sentences and lists reach the record, each with evidence."""
    result = extract(POSTING)
    record = result.record
    assert record.title == "Pastry Cook"
    assert record.company is not None
    assert record.company.name == "Acme Bakery"
    assert [place.city for place in record.locations] == ["Lyon"]
    assert record.salary is not None
    assert (record.salary.min, record.salary.max, record.salary.currency) == (Decimal(2400), Decimal(2800), "EUR")
    assert record.responsibilities == ["Bake croissants before dawn", "Keep the ovens clean"]
    assert record.experience_years_min == 2
    assert result.evidence["title"].status is Status.QUOTED
    assert result.evidence["locations.0.country"].status is Status.NORMALISED
    assert result.evidence["salary.unit"].quote == "per month"


def test_every_leaf_has_evidence() -> None:
    """The evidence names each leaf of the record once, nulls as absent."""
    result = extract(POSTING)
    assert [path for path, _ in leaf_paths(result.record)] == list(result.evidence)
    for path, value in leaf_paths(result.record):
        assert (result.evidence[path].status is Status.ABSENT) == (value is None)


def test_spans_lead_to_the_source() -> None:
    """The spans of a quoted value cut it out of the source."""
    (span,) = extract(POSTING).evidence["title"].spans
    assert POSTING[span.start : span.end] == "Pastry Cook"


def test_provenance_says_how_it_was_made() -> None:
    """Engine, task, format, hashes and version are enough to make the record again."""
    provenance = extract(POSTING, name="a posting").provenance
    assert (provenance.engine, provenance.task, provenance.format) == ("rules", "job_posting", "text")
    assert provenance.source == "a posting"
    assert provenance.source_sha256 == hashlib.sha256(POSTING.encode()).hexdigest()
    assert provenance.schema_hash == task_of(JobPosting).schema_hash
    assert provenance.version


def test_a_result_survives_json() -> None:
    """What is printed can be read again, spans and statuses included."""
    result = extract(POSTING)
    assert Extraction[JobPosting].model_validate_json(result.model_dump_json()) == result


def test_no_call_is_made_and_none_is_counted() -> None:
    """The rules need no model: no calls, no tokens, no money."""
    usage = extract(POSTING).usage
    assert (usage.calls, usage.input_tokens, usage.output_tokens, usage.cost, usage.cache_hits) == (0, 0, 0, 0.0, 0)
    assert usage.seconds > 0


def test_the_same_document_gives_the_same_record() -> None:
    """Text, bytes and file, by name or by model, in a thread or not: one answer."""
    first = extract(POSTING)
    for again in (
        extract(POSTING.encode()),
        extract(open_source(POSTING)),
        extract(POSTING, schema=JobPosting),
        extract(POSTING, input_format="text"),
        asyncio.run(aextract(POSTING)),
        asyncio.run(aextract(POSTING, schema=JobPosting, input_format=Format.TEXT)),
    ):
        assert again.record == first.record
        assert again.evidence == first.evidence


def test_files_are_read_and_named(tmp_path: Path) -> None:
    """A path is a file; its name stands in the provenance."""
    path = tmp_path / "posting.txt"
    path.write_text(POSTING, "utf-8")
    result = extract(path)
    assert result.record == extract(POSTING).record
    assert result.provenance.source == str(path)


@pytest.mark.parametrize(
    ("source", "keywords", "error"),
    [
        ("", {}, EmptySource),
        (" \n\t ", {}, EmptySource),
        (b"\x89PNG\r\n\x1a\n....", {}, BinarySource),
        ("far too long", {"max_chars": 5}, SourceTooLarge),
        (Path("no/such/file"), {}, UnreadableSource),
        (Path(), {}, UnreadableSource),
        ("a text", {"input_format": "python_repr"}, FormatError),
        ("a text", {"input_format": "rtf"}, UsageError),
        ("a text", {"engine": "oracle"}, UsageError),
        ("a text", {"schema": "recipe"}, UsageError),
        ("a text", {"schema": "../secrets"}, UsageError),
        ("a text", {"schema": Invoice}, UsageError),
    ],
)
def test_what_cannot_be_done_is_a_typed_error(
    source: str | bytes | Path, keywords: dict[str, object], error: type[ExtractError]
) -> None:
    """Each reason has its own error, and a message that says more than its name."""
    with pytest.raises(error) as caught:
        extract(source, **keywords)  # type: ignore[call-overload]  # wrong on purpose
    assert len(str(caught.value)) > 20


def test_tasks_are_found_by_name_and_by_model() -> None:
    """A task is a module of the schemas; its hash changes with the schema alone."""
    assert shipped_tasks() == ["invoice", "job_posting"]
    assert task_named("job_posting") == task_of(JobPosting)
    assert task_of(Invoice).name == "Invoice"
    assert task_of(Invoice).schema_hash != task_of(JobPosting).schema_hash


@pytest.mark.parametrize(
    ("reader", "text", "value"),
    [
        ("amount", "€ 45 000", 45_000),
        ("country", "Deutschland", "DE"),
        ("currency", "£", "GBP"),
        ("date", "1er septembre 2024", "2024-09-01"),
        ("duration", "an internship of 12 weeks", 12),
        ("education", "PhD", "DOCTORATE"),
        ("email", "jobs@acme.example", "jobs@acme.example"),
        ("employment_type", "Vollzeit", "FULL_TIME"),
        ("in_progress", "currently pursuing a degree", True),
        ("language", "Wir suchen eine Köchin für unsere Küche in Bern.", "de"),
        ("number", "2+ years of experience", 2),
        ("pay_unit", "per hour", "HOUR"),
        ("phone", "+41 44 668 18 00", "+41446681800"),
        ("region", "California", "CA"),
        ("url", "see https://acme.example/jobs", "https://acme.example/jobs"),
        ("workplace", "100% remote", "REMOTE"),
    ],
)
def test_each_reader_is_known_by_its_name(reader: str, text: str, value: object) -> None:
    """Grounding finds a reader for each name that a schema may use."""
    assert value in list(read_as(reader, text))
    assert list(read_as("no such reader", text)) == []


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400))
def test_any_text_gives_a_record_or_a_typed_error(text: str) -> None:
    """Nothing but the documented errors comes out, and no value without a span or outside of the source."""
    try:
        result = extract(text)
    except ExtractError:
        return
    for path, evidence in result.evidence.items():
        assert evidence.status is Status.ABSENT or evidence.spans, path
        assert all(0 <= span.start < span.end <= len(text) for span in evidence.spans)
