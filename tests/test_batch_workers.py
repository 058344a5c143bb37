"""Documents read in other processes: the same answers, one asker, and no document that takes others with it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from batches import RULES, posting
from pydantic import BaseModel

from extract.batch.channel import Channel, Document
from extract.batch.reading import Answer, Reading
from extract.batch.workers import Workers, documents_at_once
from extract.engines.llm.seam import Completion, Request
from extract.errors import AccessDenied, InvalidAnswer, RunStopped, UsageError
from extract.settings import Settings
from extract.threads import InFlight, in_background

SCHEMAS = """
import os, signal, sys
from pydantic import BaseModel, field_validator

print("what a schema prints is nobody's message")


class Deadly(BaseModel):
    title: str | None = None

    @field_validator("title")
    @classmethod
    def _checked(cls, value):
        if value == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if value == "raise":
            raise ZeroDivisionError("here")
        if value == "exit":
            sys.exit()
        if value == "loaded":
            raise ZeroDivisionError(sorted({"openai", "instructor"} & set(sys.modules)))
        if value == "process":
            raise ZeroDivisionError(os.getpid())
        if value == "keys":
            raise ZeroDivisionError(sorted(name for name in os.environ if name.endswith("API_KEY")))
        return value
"""
KEYED = """
import os


class Keyed:
    name, origin = "keyed", {}

    def fill(self, clean):
        raise ZeroDivisionError(sorted(name for name in os.environ if name.endswith("API_KEY")))
"""
TITLES = ("die", "raise", "exit", "loaded", "process", "keys", "cook", "baker")
SETTINGS = {"model": "gpt-4.1-mini", "base_url": "http://127.0.0.1:9/v1", "api_key": "sk-never-to-be-seen", "cache": False}


class Titles:
    """A model that answers with the first line of the document; what it was asked is kept."""

    def __init__(self) -> None:
        self.asked: list[Request] = []

    def complete(self, request: Request) -> Completion:
        self.asked.append(request)
        text = request.messages[-1].content
        if "denied" in text:
            raise AccessDenied("the key is wrong")
        if "nonsense" in text:
            raise InvalidAnswer("no JSON")
        if "mistake" in text:
            raise KeyError("a mistake of ours")
        title = next(word for word in TITLES if word in text)
        return Completion(json.dumps({"title": {"value": title, "at": 1}}))


class Waiting(Titles):
    """A model with whose first answer a process dies, and whose second one takes until ``free`` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.waits = threading.Event()
        self.free = threading.Event()

    def complete(self, request: Request) -> Completion:
        self.asked.append(request)
        if len(self.asked) == 1:
            return Completion('{"title": {"value": "die", "at": 1}}')
        self.waits.set()
        self.free.wait(30)
        return Completion("{}")


@pytest.fixture
def deadly(tmp_path: Path) -> Reading:
    """A schema that ends the process that checks a certain value."""
    (tmp_path / "deadly.py").write_text(SCHEMAS, "utf-8")
    return Reading(schema=f"{tmp_path / 'deadly.py'}:Deadly", engine="llm", settings=Settings(**SETTINGS))


@pytest.fixture
def model() -> Titles:
    """A model that is asked in this process."""
    return Titles()


def told(answer: Answer) -> object:
    """What matters of an answer: its fault, or its record."""
    return answer.fault.code if answer.fault else json.loads(answer.body)["record"]


def test_other_processes_answer_as_this_one_does() -> None:
    """Record, evidence, issues and faults; only the seconds differ."""
    reader = replace(RULES, evidence=True).reader()
    texts: list[str | bytes] = [posting(1), "", posting(2), b"\x89PNG\r\n\x1a\n"]

    def without_seconds(answer: Answer) -> object:
        body = json.loads(answer.body)
        body["usage"]["seconds"] = 0
        return body

    with Workers(reader, jobs=2) as workers:
        there = [without_seconds(workers.answer(f"{at}", text)) for at, text in enumerate(texts)]
    assert there == [without_seconds(reader.answer(f"{at}", text)) for at, text in enumerate(texts)]


def test_this_process_asks(deadly: Reading, model: Titles) -> None:
    """A worker has no key and asks nobody: the model of the run answers, and its errors are those of the document."""
    reader = deadly.reader()
    handed = reader.elsewhere().settings
    assert handed is not None
    assert handed.api_key.get_secret_value() == ""
    with Workers(reader, jobs=1, model=model) as workers:
        assert told(workers.answer("a", "cook\n\nBasel")) == {"title": "cook"}
        assert told(workers.answer("b", "nonsense\n\nBasel")) == "invalid_answer"
        with pytest.raises(AccessDenied, match="the key is wrong"):
            workers.answer("c", "denied\n\nBasel")
    assert len(model.asked) == 3


