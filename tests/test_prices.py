"""Prices: the shipped table, a table of one's own over it, and what tokens cost."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest

from extract.engines.llm.prices import MAX_BYTES, Price, load_prices
from extract.errors import SettingsError
from extract.result import Usage

SHIPPED = load_prices(None)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return tmp_path / "own.toml"


def test_the_shipped_table_says_when_and_where() -> None:
    """A figure in dollars can be traced to a page and a date."""
    assert SHIPPED.date >= dt.date(2026, 10, 1)
    assert SHIPPED.source == "https://developers.openai.com/api/docs/pricing"


@pytest.mark.parametrize("name", sorted(SHIPPED.models))
def test_shipped_prices_are_of_one_order(name: str) -> None:
    """A slipped decimal point or a swapped column is seen: cached ≤ input < output, and all within what models cost."""
    price = SHIPPED.models[name]
    assert Decimal("0.001") <= price.cached <= price.input < price.output <= 100
    assert price.input <= (price.cache_write or price.input) <= 2 * price.input
    assert 3 <= price.output / price.input <= 10


@pytest.mark.parametrize(
    ("model", "found"),
    [
        ("gpt-4.1-mini", "gpt-4.1-mini"),
        ("gpt-4.1-mini-2025-04-14", "gpt-4.1-mini"),
        ("gpt-4o-2024-08-06", "gpt-4o"),
        ("gpt-4o-2024-05-13", "gpt-4o-2024-05-13"),  # a dated model with a price of its own
        ("gpt-4.1-mini-tuned", None),
        ("gpt-4.1-mini-2025-04-14-tuned", None),
        ("gpt-2025-04-14-4.1", None),
        ("gpt-4.1-m", None),
        ("GPT-4.1", None),
        ("ft:gpt-4.1-2025-04-14:me::1", None),
        ("openai/gpt-4.1", None),
        ("gpt-4.1-20250414", None),
        ("-2025-04-14", None),
        ("", None),
    ],
)
def test_a_date_at_the_end_is_all_that_a_name_may_add(model: str, found: str | None) -> None:
    """A model has the price of its own name, then of the name without its date, and of nothing that looks alike."""
    assert SHIPPED.price(model) == (SHIPPED.models[found] if found else None)


@pytest.mark.parametrize(
    ("usage", "dollars"),
    [
        (Usage(), 0.0),
        (Usage(input_tokens=1_000_000), 2.0),
        (Usage(output_tokens=1_000_000), 8.0),
        (Usage(input_tokens=1_000_000, cached_tokens=1_000_000), 0.5),
        (Usage(input_tokens=1000, cached_tokens=600, output_tokens=100), 0.0019),
        (Usage(input_tokens=100, cached_tokens=900), 0.00005),  # an endpoint that counts wrong gets no negative price
    ],
)
def test_cached_tokens_are_part_of_the_input(usage: Usage, dollars: float) -> None:
    """Cached tokens are paid at their own price, and not a second time."""
    assert SHIPPED.cost("gpt-4.1", usage) == dollars


def test_input_that_may_be_written_to_the_cache_counts_at_the_dearer_price() -> None:
    """Where a provider takes more for keeping input, no cost is told that is below the bill."""
    price = Price(Decimal(2), Decimal("0.1"), Decimal(10), cache_write=Decimal("2.5"))
    assert price.of(Usage(input_tokens=1_000_000)) == Decimal("2.5")
    assert price.of(Usage(input_tokens=1_000_000, cached_tokens=1_000_000)) == Decimal("0.1")


def test_an_unknown_model_has_no_cost() -> None:
    """Not known is None, which is not the same as nothing to pay."""
    assert SHIPPED.cost("llama-of-my-own", Usage(input_tokens=10)) is None


def test_a_free_model_costs_nothing(own: Path) -> None:
    """A price of zero is a price."""
    own.write_text('[models]\n"mine" = { input = 0, output = 0 }')
    assert load_prices(own).cost("mine", Usage(input_tokens=10, output_tokens=10)) == 0.0


def test_own_prices_win_model_by_model(own: Path) -> None:
    """A file of one model changes that one, and says so in the source; its numbers are kept as written."""
    own.write_text(
        'date = 2027-01-02\nsource = "my contract"\n[models]\n"gpt-4.1" = { input = 1.10, output = 4, cached = 0.3 }\n'
    )
    table = load_prices(own)
    assert table.price("gpt-4.1-2025-04-14") == Price(Decimal("1.10"), Decimal("0.3"), Decimal(4))
    assert table.price("gpt-4.1-mini") == SHIPPED.price("gpt-4.1-mini")
    assert table.date == dt.date(2027, 1, 2)
    assert table.source == f"my contract, else {SHIPPED.source}"


def test_own_prices_need_only_models(own: Path) -> None:
    """What a file leaves out: the date is the shipped one, the source its path, and cached input costs what input costs."""
    own.write_text('[models]\n"mine" = { input = 1, output = 2 }')
    table = load_prices(own)
    assert (table.date, table.source) == (SHIPPED.date, f"{own}, else {SHIPPED.source}")
    assert table.price("mine") == Price(Decimal(1), Decimal(1), Decimal(2))


WRONG = {
    "negative": (b'[models]\n"m" = { input = -1, output = 2 }', r"models\.m\.input: .*greater than or equal to 0"),
    "not a number": (b'[models]\n"m" = { input = nan, output = 2 }', r"models\.m\.input: .*finite"),
    "infinite": (b'[models]\n"m" = { input = 1, output = inf }', r"models\.m\.output: .*finite"),
    "over a million": (b'[models]\n"m" = { input = 1e400, output = 2 }', r"models\.m\.input: .*1000000"),
    "a truth value": (b'[models]\n"m" = { input = true, output = 2 }', r"models\.m\.input: .*a number is expected"),
    "a text": (b'[models]\n"m" = { input = "1", output = 2 }', r"models\.m\.input: .*a number is expected"),
    "left out": (b'[models]\n"m" = { input = 1 }', r"models\.m\.output: Field required"),
    "misspelt": (b'[models]\n"m" = { input = 1, output = 2, cache = 1 }', r"models\.m\.cache: "),
    "a name without quotes": (
        b"[models]\ngpt-4.1 = { input = 1, output = 2 }",
        r'models\.gpt-4\.input: .*a model looks like models\."gpt-4\.1"',
    ),
    "no models": (b"", r"models: Field required"),
    "another currency": (b'currency = "EUR"\n[models]', r"currency: .*'USD'"),
    "no date": (b'date = "soon"\n[models]', r"date: .*valid date"),
    "no TOML": (b"models = 1\nmodels = 2\n", r"no TOML: .*line 2"),
    "no UTF-8": (b"\xff", r"no TOML: .*utf-8"),
    "endless digits": (b"models = 1" + b"0" * 5000, r"no TOML"),
    "an endless exponent": (b"models = 1e9999999999999999999", r"no TOML"),
    "deep brackets": (b"models = " + b"[" * 100_000, r"no TOML"),
    "far too long": (b"#" * (MAX_BYTES + 1), r"longer than 1,000,000 bytes"),
}


@pytest.mark.parametrize(("content", "message"), WRONG.values(), ids=WRONG)
def test_a_wrong_file_is_told(own: Path, content: bytes, message: str) -> None:
    """The error names the file, the key, and what is expected there."""
    own.write_bytes(content)
    with pytest.raises(SettingsError, match=message) as told:
        load_prices(own)
    assert str(told.value).startswith(f"{own}: ")


@pytest.mark.parametrize("name", [".", "missing.toml"])
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, name: str) -> None:
    """The error names the file and the setting that leads to it."""
    with pytest.raises(SettingsError, match=r"cannot be read: .*EXTRACT_PRICES"):
        load_prices(tmp_path / name)
