"""What can be set, read in one place: the environment first, then a file ``.env`` in the working directory.

Nothing is read on import. ``Settings()`` reads; keywords win over what is read.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from enum import StrEnum
from functools import lru_cache
from io import StringIO
from pathlib import Path
from stat import S_ISREG
from typing import Annotated, ClassVar
from urllib.parse import urlsplit, urlunsplit

from dotenv import dotenv_values
from dotenv.parser import parse_stream
from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from extract.errors import SettingsError

OPENAI = "https://api.openai.com/v1"
"""Where requests go when no other address is set."""


class Api(StrEnum):
    """Which of the two interfaces of OpenAI the endpoint is spoken to with."""

    CHAT = "chat"  # chat completions, which every compatible endpoint has
    RESPONSES = "responses"


class Constraint(StrEnum):
    """How the answer is held to the wire schema; AUTO begins with the first and steps down where the endpoint lacks it."""

    AUTO = "auto"
    STRICT = "strict"  # the provider promises an answer that fits
    SCHEMA = "schema"  # the schema is sent, without that promise
    JSON = "json"  # the schema is part of the prompt; the answer is checked here alone


class Ask(StrEnum):
    """What the model is asked for."""

    MISSING = "missing"  # what neither the markup nor the rules are certain of
    ALL = "all"


_ENV_FILE = ".env"
_LOG = logging.getLogger("extract")
_Stamp = tuple[str, int, int]
_CLOSE = 0.8  # of 1, as difflib measures: two letters of EXTRACT_MODEL may be wrong
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=1)]


def _from(*names: str) -> AliasChoices:
    return AliasChoices(*names)


class _FileSource(EnvSettingsSource):
    """The variables of the file, which are read as those of the environment are."""

    def _load_env_vars(self) -> Mapping[str, str | None]:
        return {name.lower(): value for name, value in _in_file().items()}


class Settings(BaseSettings):
    """All settings of the model engine, frozen; each is an environment variable, ``EXTRACT_`` and its name in capitals.

    The key and the address have the names that OpenAI's own client uses: ``OPENAI_API_KEY``, ``OPENAI_BASE_URL``; those with
    ``EXTRACT_`` win over them. Times are in seconds, money in US dollars. Raises SettingsError for a value that cannot be.
    """

    model_config: ClassVar[SettingsConfigDict] = SettingsConfigDict(
        env_prefix="EXTRACT_",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        populate_by_name=True,
        hide_input_in_errors=True,
    )

    api_key: SecretStr = Field(default=SecretStr(""), validation_alias=_from("EXTRACT_API_KEY", "OPENAI_API_KEY"))
    base_url: str = Field(default="", validation_alias=_from("EXTRACT_BASE_URL", "OPENAI_BASE_URL"))
    model: str = ""
    api: Api = Api.CHAT
    constraint: Constraint = Constraint.AUTO

    prompt: str = ""
    """The version of a shipped prompt ("v1"), or the path of a file; empty = the newest of the task."""
    ask: Ask = Ask.MISSING
    temperature: Annotated[float, Field(ge=0, le=2)] | None = None
    top_p: Annotated[float, Field(gt=0, le=1)] | None = None
    seed: int | None = None
    reasoning_effort: str | None = None
    max_output_tokens: Count | None = None
    """Room for an answer; None = what the prompt says."""
    repeat: Annotated[int, Field(ge=0)] = 0
    """Tells the same request apart in the cache, to ask it again."""

    max_repairs: Annotated[int, Field(ge=0, le=10)] = 1
    """How often the fields of a document that were wrong are asked for again; each time is one call."""

    timeout: Positive = 60.0
    """For one attempt."""
    deadline: Positive = 180.0
    """For a document, with all attempts and the pauses between them."""
    max_attempts: Count = 6
    concurrency: Count = 64
    """Requests under way at once; fewer while the endpoint asks for fewer."""
    requests_per_minute: Count | None = None
    tokens_per_minute: Count | None = None
    max_cost: Positive | None = None
    """US dollars that all requests of this process may cost together."""
    max_tokens: Count | None = None
    """Tokens that all requests of this process may use together."""
    prices: Path | None = None
    """A price table of your own; its models win over those of the shipped one."""

    cache: bool = True
    cache_dir: Path | None = None
    """Where answers are kept; None = the cache folder of the user."""

    def __init__(self, **values: object) -> None:
        if unknown := values.keys() - type(self).model_fields.keys():
            raise SettingsError(f"there is no setting {', '.join(sorted(unknown))}")
        try:
            super().__init__(**values)  # type: ignore[arg-type]  # what is wrong in them is told below
        except ValidationError as error:
            raise SettingsError(_told(error)) from None  # the cause would show the values, keys among them
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
            raise SettingsError(f"{_ENV_FILE}: it cannot be read ({reason})") from None

    @classmethod
    def settings_customise_sources(
        cls, settings_cls: type[BaseSettings], *_: PydanticBaseSettingsSource, **named: PydanticBaseSettingsSource
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Keywords, the environment, the file, in this order."""
        return named["init_settings"], named["env_settings"], _FileSource(settings_cls)

    @field_validator("base_url")
    @classmethod
    def _address(cls, value: str) -> str:
        address = urlsplit(value)
        if value and (address.scheme not in {"http", "https"} or not address.hostname or address.port == 0):
            raise ValueError("it must be an address such as https://api.openai.com/v1")
        return value.rstrip("/")

    def __repr_args__(self) -> Iterable[tuple[str | None, object]]:
        """As they may be shown: the address without what is secret in it."""
        return [(name, self.endpoint if name == "base_url" and value else value) for name, value in super().__repr_args__()]

    @property
    def endpoint(self) -> str:
        """The base URL of the endpoint without user, password and query: what may be shown and kept.

        >>> Settings(base_url="https://me:secret@proxy.example/v1?token=t").endpoint
        'https://proxy.example/v1'
        """
        parts = urlsplit(self.base_url or OPENAI)
        host = parts.netloc.rpartition("@")[2]
        return urlunsplit((parts.scheme, host, parts.path.rstrip("/"), "", ""))

    @property
    def configured(self) -> bool:
        """Whether a model can be asked: one is named, and there is a key or an address of its own."""
        return bool(self.model and (self.base_url or self.api_key.get_secret_value()))

    @property
    def missing(self) -> str:
        """What has to be set before a model can be asked; empty where nothing is missing."""
        if not self.model:
            return "set EXTRACT_MODEL (or --model) to the name of a model"
        if not self.configured:
            return "set OPENAI_API_KEY, or OPENAI_BASE_URL for an endpoint of your own"
        return ""


