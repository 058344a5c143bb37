"""What models cost: the shipped price table, a table of the user's over it, and the price of what was used."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Annotated, ClassVar, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from extract.errors import SettingsError
from extract.result import Usage

MAX_BYTES = 1_000_000
"""The longest price file that is read: a thousand models take a tenth of it."""

_MILLION = Decimal(1_000_000)
_DATED = re.compile(r"-\d{4}-\d{2}-\d{2}$", re.ASCII)


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens: sent, sent and found in the provider's prompt cache, answered.

    ``cache_write`` is what input costs that the provider keeps in that cache, where it takes more for that.
    """

    input: Decimal
    cached: Decimal
    output: Decimal
    cache_write: Decimal | None = None

    def of(self, usage: Usage) -> Decimal:
        """What the tokens cost in US dollars; those found in the cache are part of the input.

        A usage does not say which input the provider kept: all that was not cached counts at the dearer of both prices, so that
        this is never less than the bill.

        >>> Price(Decimal(2), Decimal("0.5"), Decimal(8)).of(Usage(input_tokens=1000, cached_tokens=600, output_tokens=100))
        Decimal('0.0019')
        """
        cached = min(usage.cached_tokens, usage.input_tokens)
        fresh = (usage.input_tokens - cached) * max(self.input, self.cache_write or self.input)
        return (fresh + cached * self.cached + usage.output_tokens * self.output) / _MILLION


@dataclass(frozen=True, slots=True)
class PriceTable:
    """Prices by the name of the model, with the date that they were true on and where they come from."""

    date: dt.date
    source: str
    models: Mapping[str, Price]

    def price(self, model: str) -> Price | None:
        """The price of that model, or of its name without a date at the end; None = not known.

        >>> table = load_prices(None)
        >>> table.price("gpt-4.1-mini-2025-04-14") == table.price("gpt-4.1-mini"), table.price("gpt-4.1-mini-tuned")
        (True, None)
        """
        return self.models.get(model) or self.models.get(_DATED.sub("", model))

    def cost(self, model: str, usage: Usage) -> float | None:
        """What the tokens of that usage cost in US dollars; None = the price is not known."""
        price = self.price(model)
        return None if price is None else float(price.of(usage))


def load_prices(extra: Path | None) -> PriceTable:
    """The shipped prices, and over them, model by model, those of a file of the same form.

    The file needs nothing but ``models``; its ``date`` wins where it has one, and the source of the table names both. Raises
    SettingsError for a file that cannot be used, which names the file, the key and what is expected there.
    """
    raw = files("extract.engines.llm").joinpath("prices.toml").read_bytes()
    shipped = _checked(raw, name="prices.toml", form=_Shipped)
    if extra is None:
        return PriceTable(shipped.date, shipped.source, shipped.prices())
    own = _checked(_read(extra), name=str(extra), form=_File)
    return PriceTable(own.date or shipped.date, f"{own.source or extra}, else {shipped.source}", shipped.prices() | own.prices())


def _number(value: object) -> object:
    """TOML has numbers: what Pydantic would make of true, or of a text, is no price."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("a number is expected")
    return value


_Dollars = Annotated[Decimal, BeforeValidator(_number), Field(ge=0, le=1_000_000, allow_inf_nan=False)]


class _Strict(BaseModel):
    model_config: ClassVar[ConfigDict] = ConfigDict(extra="forbid", frozen=True)


class _Entry(_Strict):
    input: _Dollars
    cached: _Dollars | None = None
    output: _Dollars
    cache_write: _Dollars | None = None

    def price(self) -> Price:
        return Price(self.input, self.input if self.cached is None else self.cached, self.output, self.cache_write)


class _File(_Strict):
    date: dt.date | None = None
    source: str = ""
    currency: Literal["USD"] = "USD"
    models: dict[str, _Entry]

    def prices(self) -> dict[str, Price]:
        return {name: entry.price() for name, entry in self.models.items()}


class _Shipped(_File):
    date: dt.date
    source: str


_Form = TypeVar("_Form", bound=_File)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise SettingsError(
            f"{path}: the price file cannot be read: {error.strerror}; EXTRACT_PRICES or --prices names it"
        ) from error
    if len(raw) > MAX_BYTES:
        raise SettingsError(f"{path}: the price file is longer than {MAX_BYTES:,} bytes, so it is none")
    return raw


def _checked(raw: bytes, *, name: str, form: type[_Form]) -> _Form:
    """What the file says; numbers are kept as they are written."""
    try:
        content = tomllib.loads(raw.decode(), parse_float=Decimal)
    except (ValueError, ArithmeticError, RecursionError) as error:  # TOML and UTF-8, a number with an odd exponent, deep brackets
        raise SettingsError(f"{name}: the price file is no TOML: {error}") from error
    try:
        return form.model_validate(content)
    except ValidationError as error:
        raise SettingsError(f"{name}: {_told(error)}; a model looks like {_EXAMPLE}") from error


_EXAMPLE = 'models."gpt-4.1" = { input = 2.00, cached = 0.50, output = 8.00 }, in US dollars for a million tokens'


def _told(error: ValidationError) -> str:
    """Which key is wrong and what is expected there, for the first three that are."""
    details = error.errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(f"{'.'.join(map(str, detail['loc']))}: {detail['msg']}" for detail in details[:3])