def test_a_worker_does_without_what_only_asking_needs(deadly: Reading, model: Titles) -> None:
    """The clients of models take 40 MB and a second to load, in each process."""
    with Workers(deadly.reader(), jobs=1, model=model) as workers:
        fault = workers.answer("a", "loaded\n\nBasel").fault
    assert fault is not None
    assert fault.message == "ZeroDivisionError: []"


def test_a_process_that_dies_takes_one_document_with_it(deadly: Reading, model: Titles) -> None:
    """Those that it was reading beside are read again."""
    texts = {"a": "cook\n\nBasel", "b": "die\n\nBasel", "c": "baker\n\nBasel", "d": "raise\n\nBasel"}
    with Workers(deadly.reader(), jobs=1, model=model) as workers:
        flight = InFlight(texts.items(), lambda job: workers.answer(*job), at_once=4)
        found = {name: told(answer) for (name, _), answer in flight}
    assert found == {"a": {"title": "cook"}, "b": "crashed", "c": {"title": "baker"}, "d": "crashed"}


@pytest.mark.parametrize("text", ["exit", "mistake", "raise"])
def test_whatever_ends_the_reading_of_a_document_is_told(deadly: Reading, model: Titles, text: str) -> None:
    """Nobody waits for ever: a schema that ends its process, a mistake in the client of a model."""
    with Workers(deadly.reader(), jobs=1, model=model) as workers:
        assert told(workers.answer("a", f"{text}\n\nBasel")) == "crashed"
        assert told(workers.answer("b", "cook\n\nBasel")) == {"title": "cook"}


def test_a_schema_that_cannot_be_loaded_there_is_told(tmp_path: Path) -> None:
    """Whatever its module raises, and not as a process that died."""
    file = tmp_path / "fickle.py"
    file.write_text(SCHEMAS, "utf-8")
    reader = Reading(schema=f"{file}:Deadly", engine="llm", settings=Settings(**SETTINGS)).reader()
    file.write_text("raise NameError('not today')\n", "utf-8")
    with Workers(reader, jobs=1, model=Titles()) as workers, pytest.raises(UsageError, match="not today"):
        workers.answer("a", "x")


def test_a_machine_without_room_for_a_process_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to do."""

    def refused(*_: object, **__: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("extract.batch.workers.subprocess.Popen", refused)
    with Workers(RULES.reader(), jobs=2) as workers, pytest.raises(RunStopped, match="fewer with --jobs"):
        workers.answer("a", posting(1))


def test_what_becomes_of_a_process_that_is_killed_is_nothing(model: Titles) -> None:
    """Somebody else ends it: the next document gets another one."""
    with Workers(RULES.reader(), jobs=1) as workers:
        workers.answer("a", posting(1))
        os.kill(workers._workers[0]._process.pid, signal.SIGKILL)  # noqa: SLF001  # as the kernel does, for want of memory
        assert told(workers.answer("b", posting(2))) != "crashed"


def test_what_cannot_be_handed_over_is_told() -> None:
    """With the way out: a schema of a function has no name that another process could find it by."""

    class Nameless(BaseModel):
        title: str | None = None

    reading = Reading(schema=Nameless, engine="llm", settings=Settings(**SETTINGS))
    with Workers(reading.reader(), jobs=1, model=Titles()) as workers, pytest.raises(UsageError, match=r"jobs=1"):
        workers.answer("a", "x")


def test_what_a_worker_cannot_load_is_told(tmp_path: Path) -> None:
    """A file that is gone when the worker starts."""
    file = tmp_path / "gone.py"
    file.write_text(SCHEMAS, "utf-8")
    reader = Reading(schema=f"{file}:Deadly", engine="llm", settings=Settings(**SETTINGS)).reader()
    file.unlink()
    with Workers(reader, jobs=1, model=Titles()) as workers, pytest.raises(UsageError, match="no Python file"):
        workers.answer("a", "x")


def test_messages_come_whole_or_not_at_all() -> None:
    """One that is cut off is the end of what is said."""
    reading, writing = os.pipe()
    sender, receiver = (
        Channel(os.fdopen(os.dup(reading), "rb"), os.fdopen(writing, "wb")),
        Channel(os.fdopen(reading, "rb"), os.fdopen(os.open(os.devnull, os.O_WRONLY), "wb")),
    )
    sender.send(Document(7, "a", "text"))
    assert receiver.receive() == Document(7, "a", "text")
    sender._outgoing.write(b"\0" * 7 + b"\x09" + b"abc")  # noqa: SLF001  # as a process does that dies
    sender.close()
    assert receiver.receive() is None
    sender._incoming.close()  # noqa: SLF001  # only for this test are both ends here
    receiver.close()


@pytest.mark.parametrize(("jobs", "expected"), [(1, 2), (4, 8)])
def test_the_rules_have_a_document_ready_for_each_process(jobs: int, expected: int) -> None:
    """And a model as many as it may be asked for at once, and these."""
    assert documents_at_once(RULES.reader(), jobs) == expected
    asking = Reading(engine="llm", settings=Settings(**SETTINGS, concurrency=10)).reader()
    assert documents_at_once(asking, jobs) == 10 + expected


def test_no_process_is_handed_a_key(deadly: Reading, model: Titles, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run asks, so that code of a schema, which runs elsewhere, finds no key in its environment; the rest it does find."""
    for name in ("OPENAI_API_KEY", "EXTRACT_API_KEY", "SOME_API_KEY"):
        monkeypatch.setenv(name, "sk-never-to-be-seen")
    with Workers(deadly.reader(), jobs=1, model=model) as workers:
        fault = workers.answer("a", "keys\n\nBasel").fault
    assert fault is not None
    assert fault.message == "ZeroDivisionError: ['SOME_API_KEY']"