def variable(field: str) -> str:
    """The environment variable that a setting is read from.

    >>> variable("max_cost"), variable("api_key")
    ('EXTRACT_MAX_COST', 'OPENAI_API_KEY')
    """
    return {"api_key": "OPENAI_API_KEY", "base_url": "OPENAI_BASE_URL"}.get(field, f"EXTRACT_{field.upper()}")


def origin(field: str) -> str:
    """Where a setting comes from: "environment", ".env", or "default"."""
    names = {f"EXTRACT_{field.upper()}", variable(field)}
    if names & {name.upper() for name, value in os.environ.items() if value}:
        return "environment"
    return _ENV_FILE if names & {name.upper() for name in _in_file()} else "default"


def unknown_variables() -> dict[str, str]:
    """The variables with our prefix that no setting is read from, each with the known one that is closest, or "".

    They may stand in the environment or in .env; one that is empty is not set.
    """
    known = {f"EXTRACT_{field.upper()}" for field in Settings.model_fields}
    given = {name.upper() for name, value in (*os.environ.items(), *_in_file().items()) if value}
    unknown = sorted(name for name in given - known if name.startswith("EXTRACT_"))
    return {name: next(iter(get_close_matches(name, sorted(known), n=1, cutoff=_CLOSE)), "") for name in unknown}


def _in_file() -> Mapping[str, str]:
    """The variables of the file that are set; empty where there is none."""
    return _parsed(_stamp(), tuple(sorted(os.environ.items())))


@lru_cache(maxsize=8)  # every setting asks where it comes from, and a line that is wrong is told once
def _parsed(stamp: _Stamp, _environment: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """As for ``_in_file``; values may refer to the environment. Logs the lines that cannot be read."""
    if not stamp[0]:
        return {}
    bindings = list(parse_stream(StringIO(Path(stamp[0]).read_text(encoding="utf-8"))))
    for text, line in (binding.original for binding in bindings if binding.error):
        first = line + text[: len(text) - len(text.lstrip())].count("\n")
        _LOG.warning("%s: line %d is not of the form NAME=value, and is left out", _ENV_FILE, first)
    sound = "".join(binding.original.string for binding in bindings if not binding.error)
    return {name: value for name, value in dotenv_values(stream=StringIO(sound)).items() if value}


def _stamp() -> _Stamp:
    """The file in its present state; an empty path where there is none. A pipe, which is read once, has one state."""
    file = Path(_ENV_FILE)
    try:
        state = file.stat()
    except OSError:
        return ("", 0, 0)
    if S_ISREG(state.st_mode):
        return (str(file.absolute()), state.st_mtime_ns, state.st_size)
    return (str(file.absolute()) if file.is_fifo() else "", 0, 0)


def _told(error: ValidationError) -> str:
    """What is wrong with which variable; not its value, which may be a key."""
    details = error.errors(include_url=False, include_context=False, include_input=False)
    lines = (
        f"{variable(_field(str(detail['loc'][0])))}: {detail['msg'].removeprefix('Value error, ')}"
        for detail in details
        if detail["loc"]
    )
    return "; ".join(lines) or "a setting is wrong"


def _field(place: str) -> str:
    """The field that Pydantic names by its first alias."""
    return place.lower().removeprefix("extract_").removeprefix("openai_")


def current_settings() -> Settings:
    """The settings as the environment and .env say now; the same object as long as neither changes."""
    names = ((name, value) for name, value in os.environ.items() if name.upper().startswith(("EXTRACT_", "OPENAI_")))
    return _settings_of(tuple(sorted(names)), _stamp())


@lru_cache(maxsize=8)  # it takes 0.7 ms, and every document asks for it
def _settings_of(_variables: tuple[tuple[str, str], ...], _file: _Stamp) -> Settings:
    return Settings()
