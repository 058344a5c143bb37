"""Answers on disk: kept as documented, believed only as far as they can be checked, and moved to other machines."""

from __future__ import annotations

import io
import json
import os
import pickle
import shutil
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import kept_answers
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from kept_answers import ANSWER, ENTRY, KEY, USED, asked, opened, warnings

from extract.engines.llm.answer_cache import AnswerCache, clear_answers
from extract.engines.llm.seam import Completion, Message, Request
from extract.result import Usage
from extract.settings import Settings

folder = kept_answers.folder
cache = kept_answers.cache


def plant(
    folder: Path, key: object = KEY, *, raw: int = 1, mode: int = 1, filename: str | None = None, value: object = None
) -> None:
    """A row that the cache did not write."""
    with closing(opened(folder)) as connection:
        connection.execute(
            "INSERT INTO Cache (key, raw, mode, filename, value) VALUES (?, ?, ?, ?, ?)", (key, raw, mode, filename, value)
        )


class Marker:
    """Makes a folder when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.path),)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(min_size=1), model=st.text())
def test_any_text_comes_back(cache: AnswerCache, text: str, model: str) -> None:
    """What was put is found again, character by character; it cost nothing this time, and says what it cost when it was asked."""
    cache.put(asked(), Completion(text, usage=USED, model=model))
    saved = Usage(cache_hits=1, saved_input_tokens=USED.input_tokens, saved_output_tokens=USED.output_tokens)
    assert cache.get(asked().key) == Completion(text, usage=saved, model=model)


@pytest.mark.parametrize("answer", [Completion("\ud800"), Completion(""), Completion("{}", usage=Usage(input_tokens=-1))])
def test_what_cannot_be_an_entry_is_not_kept(cache: AnswerCache, caplog: pytest.LogCaptureFixture, answer: Completion) -> None:
    """An answer that could not be read again is left out, and a warning says so."""
    cache.put(asked(), answer)
    assert cache.get(asked().key) is None
    assert [asked().key[:12] in warning for warning in warnings(caplog)] == [True]


def test_an_entry_holds_what_is_documented(cache: AnswerCache, folder: Path) -> None:
    """Value and key stand in the row as text: these fields and no other, at the second in which they were put."""
    cache.put(asked(), ANSWER)
    with closing(opened(folder)) as connection:
        ((key, value),) = connection.execute("SELECT key, value FROM Cache").fetchall()
    entry = json.loads(value)
    created = datetime.fromisoformat(entry.pop("created"))
    assert (key, entry) == (asked().key, {name: held for name, held in ENTRY.items() if name != "created"})
    assert timedelta(seconds=-1) <= datetime.now(UTC) - created < timedelta(minutes=5)


def test_no_secret_is_in_the_files(cache: AnswerCache, folder: Path) -> None:
    """Neither the key to the endpoint, nor the password and the query of its address, nor the document reach the disk."""
    setting = Settings(api_key="sk-very-secret", base_url="https://me:hunter2@api.example/v1?token=t0k3n", model="small")
    cache.put(Request(setting.model, setting.endpoint, (Message("user", "Confidential posting"),), {}), ANSWER)
    held = b"".join(path.read_bytes() for path in folder.iterdir())
    assert b"api.example/v1" in held
    assert not [secret for secret in (b"sk-very-secret", b"hunter2", b"t0k3n", b"Confidential") if secret in held]


@pytest.mark.parametrize(
    ("mode", "named", "value"),
    [
        (4, False, "pickle"),
        (4, True, None),
        (2, True, None),
        (3, True, None),
        (1, True, "entry"),
        (1, False, json.dumps(ENTRY).encode()),
        (1, False, 7),
        (0, False, None),
    ],
)
def test_a_foreign_row_is_a_miss(
    cache: AnswerCache, folder: Path, caplog: pytest.LogCaptureFixture, mode: int, named: bool, value: object
) -> None:
    """A row that holds a pickle or names a file outside of the folder is not unpickled, read or followed when it is removed."""
    outside, marker = folder.parent / "outside.json", folder.parent / "unpickled"
    outside.write_bytes(pickle.dumps(Marker(marker)) if mode == 4 else json.dumps(ENTRY).encode())
    held = {"pickle": pickle.dumps(Marker(marker)), "entry": json.dumps(ENTRY)}.get(str(value), value)
    plant(folder, asked().key, mode=mode, filename="../outside.json" if named else None, value=held)
    assert cache.get(asked().key) is None
    assert [asked().key[:12] in warning and "overwritten" in warning for warning in warnings(caplog)] == [True]
    assert cache.info().unreadable == 1
    assert cache.export(io.StringIO()) == 0
    cache.put(asked(), ANSWER)
    assert cache.get(asked().key) is not None
    plant(folder, KEY, mode=mode, filename="../outside.json" if named else None, value=held)
    assert cache.clear() == 2
    assert outside.exists()
    assert not marker.exists()


@pytest.mark.parametrize("key", ["pickle", b"bytes", 7, None])
def test_a_foreign_key_is_no_entry(cache: AnswerCache, folder: Path, key: object) -> None:
    """A key that is a pickle or no text is not unpickled by whatever lists the entries."""
    marker = folder.parent / "unpickled"
    plant(folder, pickle.dumps(Marker(marker)) if key == "pickle" else key, raw=int(key != "pickle"), value=json.dumps(ENTRY))
    cache.put(asked(), ANSWER)
    assert (cache.info().entries, cache.info().unreadable) == (1, 1)
    assert cache.export(io.StringIO()) == 1
    assert cache.clear() == 2
    assert not marker.exists()


def test_settings_in_the_database_are_not_believed(folder: Path) -> None:
    """Eviction stays off, and a planted setting neither replaces a part of the cache nor becomes a pragma."""
    AnswerCache(folder).close()
    planted = {"eviction_policy": "least-recently-stored", "size_limit": 1, "cull_limit": 10, "statistics": 1, "count": "many"}
    planted |= {"_disk": None, "get": "text", "disk_evil": 1, "sqlite_user_version": 77, "sqlite_mmap_size": 2**26}
    with closing(opened(folder)) as connection:
        connection.executemany("INSERT OR REPLACE INTO Settings VALUES (?, ?)", planted.items())
    with closing(AnswerCache(folder)) as cache:
        for number in range(30):
            cache.put(asked(str(number)), ANSWER)
        assert cache.info().entries == 30
        assert cache.get(asked("0").key) is not None
    with closing(opened(folder)) as connection:
        held = dict(connection.execute("SELECT key, value FROM Settings").fetchall())
        assert connection.execute("PRAGMA user_version").fetchone() == (0,)
    assert (held["eviction_policy"], held["cull_limit"], held["statistics"], held["sqlite_mmap_size"]) == ("none", 0, 0, 0)
    assert not held.keys() & {"_disk", "get", "disk_evil", "sqlite_user_version"}


@pytest.mark.parametrize(
    "value",
    [
        "",
        "no JSON",
        "[]",
        "null",
        "[" * 100_000,
        json.dumps(ENTRY)[:-5],
        json.dumps({**ENTRY, "version": 2}),
        json.dumps({**ENTRY, "version": True}),
        json.dumps({**ENTRY, "more": 1}),
        json.dumps({**ENTRY, "text": None}),
        json.dumps({**ENTRY, "text": ""}),
        json.dumps({**ENTRY, "text": "\ud800"}),
        json.dumps({**ENTRY, "model": "m" * 3_000}),
        json.dumps({**ENTRY, "input_tokens": -1}),
        json.dumps({**ENTRY, "input_tokens": 1.5}),
        json.dumps({**ENTRY, "output_tokens": "40"}),
        json.dumps(ENTRY).replace("900", "9" * 5_000),
        json.dumps({**ENTRY, "created": "2026-02-30T00:00:00Z"}),
        json.dumps({**ENTRY, "created": "2026-02-28T23:59:59+01:00"}),
        *(json.dumps({name: held for name, held in ENTRY.items() if name != gone}) for gone in ENTRY),
    ],
)
def test_a_corrupt_entry_is_a_miss(cache: AnswerCache, folder: Path, caplog: pytest.LogCaptureFixture, value: str) -> None:
    """Whatever is wrong with it, one warning names it, an export leaves it out, and a line like it is not imported."""
    plant(folder, value=value)
    assert cache.get(KEY) is None
    assert [KEY[:12] in warning and "overwritten" in warning for warning in warnings(caplog)] == [True]
    assert cache.export(io.StringIO()) == 0
    line = value.replace("{", f'{{"key": "{KEY}", ', 1)
    assert cache.import_entries([line], "other.jsonl").added == 0


def test_text_that_is_not_utf8_is_a_corrupt_entry(cache: AnswerCache, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It concerns that entry alone, not the database."""
    plant(folder, value="")
    with closing(opened(folder)) as connection:
        connection.execute("UPDATE Cache SET value = CAST(x'FF' AS TEXT)")
    assert cache.get(KEY) is None
    assert [KEY[:12] in warning for warning in warnings(caplog)] == [True]
    assert cache.info().unreadable == 1


