"""Tokens are counted as OpenAI's models count them, and estimated from above where that cannot be."""

from __future__ import annotations

import importlib.util
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import pytest
from pydantic import JsonValue

from extract.engines.llm import tokens
from extract.engines.llm.seam import Message, Request
from extract.engines.llm.tokens import PER_MESSAGE, count_tokens, request_tokens

GOLD = Path(__file__).resolve().parent.parent / "evals" / "gold"
SCHEMA: dict[str, JsonValue] = {"type": "object", "properties": {"título": {"type": "string"}}}


def asked(*messages: Message, schema: dict[str, JsonValue] | None = None) -> Request:
    return Request("gpt-4.1", "https://api.openai.com/v1", messages, {} if schema is None else schema)


def fresh() -> ModuleType:
    """The module as a process has it that has counted nothing yet."""
    spec = importlib.util.find_spec("extract.engines.llm.tokens")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def without_vocabulary(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module as it is where rs_bpe cannot be imported."""
    monkeypatch.setitem(sys.modules, "rs_bpe", None)
    monkeypatch.setitem(sys.modules, "rs_bpe.bpe", None)
    return fresh()


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("antidisestablishmentarianism", 6),
        ("2 + 2 = 4", 7),
        ("お誕生日おめでとう", 8),
        ("12345", 2),  # three digits a token
    ],
)
def test_texts_have_the_tokens_of_o200k_base(text: str, count: int) -> None:
    """The counts are those that OpenAI's own documentation gives for its vocabulary."""
    assert count_tokens(text) == count


def test_control_tokens_in_a_document_are_text() -> None:
    """What a document says cannot end the prompt, nor make it look shorter."""
    assert count_tokens("<|endoftext|>") == 7


def test_half_a_surrogate_pair_is_counted() -> None:
    """An answer whose JSON spells half of a character is counted, not a crash."""
    assert count_tokens("a \ud800 b") == count_tokens("a ? b")


def test_threads_count_at_once() -> None:
    """Threads that begin with the first count of the process get the counts of one thread."""
    texts = [f"Posting {number}: a cook for {number} guests" for number in range(200)]
    with ThreadPoolExecutor(16) as pool:
        counts = list(pool.map(fresh().count_tokens, texts))
    assert counts == [count_tokens(text) for text in texts]


def test_a_request_has_its_messages_and_its_schema_as_compact_json() -> None:
    """The text of each message, what frames it, and the schema without blanks and escapes."""
    request = asked(Message("system", "Extract."), Message("user", "A cook, please."), schema=SCHEMA)
    compact = '{"type":"object","properties":{"título":{"type":"string"}}}'
    texts = count_tokens("Extract.") + count_tokens("A cook, please.") + count_tokens(compact)
    assert request_tokens(request) == texts + 2 * PER_MESSAGE


def test_only_what_repeats_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Instructions and schema are counted once for all documents; a document is counted each time, so that none is kept."""
    counted: list[str] = []

    def count(text: str) -> int:
        counted.append(text)
        return len(text)

    module = fresh()
    monkeypatch.setattr(module, "count_tokens", count)
    for text in ("One", "Two", "One"):
        module.request_tokens(asked(Message("system", "Extract."), Message("user", text), schema={"type": "object"}))
    assert counted == ["Extract.", "One", '{"type":"object"}', "Two", "One"]


def test_another_schema_has_another_count() -> None:
    """What is kept of one schema is not taken for another, also where the same object was changed."""
    schema: dict[str, JsonValue] = {"type": "object"}
    before = request_tokens(asked(schema=schema))
    schema["description"] = "A posting, as it stands on the page."
    assert request_tokens(asked(schema=schema)) > before


def test_it_says_how_it_counts(without_vocabulary: ModuleType) -> None:
    """A report can say whether its figures are counts or estimates."""
    assert (tokens.counting(), without_vocabulary.counting()) == ("o200k_base", "estimate")


@pytest.mark.parametrize("case", sorted(path.parent.name for path in GOLD.glob("*/input.txt")))
def test_the_estimate_is_from_above(without_vocabulary: ModuleType, case: str) -> None:
    """Without the vocabulary documents come to more tokens than they have, so that limits hold, but not to four times as many."""
    text = (GOLD / case / "input.txt").read_text("utf-8", errors="replace")
    assert count_tokens(text) <= without_vocabulary.count_tokens(text) <= 4 * count_tokens(text)


def test_the_estimate_counts_bytes(without_vocabulary: ModuleType) -> None:
    """Letters that take more bytes take more tokens; nothing takes none, and half a pair is no crash."""
    assert [without_vocabulary.count_tokens(text) for text in ("", "abc", "日本", "\ud800")] == [0, 2, 3, 1]
