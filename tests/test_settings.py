"""Settings: read in one place, from the environment and .env, and never shown where they are secret."""

from __future__ import annotations

import logging
import os
import threading
from pathlib import Path

import pytest

from extract.errors import SettingsError
from extract.settings import OPENAI, Api, Ask, Constraint, Settings, current_settings, origin, unknown_variables, variable

KEY = "sk-never-to-be-seen"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """OpenAI's own names for key and address, ours for the rest."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:8080/v1/")
    monkeypatch.setenv("EXTRACT_MODEL", "tiny")
    monkeypatch.setenv("EXTRACT_API", "responses")
    monkeypatch.setenv("EXTRACT_ASK", "all")
    monkeypatch.setenv("EXTRACT_MAX_COST", "0.5")
    found = Settings()
    assert found.api_key.get_secret_value() == KEY
    assert (found.base_url, found.model, found.api, found.ask, found.max_cost) == (
        "http://127.0.0.1:8080/v1",
        "tiny",
        Api.RESPONSES,
        Ask.ALL,
        0.5,
    )


def test_our_own_names_win_over_those_of_openai(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever uses OpenAI's names for something else can set ours."""
    monkeypatch.setenv("OPENAI_API_KEY", "theirs")
    monkeypatch.setenv("EXTRACT_API_KEY", "ours")
    assert Settings().api_key.get_secret_value() == "ours"


def test_the_environment_wins_over_the_file_and_options_over_both(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Options, environment, .env, defaults: in this order."""
    (folder / ".env").write_text("EXTRACT_MODEL=from-file\nEXTRACT_TIMEOUT=7\nOPENAI_API_KEY='k'\nOTHER=1\n", encoding="utf-8")
    assert Settings().model == "from-file"
    monkeypatch.setenv("EXTRACT_MODEL", "from-environment")
    assert (Settings().model, Settings().timeout) == ("from-environment", 7.0)
    assert Settings(model="from-option").model == "from-option"
    assert [origin(name) for name in ("model", "timeout", "api_key", "deadline")] == ["environment", ".env", ".env", "default"]


def test_an_empty_variable_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """`EXTRACT_MAX_COST= extract …` is how a shell unsets for one command."""
    monkeypatch.setenv("EXTRACT_MAX_COST", "")
    monkeypatch.setenv("EXTRACT_CONSTRAINT", "")
    assert (Settings().max_cost, Settings().constraint) == (None, Constraint.AUTO)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("EXTRACT_TIMEOUT", "soon", "EXTRACT_TIMEOUT: Input should be a valid number"),
        ("EXTRACT_TIMEOUT", "inf", "EXTRACT_TIMEOUT"),
        ("EXTRACT_MAX_COST", "-1", "EXTRACT_MAX_COST: Input should be greater than 0"),
        ("EXTRACT_CONCURRENCY", "0", "EXTRACT_CONCURRENCY"),
        ("EXTRACT_API", "soap", "'chat' or 'responses'"),
        ("OPENAI_BASE_URL", "api.openai.com", "^OPENAI_BASE_URL: it must be an address such as"),
        ("OPENAI_BASE_URL", "file:///etc/passwd", "OPENAI_BASE_URL"),
    ],
)
def test_a_wrong_value_names_its_variable(name: str, value: str, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says which variable is wrong and what was expected."""
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=told):
        Settings()


def test_an_unknown_option_is_an_error() -> None:
    """A slip in a keyword would otherwise change nothing, unnoticed."""
    with pytest.raises(SettingsError, match="there is no setting modell"):
        Settings(modell="x")


def test_a_file_that_is_no_text_is_told(folder: Path) -> None:
    """A .env in another encoding is a wrong setting, and nothing of it is shown."""
    (folder / ".env").write_bytes(b"OPENAI_API_KEY=\xff\xfe")
    with pytest.raises(SettingsError, match=r"^\.env: it cannot be read \(it is not UTF-8\)$"):
        Settings()


