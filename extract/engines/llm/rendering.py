"""From a prompt and a document to the messages of a request: what is the same for all documents first, the document last."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from pydantic import BaseModel, ValidationError

from extract.cleaning import clean
from extract.cleaning.characters import INVISIBLE
from extract.engines.base import DraftValue
from extract.engines.llm.answers import draft_of
from extract.engines.llm.encoding import NotStated, answer_of
from extract.engines.llm.guide import field_guide
from extract.engines.llm.lines import Lines, fenced
from extract.engines.llm.nodes import Wire
from extract.engines.llm.prompts import Example, Prompt, told_by
from extract.engines.llm.seam import Message
from extract.engines.llm.wire import wire_schema
from extract.errors import ExtractError, PromptError
from extract.result import Severity
from extract.source import open_source

_LONGEST_PROBLEM = 400  # characters of what is said to be wrong with a field
_SHOWN = 200  # characters of a value that is told as known
_ESCAPED = re.compile(rf"[<>\x7f-\x9f\u2028\u2029{INVISIBLE}]")  # what looks like the fence or the end of a line, or is not seen


def messages_of(
    prompt: Prompt, wire: Wire, lines: Lines, *, schema: type[BaseModel], filled: Mapping[str, DraftValue]
) -> tuple[Message, ...]:
    """The messages of a request; PromptError where an example of the prompt is not right for its own document."""
    holes = {"fields": field_guide(wire), "filled": _known(filled), "document": fenced(lines)}
    return (*_before_the_document(prompt, wire, schema), Message("user", prompt.user_part(holes)))


def repair_messages(prompt: Prompt, wire: Wire, lines: Lines, problems: Mapping[str, Sequence[str]]) -> tuple[Message, ...]:
    """The messages of a request for fields that were wrong; ``problems`` says of each field what was wrong with it."""
    told = "\n".join(f"{path}: {_plain('; '.join(dict.fromkeys(said)))}" for path, said in problems.items())
    holes = {"fields": field_guide(wire), "problems": told, "document": fenced(lines)}
    return (Message("system", prompt.system_part(holes)), Message("user", prompt.user_part(holes)))


def _plain(text: str) -> str:
    """A text that holds words of the document or of an answer, so that it can neither end its line nor look like the fence."""
    return _ESCAPED.sub(" ", " ".join(text.split()))[:_LONGEST_PROBLEM]


@lru_cache(maxsize=256)  # the same for all documents of which the same is asked
def _before_the_document(prompt: Prompt, wire: Wire, schema: type[BaseModel]) -> tuple[Message, ...]:
    system = prompt.system_part({"fields": field_guide(wire)})
    examples = (message for example in prompt.head.examples for message in _shown(prompt, example, schema, wire))
    return (Message("system", system), *examples)


def _known(filled: Mapping[str, DraftValue]) -> str:
    """The values that are known already, as JSON by path; long texts are not: they stand in the document."""
    known = {path: drafted.value for path, drafted in filled.items() if len(str(drafted.value)) <= _SHOWN}
    if not known:
        return ""
    written = _ESCAPED.sub(lambda found: _as_escape(found[0]), json.dumps(known, ensure_ascii=False))
    return f"Known already: {written}"


def _as_escape(character: str) -> str:
    """A character as JSON writes it out: what lies beyond four digits is a pair of them."""
    return f"\\u{ord(character):04x}" if ord(character) <= 0xFFFF else json.dumps(character).strip('"')


def _shown(prompt: Prompt, example: Example, schema: type[BaseModel], wire: Wire) -> Iterator[Message]:
    """An example as the exchange that it would have been."""
    lines, record = checked_example(prompt.head.id, example.document, json.dumps(example.record), schema)
    user = prompt.user_part({"fields": field_guide(wire), "filled": "", "document": fenced(lines)})
    answer = answer_of(record, wire, lines)
    yield Message("user", user)
    yield Message("assistant", json.dumps(answer, ensure_ascii=False, separators=(",", ":")))


@lru_cache(maxsize=64)
def checked_example(prompt: str, document: str, record: str, schema: type[BaseModel]) -> tuple[Lines, BaseModel]:
    """The lines of an example's document and its record (as JSON), after each value was looked up in the document.

    Raises PromptError, which names the prompt and the field, for a value that the document does not state.
    """
    try:
        lines = Lines(clean(open_source(document, name=f"example of {prompt}")))
        wanted = schema.model_validate_json(record, by_name=True, by_alias=True)
        wire = wire_schema(schema)
        draft = draft_of(json.loads(json.dumps(answer_of(wanted, wire, lines))), wire, lines)
    except (ExtractError, NotStated, ValidationError) as error:
        told = told_by(error, whole="record") if isinstance(error, ValidationError) else str(error)
        raise PromptError(f"an example of the prompt {prompt} is wrong: {told}") from error
    wrong = [issue.message for issue in draft.issues if issue.severity is Severity.ERROR]
    guessed = [path for path, value in draft.values.items() if value.inferred]  # no line states it
    if wrong or guessed:
        told = wrong[0] if wrong else f"{guessed[0]}: the document does not state {draft.values[guessed[0]].value!r}"
        raise PromptError(f"an example of the prompt {prompt} is wrong: {told}")
    return lines, wanted