def test_an_engine_of_a_users_own_has_the_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be the one who asks, in the process that reads."""
    (tmp_path / "keyed.py").write_text(KEYED, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-never-to-be-seen")
    from keyed import Keyed  # type: ignore[import-not-found]  # it is written above

    with Workers(Reading(engine=Keyed()).reader(), jobs=1) as workers:
        fault = workers.answer("a", posting(1)).fault
    assert fault is not None
    assert fault.message == "ZeroDivisionError: ['OPENAI_API_KEY']"


def test_a_process_that_has_nothing_to_do_is_used_again(deadly: Reading, model: Titles) -> None:
    """One after the other, documents need one process, however many there may be."""
    with Workers(deadly.reader(), jobs=4, model=model) as workers:
        faults = [workers.answer(f"{number}", "process\n\nBasel").fault for number in range(3)]
    assert len({fault.message for fault in faults if fault}) == 1
    assert all(faults)


def test_no_process_outlives_the_run(deadly: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does one that reads a document alone, whose first process has died, when nobody waits for it any longer."""
    started: list[subprocess.Popen[bytes]] = []
    start = subprocess.Popen

    def started_process(*command: Any, **options: Any) -> subprocess.Popen[bytes]:
        started.append(start(*command, **options))
        return started[-1]

    monkeypatch.setattr("extract.batch.workers.subprocess.Popen", started_process)
    model = Waiting()
    with Workers(deadly.reader(), jobs=1, model=model) as workers:

        def read() -> None:
            workers.answer("a", "die\n\nBasel")

        in_background(read)
        assert model.waits.wait(30)
    running = [process.pid for process in started if process.poll() is None]
    model.free.set()
    assert (len(started), running) == (2, [])


def test_what_can_be_imported_here_can_be_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also from the working directory, which Python has in its path as an empty name when it is at a prompt."""
    (tmp_path / "prompted.py").write_text(KEYED, "utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend("")
    from prompted import Keyed  # type: ignore[import-not-found]  # it is written above

    with Workers(Reading(engine=Keyed()).reader(), jobs=1) as workers:
        assert told(workers.answer("a", posting(1))) == "crashed"


@pytest.mark.skipif(sys.platform == "win32", reason="groups of processes are POSIX")
def test_ctrl_c_reaches_no_process_that_reads(deadly: Reading, model: Titles) -> None:
    """A terminal sends it to all that are in the group of the run, and the run says what is finished."""
    with Workers(deadly.reader(), jobs=1, model=model) as workers:
        fault = workers.answer("a", "process\n\nBasel").fault
        assert fault is not None
        assert os.getpgid(int(fault.message.split()[-1])) != os.getpgrp()


def test_an_answer_for_a_process_that_died_meanwhile_is_no_end_of_the_run(deadly: Reading) -> None:
    """Its document is read again, though the process was cleared away while the model had it."""

    class Slow(Titles):
        def complete(self, request: Request) -> Completion:
            if not self.asked:
                self.asked.append(request)
                os.kill(workers._workers[0]._process.pid, signal.SIGKILL)  # noqa: SLF001  # as the kernel does, for want of memory
                assert [told(workers.answer(name, "cook\n\nBasel")) for name in "bc"] == [{"title": "cook"}] * 2
            return super().complete(request)

    with Workers(deadly.reader(), jobs=1, model=Slow()) as workers:
        assert told(workers.answer("a", "baker\n\nBasel")) == {"title": "baker"}