def test_lines_that_cannot_be_read_are_told_once(folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    """With the file and the line, by us alone, and again only where the file has changed; the other lines hold."""
    caplog.set_level(logging.INFO)
    file = folder / ".env"
    file.write_text("EXTRACT_MODEL=mine\n\n\nwhat is this\nEXTRACT_SEED=4\n=x\n", encoding="utf-8")
    for _ in range(3):
        assert (Settings().model, Settings().seed, origin("model"), unknown_variables()) == ("mine", 4, ".env", {})
    told = [".env: line 4 is not of the form NAME=value, and is left out", ".env: line 6 is not of the form NAME=value"]
    assert [(record.name, record.getMessage()) for record in caplog.records] == [
        ("extract", told[0]),
        ("extract", f"{told[1]}, and is left out"),
    ]
    file.write_text("=y\nEXTRACT_MODEL=other\n", encoding="utf-8")
    assert Settings().model == "other"
    assert len(caplog.records) == 3


def test_a_value_of_the_file_may_refer_to_the_environment(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it says at that time, and not as it did when the file was read first."""
    (folder / ".env").write_text("EXTRACT_MODEL=${SIZE}-model\n", encoding="utf-8")
    for size in ("small", "large"):
        monkeypatch.setenv("SIZE", size)
        assert Settings().model == f"{size}-model"


def test_the_file_may_be_a_pipe(folder: Path) -> None:
    """As managers of secrets make it: it is read once, and a folder of that name is none."""
    (folder / ".env").mkdir()
    assert Settings().model == ""
    (folder / ".env").rmdir()
    os.mkfifo(folder / ".env")
    writing = threading.Thread(target=(folder / ".env").write_text, args=("EXTRACT_MODEL=piped\n",), daemon=True)
    writing.start()
    assert (Settings().model, origin("model")) == ("piped", ".env")
    writing.join(30)


def test_a_misspelt_variable_is_found(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the environment and in the file, with the one that was meant; what is known, empty or of others is none."""
    for name, value in {"EXTRACT_MODLE": "x", "EXTRACT_API_KEY": "k", "EXTRACT_SEEED": "", "MODLE": "x"}.items():
        monkeypatch.setenv(name, value)
    (folder / ".env").write_text("extract_maxcost=1\nEXTRACT_QQQQQQ=1\nOTHER=1\n", encoding="utf-8")
    assert unknown_variables() == {
        "EXTRACT_MAXCOST": "EXTRACT_MAX_COST",
        "EXTRACT_MODLE": "EXTRACT_MODEL",
        "EXTRACT_QQQQQQ": "",
    }


def test_secrets_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither in the settings as text, nor in the address that is shown, nor in an error about another value."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    found = Settings(base_url=f"https://me:{KEY}@proxy.example/v1?token={KEY}", model="m")
    assert KEY not in f"{found!r} {found!s}"
    assert "proxy.example" in repr(found)
    assert KEY not in str({**found.model_dump(), "base_url": ""})
    assert found.endpoint == "https://proxy.example/v1"
    with pytest.raises(SettingsError) as error:
        Settings(timeout="x", base_url=f"ftp://{KEY}")
    assert KEY not in str(error.value)
    assert error.value.__cause__ is None


@pytest.mark.parametrize(
    ("given", "configured"),
    [
        ({}, False),
        ({"model": "m"}, False),
        ({"api_key": "k"}, False),
        ({"model": "m", "api_key": "k"}, True),
        ({"model": "m", "base_url": "http://localhost/v1"}, True),
    ],
)
def test_a_model_is_configured_by_its_name_and_a_way_to_it(given: dict[str, object], configured: bool) -> None:
    """A key alone asks nothing: which model costs how much is for the user to say."""
    found = Settings(**given)
    assert found.configured is configured
    assert (found.missing == "") is configured


def test_current_settings_follow_the_environment_and_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are the same object until something changes."""
    first = current_settings()
    assert current_settings() is first
    monkeypatch.setenv("EXTRACT_MODEL", "a")
    assert current_settings().model == "a"
    monkeypatch.delenv("EXTRACT_MODEL")
    (folder / ".env").write_text("EXTRACT_MODEL=b\n", encoding="utf-8")
    assert current_settings().model == "b"


def test_endpoint_of_nothing_is_openai() -> None:
    """Without an address the requests go where the key is from."""
    assert Settings().endpoint == OPENAI
    assert variable("cache_dir") == "EXTRACT_CACHE_DIR"
