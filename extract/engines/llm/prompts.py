"""Prompts are files: front matter, a part for the system and a part that ends in the document.

A prompt is found by task and version in ``prompts/`` (``prompts/_default/`` serves every schema that has none of its own), or by
the path of a file. Its hash stands in the provenance of each record.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from extract.errors import PromptError
from extract.once import once

REPAIR = "_repair"
"""The folder of the prompt that asks again for fields that were wrong."""
DEFAULT = "_default"
"""The folder of the prompts for schemas that have none of their own."""
MAX_BYTES = 200_000
"""Bytes that a prompt file may have."""

_FRONT = re.compile(r"---\n(.*?\n)---\n(.*)", re.DOTALL)
_PARTS = re.compile(r"\s*<!-- system -->\n(.*?)\n<!-- user -->\n(.*)", re.DOTALL)
_HOLE = re.compile(r"\{\{\s*(\w*)\s*\}\}")
_SYSTEM_HOLES, _USER_HOLES = frozenset({"fields"}), frozenset({"fields", "filled", "problems", "document"})
_VERSION = re.compile(r"v([0-9]{1,6})\.md")


class Defaults(BaseModel):
    """What a prompt says about the call, where the settings say nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_output_tokens: int = Field(default=4096, ge=1)
    temperature: float | None = Field(default=None, ge=0, le=2)
    top_p: float | None = Field(default=None, gt=0, le=1)
    seed: int | None = None
    reasoning_effort: str | None = None


class Example(BaseModel):
    """A document, and the record that is right for it; checked against each other before any call."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    document: str
    record: dict[str, JsonValue]


class FrontMatter(BaseModel):
    """The head of a prompt file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(min_length=1, max_length=200)
    version: int = Field(ge=1)
    description: str = ""
    defaults: Defaults = Defaults()
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Prompt:
    """A prompt file: its head, its two templates, and the SHA-256 of all of it (line ends as LF).

    Two are equal only if they are the same object, so that what is made of one can be kept.
    """

    head: FrontMatter
    system: str
    user: str
    hash: str

    def system_part(self, holes: Mapping[str, str]) -> str:
        """The part for the system with its holes filled."""
        return _filled(self.system, holes)

    def user_part(self, holes: Mapping[str, str]) -> str:
        """The part that ends in the document; what fills a hole is not looked through for others."""
        return _filled(self.user, holes)


@lru_cache(maxsize=64)  # a file is read for each document, in case it changed, and is the same prompt if it did not
def read_prompt(text: str, *, name: str) -> Prompt:
    """A prompt from the text of its file; PromptError, with the file's name and what to do, where it is none.

    The system part may have the hole ``{{fields}}``; the user part ``{{fields}}``, ``{{filled}}`` (what is known already),
    ``{{problems}}`` (what was wrong, where fields are asked for again), and, at its end and once, ``{{document}}``.
    """
    text = text.replace("\r\n", "\n")
    front = _FRONT.fullmatch(text)
    if not front:
        raise PromptError(f"{name}: a prompt begins with a line ---, its head in YAML, and another line ---")
    parts = _PARTS.fullmatch(front[2])
    if not parts:
        raise PromptError(f"{name}: below the head a prompt has a line <!-- system --> and, further down, a line <!-- user -->")
    system, user = parts[1].strip(), parts[2].strip()
    _check_holes(system, _SYSTEM_HOLES, f"{name}, system part")
    _check_holes(user, _USER_HOLES, f"{name}, user part")
    if [hole for hole in _HOLE.findall(user) if hole == "document"] != ["document"] or not _ends_in_document(user):
        raise PromptError(f"{name}: the user part must end in {{{{document}}}}, and have it once: what comes first is cached")
    return Prompt(_head(front[1], name), system, user, hashlib.sha256(text.encode()).hexdigest())


def prompt_for(task: str, wanted: str = "") -> Prompt:
    """The prompt of a task: its newest version, the version of that name ("v1"), or the file of that path.

    PromptError, with the versions that there are, for any other name.
    """
    if wanted.endswith(".md") or "/" in wanted or "\\" in wanted:
        return _from_file(Path(wanted))
    shipped = versions(task) or versions(DEFAULT)
    folder = task if versions(task) else DEFAULT
    name = f"{wanted}.md" if wanted else shipped[-1]
    if name not in shipped:
        known = ", ".join(version.removesuffix(".md") for version in shipped)
        raise PromptError(f"there is no prompt {wanted!r} for {task}: use one of {known}, or the path of a file that ends in .md")
    return _shipped(folder, name)


@once
def _shipped(folder: str, name: str) -> Prompt:
    return read_prompt(files("extract.prompts").joinpath(folder, name).read_text("utf-8"), name=f"prompts/{folder}/{name}")


@once
def versions(task: str) -> tuple[str, ...]:
    """The names of the files of a task's prompts, the oldest version first."""
    folder = files("extract.prompts").joinpath(task)
    names = [entry.name for entry in folder.iterdir()] if task.isidentifier() and folder.is_dir() else []
    return tuple(sorted(filter(_VERSION.fullmatch, names), key=lambda name: int(name[1:-3])))


def _from_file(path: Path) -> Prompt:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise PromptError(f"{path}: a prompt of more than {MAX_BYTES:,} bytes is no prompt")
        return read_prompt(raw.decode("utf-8-sig"), name=str(path))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise PromptError(f"{path}: the prompt cannot be read ({reason})") from error


def _head(text: str, name: str) -> FrontMatter:
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
            raise PromptError(
                f"{name}: its head has an alias (*), and a few may stand for more than fits into memory: write it out"
            )
        return FrontMatter.model_validate(yaml.safe_load(text))
    except ValidationError as error:
        raise PromptError(f"{name}: {told_by(error, whole='head')}") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # ValueError: a date that there is not, a number that is none
        raise PromptError(f"{name}: its head is no YAML ({str(error).splitlines()[0]})") from error


def told_by(error: ValidationError, *, whole: str) -> str:
    """What a schema says against a content, in one line; ``whole`` is what the content as such is called."""
    details = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(f"{'.'.join(map(str, detail['loc'])) or whole}: {detail['msg']}" for detail in details)


def _check_holes(text: str, known: frozenset[str], where: str) -> None:
    unknown = sorted(set(_HOLE.findall(text)) - known)
    if unknown:
        raise PromptError(f"{where}: {{{{{unknown[0]}}}}} cannot be filled; there are {', '.join(sorted(known))}")


def _ends_in_document(text: str) -> bool:
    *_, last = _HOLE.finditer(text)
    return last[1] == "document" and last.end() == len(text)


def _filled(template: str, holes: Mapping[str, str]) -> str:
    """The template with its holes filled; lines that only held a hole for nothing are gone."""
    text = re.sub(r"^\{\{\s*(\w+)\s*\}\}\n", lambda hole: hole[0] if holes[hole[1]] else "", template, flags=re.MULTILINE)
    return _HOLE.sub(lambda hole: holes[hole[1]], text).strip()
