"""The folder of answers on disk: for its user alone, and what damage, a full disk and many processes at once cost."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import kept_answers
import pytest
from kept_answers import ANSWER, ENTRY, KEY, asked, opened, warnings

from extract.engines.llm.answer_cache import AnswerCache, clear_answers, default_directory
from extract.errors import SettingsError

folder = kept_answers.folder
cache = kept_answers.cache

WRITER = """
import sys
from pathlib import Path
from extract.engines.llm.answer_cache import AnswerCache
from extract.engines.llm.seam import Completion, Message, Request

cache = AnswerCache(Path(sys.argv[1]))
for number in range(int(sys.argv[3])):
    request = Request("small", "https://api.example/v1", (Message("user", f"{sys.argv[2]}-{number}"),), {})
    cache.put(request, Completion('{"title": "%d"}' % number))
    print(request.key, flush=True)
"""


def test_the_folder_is_for_its_user_alone(folder: Path) -> None:
    """A new folder and one that others could read are both closed to them."""
    AnswerCache(folder).close()
    assert folder.stat().st_mode & 0o777 == 0o700
    folder.chmod(0o755)
    AnswerCache(folder).close()
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_folder_with_other_files_is_not_closed_to_others(folder: Path) -> None:
    """A home, or /tmp of a superuser, is refused and stays as it was: closing it would lock out everybody who works there."""
    folder.mkdir()
    (folder / "letter.txt").touch()
    folder.chmod(0o1777)
    with pytest.raises(SettingsError, match=r"holds other files: set EXTRACT_CACHE_DIR"):
        AnswerCache(folder)
    assert folder.stat().st_mode & 0o7777 == 0o1777


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no numeric owner")
@pytest.mark.parametrize("linked", [False, True])
def test_the_folder_of_another_user_is_refused(tmp_path: Path, linked: bool) -> None:
    """Also behind a link: somebody else could read or plant answers there. Nothing in it is touched."""
    foreign = Path("/usr")  # belongs to root
    if os.geteuid() == 0:
        foreign = tmp_path / "foreign"
        foreign.mkdir(mode=0o755)
        os.chown(foreign, 4711, 4711)
    before = foreign.stat().st_mode
    link = tmp_path / "link"
    link.symlink_to(foreign)
    for use in (AnswerCache, clear_answers):
        with pytest.raises(SettingsError, match=r"another user.*EXTRACT_CACHE_DIR"):
            use(link if linked else foreign)
    assert foreign.stat().st_mode == before
    assert not (foreign / "cache.db").exists()


def test_a_linked_database_is_refused(folder: Path) -> None:
    """A link in the place of the database would make the cache write to the file behind it."""
    folder.mkdir()
    other = folder.parent / "other.db"
    (folder / "cache.db").symlink_to(other)
    with pytest.raises(SettingsError, match=r"cache\.db is no file.*EXTRACT_CACHE_DIR"):
        AnswerCache(folder)
    assert not other.exists()


def test_a_folder_that_cannot_be_made_is_an_error_of_settings(tmp_path: Path) -> None:
    """The message names the folder and the variable."""
    (tmp_path / "file").touch()
    with pytest.raises(SettingsError, match=r"file/answers.*--no-cache") as raised:
        AnswerCache(tmp_path / "file" / "answers")
    assert "EXTRACT_CACHE_DIR" in str(raised.value)


def test_home_and_variables_in_the_path_are_expanded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The folder that is made is the one that holds the database."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PLACE", "kept")
    with closing(AnswerCache(Path("~/$PLACE"))) as cache:
        assert cache.directory == tmp_path / "kept"
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    assert (tmp_path / "kept" / "cache.db").is_file()


@pytest.mark.parametrize("damage", ["no database" * 1_000, "cut", "other tables", "rows twice"])
def test_a_damaged_database_is_told_and_can_be_cleared(folder: Path, damage: str) -> None:
    """The message names the folder and both ways out; clearing removes the files of the cache, and nothing beside them."""
    AnswerCache(folder).close()
    database = folder / "cache.db"
    match damage:
        case "cut":
            database.write_bytes(database.read_bytes()[:5_000])
        case "other tables":
            with closing(opened(folder)) as connection:
                connection.executescript("DROP TABLE Cache; CREATE TABLE Cache (text)")
        case "rows twice":
            with closing(opened(folder)) as connection:
                connection.executescript("DROP TABLE Settings; CREATE TABLE Settings (key, value)")
                connection.executescript("INSERT INTO Settings VALUES ('count', 1), ('count', 1)")
        case text:
            database.write_text(text)
    (folder / "notes.txt").write_text("mine")
    with pytest.raises(SettingsError, match=r"extract cache clear.*--no-cache") as raised:
        AnswerCache(folder)
    assert str(folder) in str(raised.value)
    assert clear_answers(folder) == 0
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]
    with closing(AnswerCache(folder)) as cache:
        cache.put(asked(), ANSWER)
        assert cache.get(asked().key) is not None


def test_damage_while_it_is_open_costs_no_answer(cache: AnswerCache, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Reading is a miss and writing is nothing, each with one warning for all; clearing mends it."""
    with closing(opened(folder)) as connection:
        connection.execute("DROP TABLE Cache")
    for _ in range(3):
        assert cache.get(KEY) is None
        cache.put(asked(), ANSWER)
    assert len(warnings(caplog)) == 2
    assert all("extract cache clear" in warning and "no such table" in warning for warning in warnings(caplog))
    for use in (
        cache.info,
        lambda: cache.export(io.StringIO()),
        lambda: cache.import_entries([json.dumps(ENTRY | {"key": KEY})], ""),
    ):
        with pytest.raises(SettingsError, match="extract cache clear"):
            use()
    assert cache.clear() == 0
    cache.put(asked(), ANSWER)
    assert cache.get(asked().key) is not None