def test_info_counts_what_is_there(cache: AnswerCache, folder: Path) -> None:
    """Entries by the model that was asked, their tokens and moments, and the bytes of the files."""
    assert cache.info().oldest is None
    for key, changes in (("a" * 64, {}), ("b" * 64, {"created": "2026-03-01T00:00:00Z"}), ("c" * 64, {"requested_model": "big"})):
        plant(folder, key, value=json.dumps({**ENTRY, **changes}))
    info = cache.info()
    assert (info.directory, info.entries, info.unreadable) == (folder, 3, 0)
    assert info.answers == {"big": 1, "small": 2}
    assert (info.input_tokens, info.output_tokens) == (2_700, 120)
    assert (info.oldest, info.newest) == (datetime(2026, 2, 28, 23, 59, 59, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC))
    assert info.size == sum(path.stat().st_size for path in folder.iterdir())


def test_an_export_is_imported_as_it_was(cache: AnswerCache, tmp_path: Path) -> None:
    """It is sorted and the same to the byte, whatever order the entries came in; a second import finds all of them known."""
    for number in range(20):
        cache.put(asked(str(number)), Completion(json.dumps({"é\u2028": number}, ensure_ascii=False), model="m"))
    first, second = io.StringIO(), io.StringIO()
    assert cache.export(first) == 20
    lines = first.getvalue().splitlines(keepends=True)
    assert lines == sorted(lines)
    with closing(AnswerCache(tmp_path / "other")) as other:
        assert (other.import_entries(reversed(lines), "a.jsonl").added, other.import_entries(lines, "a.jsonl").known) == (20, 20)
        other.export(second)
        assert other.get(asked("7").key) == cache.get(asked("7").key)
    assert second.getvalue() == first.getvalue()


