"""Answers on disk for the tests of their cache: a folder, what an entry holds, and what was asked."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from extract.engines.llm.answer_cache import AnswerCache
from extract.engines.llm.seam import Completion, Message, Request
from extract.result import Usage

ENTRY: dict[str, object] = {
    "version": 1,
    "text": '{"title": "3"}',
    "model": "small-2026-01-01",
    "requested_model": "small",
    "endpoint": "https://api.example/v1",
    "input_tokens": 900,
    "cached_tokens": 100,
    "output_tokens": 40,
    "created": "2026-02-28T23:59:59Z",
}
KEY = "0123456789abcdef" * 4
USED = Usage(calls=1, input_tokens=900, cached_tokens=100, output_tokens=40, cost=0.01, seconds=2.0)
ANSWER = Completion('{"title": "3"}', usage=USED, model="small-2026-01-01")


def asked(content: str = "Pastry Cook", model: str = "small") -> Request:
    return Request(model, "https://api.example/v1", (Message("user", content),), {"type": "object"})


def opened(folder: Path) -> sqlite3.Connection:
    return sqlite3.connect(folder / "cache.db", isolation_level=None)


def warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == "extract" and record.levelno == logging.WARNING]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "answers"


@pytest.fixture
def cache(folder: Path) -> Iterator[AnswerCache]:
    with closing(AnswerCache(folder)) as cache:
        yield cache
