"""A case drafted by an engine, for a person to correct: gold begins with a record that is nearly right, and never ends there."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import JsonValue

from extract.errors import UsageError
from extract.evals.cases import EXPECTED
from extract.pipeline import extract
from extract.result import Status
from extract.review import review_page
from extract.source import MAX_CHARS, Format, open_source
from extract.tasks import task_named

if TYPE_CHECKING:
    from extract.settings import Settings  # the rules need none

NOTE, PAGE = "note.md", "review.html"
_NAME = re.compile(r"[\w][\w.-]*")
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")


@dataclass(frozen=True, slots=True)
class Drafted:
    """Where a drafted case is: its folder, its gold, and the page to check it on."""

    folder: Path
    gold: Path
    page: Path


def draft_case(
    document: Path,
    folder: Path,
    *,
    name: str,
    schema: str = "job_posting",
    engine: str = "auto",
    settings: Settings | None = None,
    input_format: str | Format | None = None,
    max_chars: int = MAX_CHARS,
) -> Drafted:
    """A new case of a document in ``folder``, with the record that an engine makes of it; marked as a draft.

    UsageError where there is such a case already, or where the name is none; what ``extract`` raises for the document.
    """
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} is no name of a case: letters, digits, '_', '-' and '.'; choose one with --name")
    target = folder / name
    if target.exists():
        raise UsageError(f"{target} is there already: choose another name with --name, or another folder with -o")
    opened = open_source(document, max_chars=max_chars, name=document.name)
    result = extract(opened, schema=schema, engine=engine, settings=settings, input_format=input_format)
    record = result.record.model_dump(mode="json", by_alias=False)
    language = record.get("language")
    gold: dict[str, JsonValue] = {
        "schema": schema if ":" in schema else task_named(schema).name,
        "draft": True,
        "format": result.provenance.format,
        "tags": [language] if isinstance(language, str) else [],
        "expected": record,
        "accept": {},
        "critical": [],
        "inferred": [path for path, found in result.evidence.items() if found.status is Status.INFERRED],
        "traps": {},
    }
    suffix = document.suffix.lower()
    target.mkdir(parents=True)
    (target / f"input{suffix if _SUFFIX.fullmatch(suffix) else '.txt'}").write_bytes(document.read_bytes())
    (target / EXPECTED).write_text(json.dumps(gold, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    (target / NOTE).write_text(_note(name, result.provenance.engine), encoding="utf-8")
    (target / PAGE).write_text(review_page(result, opened.text), encoding="utf-8")
    return Drafted(target, target / EXPECTED, target / PAGE)


def _note(name: str, engine: str) -> str:
    return f"""# {name}

A draft: `{EXPECTED}` holds what the engine `{engine}` found, with its mistakes.

- Check every field in `{PAGE}`, correct `{EXPECTED}`, and put null (or an empty list) where the document states nothing.
- `accept`: what else is right, by path; for a list, whole lists. `critical`: paths that must never get worse.
- `inferred`: paths of values that no text states. `traps`: by path, what is hard about it.
- Then take out `"draft": true`, put what makes this document hard in the place of this list, and remove `{PAGE}`.
"""