def test_a_bad_line_does_not_stop_the_others(cache: AnswerCache) -> None:
    """Each is told by its number, without its content, and blank lines are none."""
    bad: list[dict[str, object]] = [
        {"key": KEY.upper()},
        {"key": "../" + KEY[3:]},
        {"key": KEY + "0"},
        {"key": 7},
        {"key": KEY, "output_tokens": True},
    ]
    lines = [json.dumps(ENTRY | change) for change in bad]
    lines += [
        "",
        "{",
        json.dumps(ENTRY),
        json.dumps(ENTRY | {"key": KEY, "\x1b[31m" * 99: "secret"}),
        json.dumps(ENTRY | {"key": KEY}),
    ]
    done = cache.import_entries(lines, "answers.jsonl")
    assert (done.added, done.known) == (1, 0)
    assert [message.split(": ")[0] for message in done.refused] == [f"answers.jsonl, line {n}" for n in (1, 2, 3, 4, 5, 7, 8, 9)]
    assert all(message.isprintable() and len(message) < 200 and "secret" not in message for message in done.refused)
    assert cache.get(KEY) is not None


def test_a_line_that_is_too_long_is_not_read(cache: AnswerCache, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its length is what is told of it."""
    monkeypatch.setattr("extract.engines.llm.answer_entry._MAX_LINE", 100)
    assert "longer than 100" in cache.import_entries([json.dumps(ENTRY | {"key": KEY})], "a.jsonl").refused[0]


def test_an_import_keeps_what_can_be_read(cache: AnswerCache, folder: Path) -> None:
    """An entry that is there stays as it is, but one that is corrupt is replaced."""
    plant(folder, "a" * 64, value=json.dumps(ENTRY | {"text": '{"here": 1}'}))
    plant(folder, "b" * 64, value="corrupt")
    done = cache.import_entries([json.dumps(ENTRY | {"key": letter * 64}) for letter in "ab"], "a.jsonl")
    assert (done.added, done.known, done.refused) == (1, 1, ())
    texts = [answer.text for letter in "ab" if (answer := cache.get(letter * 64))]
    assert texts == ['{"here": 1}', ENTRY["text"]]


def test_cleared_answers_are_gone_from_the_files(cache: AnswerCache, folder: Path) -> None:
    """Clearing tells how many there were, and leaves nothing of them on the disk."""
    for number in range(300):
        cache.put(asked(str(number)), Completion(json.dumps({"title": "Pastry Cook " * 50})))
    assert clear_answers(folder) == 300
    assert cache.info().entries == 0
    assert not [path for path in folder.iterdir() if b"Pastry Cook" in path.read_bytes()]


def test_a_copied_folder_is_a_cache(cache: AnswerCache, folder: Path, tmp_path: Path) -> None:
    """Once closed, the answers move with the folder."""
    cache.put(asked(), ANSWER)
    cache.close()
    shutil.copytree(folder, tmp_path / "copy")
    with closing(AnswerCache(tmp_path / "copy")) as copy:
        assert copy.get(asked().key) is not None