def test_a_locked_database_costs_no_answer_and_is_not_removed(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Where another process writes for too long, the answer is not kept; the files stay, since they are in use."""
    with closing(AnswerCache(folder, wait=0.01)) as cache, closing(opened(folder)) as connection:
        cache.put(asked("before"), ANSWER)
        connection.execute("BEGIN IMMEDIATE")
        cache.put(asked(), ANSWER)
        cache.put(asked(), ANSWER)
        assert ["locked" in warning for warning in warnings(caplog)] == [True]
        with pytest.raises(SettingsError, match="locked"):
            cache.clear()
        connection.execute("COMMIT")
        assert cache.get(asked("before").key) is not None


def test_a_database_that_is_in_use_is_not_removed(folder: Path) -> None:
    """Also where it cannot even be opened for the lock: the process that holds it would write to files that are gone."""
    AnswerCache(folder).close()
    with closing(opened(folder)) as connection:
        connection.executescript("PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE; UPDATE Settings SET value = value; COMMIT")
        with pytest.raises(SettingsError, match="locked"):
            clear_answers(folder, wait=0.01)
        assert (folder / "cache.db").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="limits on the size of a file are POSIX")
def test_a_full_disk_costs_no_answer(folder: Path) -> None:
    """The writer goes on, with one warning, and what was there before can be read."""
    limit = "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
    limit += "resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))"
    run = subprocess.run(
        [sys.executable, "-c", f"{limit}\n{WRITER}", str(folder), "full", "100"], capture_output=True, text=True, check=True
    )
    keys = run.stdout.split()
    assert len(keys) == 100
    assert run.stderr.count("extract cache clear") == 1
    with closing(AnswerCache(folder)) as cache:
        found = [key for key in keys if cache.get(key)]
        assert 0 < len(found) < 100
        assert cache.info().unreadable == 0


def test_eight_processes_write_at_once(folder: Path) -> None:
    """None of them loses an entry, from the making of the folder on, and none of them says anything."""
    command = [sys.executable, "-c", WRITER, str(folder)]
    writers = [
        subprocess.Popen([*command, str(number), "20"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for number in range(8)
    ]
    outputs = [writer.communicate(timeout=120) for writer in writers]
    assert [errors for _, errors in outputs] == [""] * 8
    keys = {key for output, _ in outputs for key in output.split()}
    with closing(AnswerCache(folder)) as cache:
        assert len(keys) == 160
        assert all(cache.get(key) for key in keys)


def test_threads_write_at_once(cache: AnswerCache) -> None:
    """Each has a connection of its own, and all entries are there."""

    def write(name: str) -> None:
        for number in range(20):
            cache.put(asked(f"{name}-{number}"), ANSWER)
        cache.close()

    threads = [threading.Thread(target=write, args=(str(number),)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert cache.info().entries == 160


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL")
def test_what_was_put_survives_sigkill(folder: Path) -> None:
    """A process that is killed in the middle of writing leaves all that it had put."""
    command = [sys.executable, "-c", WRITER, str(folder), "killed", "1_000_000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        keys = [writer.stdout.readline().strip() for _ in range(50)]
        writer.send_signal(signal.SIGKILL)
        keys += [line.strip() for line in writer.stdout if line.endswith("\n")]
    with closing(AnswerCache(folder)) as cache:
        assert len(keys) >= 50
        assert all(cache.get(key) for key in keys)


def test_answers_are_kept_in_the_cache_folder_of_the_user() -> None:
    """The folder has the name of the package, and one below it for answers."""
    assert default_directory().parts[-2:] == ("extract-service", "answers")
