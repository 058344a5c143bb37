"""How single values are written in a record: codes, dates, amounts and addresses, as annotated types.

A value that breaks its convention is an error that says what was expected; nothing is put right in silence but blanks
around a text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, ClassVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    ValidationInfo,
    field_validator,
)

from extract.fields import ReadAs, ScoredAs, Verbatim
from extract.once import once

# What CLDR lists beside ISO 3166-1: reserved codes, groups of countries and codes for tests. "XK" is user-assigned too,
# but stays: Kosovo has no other code, and the European Commission, SWIFT and CLDR write it so.
_NO_COUNTRY = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})
# ISO 4217 has them, but nobody is paid in them: testing, "no currency", metals and units of account.
_NO_CURRENCY = frozenset({"XTS", "XXX", "XAG", "XAU", "XPD", "XPT", "XBA", "XBB", "XBC", "XBD", "XDR", "XSU", "XUA"})
_USUAL_MISTAKES = {"UK": "GB", "EL": "GR"}

_CODE = re.compile(r"[A-Z]{2,3}")
_NOT_A_PLACE = re.compile(
    r"(?:(?:fully|or|and|ou|oder|und|o|y)?+(?:remotely|remote|hybrid|anywhere|worldwide|télétravail|teletravail|homeoffice"
    r"|workfromhome|teletrabajo|remoto))++"
)
_WEB_ADDRESS = re.compile(r"https?://[^\s/?#<>\"]++(?:[/?#][^\s<>\"]*+)?+", re.IGNORECASE)
_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[^\W_](?:[\w-]{0,62})\.)+[^\W\d_][\w-]{1,62}")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_PHONE = re.compile(r"(?:\+[1-9]|[0-9])[0-9]{4,14}(?:(?:x|ext|poste|app)[0-9]{1,6})?", re.IGNORECASE)
_PHONE_MARKS = re.compile(r"[\s().,/\-\u2010-\u2015]+")
_LANGUAGE = re.compile(
    r"[A-Za-z]{2,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|[0-9]{3}))?(?:-(?:[A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*"
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")


@once
def countries() -> frozenset[str]:
    """The codes of ISO 3166-1 alpha-2, and XK.

    They come from the CLDR tables of babel, which reading amounts and countries needs anyway: a second list
    (pydantic-extra-types wants pycountry, which is LGPL) could disagree with what is read.
    """
    from babel import Locale  # 30 ms to import and load, and only a record with a country needs it

    return _codes(Locale("en").territories, length=2) - _NO_COUNTRY


@once
def currencies() -> frozenset[str]:
    """The codes of ISO 4217 that pay can be stated in, past ones too: old postings are read as well."""
    from babel import Locale  # slow to import, see countries()

    return _codes(Locale("en").currencies, length=3) - _NO_CURRENCY


def _codes(names: Iterable[object], *, length: int) -> frozenset[str]:
    return frozenset(code for code in names if isinstance(code, str) and len(code) == length and _CODE.fullmatch(code))


def country_code(value: str) -> str:
    """The value, if it is a country of ISO 3166-1 alpha-2.

    >>> country_code("CH")
    'CH'
    """
    if value not in countries():
        hint = f"; write {_USUAL_MISTAKES[value]}" if value in _USUAL_MISTAKES else ""
        raise ValueError(f"{value!r} is no country code of ISO 3166-1 alpha-2, two capitals such as CH or US{hint}")
    return value


def currency_code(value: str) -> str:
    """The value, if it is a currency of ISO 4217.

    >>> currency_code("EUR")
    'EUR'
    """
    if value not in currencies():
        raise ValueError(f"{value!r} is no currency code of ISO 4217, three capitals such as USD or EUR")
    return value


def place(value: str) -> str:
    """The value, if it does more than say where one need not be.

    >>> place("Remote, Oregon")
    'Remote, Oregon'
    """
    letters = "".join(filter(str.isalpha, unicodedata.normalize("NFKC", value).casefold()))
    if _NOT_A_PLACE.fullmatch(letters):
        raise ValueError(f"{value!r} is no place; remote and hybrid work belong into workplace_type")
    return value


def web_address(value: str) -> str:
    """The value, if it is an absolute http or https URL."""
    if not _WEB_ADDRESS.fullmatch(value):
        raise ValueError(f"{value!r} is no absolute URL: it must begin with http:// or https:// and have no blanks")
    return value


def email_address(value: str) -> str:
    """The value, if it has the shape of an e-mail address (whether a mailbox exists is not asked)."""
    if not _EMAIL.fullmatch(value) or ".." in value:
        raise ValueError(f"{value!r} is no e-mail address such as jobs@example.com")
    return value


def phone_number(value: str) -> str:
    """The value, if it is E.164 or, where the country is not known, a number as printed.

    >>> phone_number("+41440000000"), phone_number("(044) 000-00 00")
    ('+41440000000', '(044) 000-00 00')
    """
    if not _E164.fullmatch(value) and not _PHONE.fullmatch(_PHONE_MARKS.sub("", value)):
        raise ValueError(f"{value!r} is no telephone number: write E.164 such as +41440000000, or the number as printed")
    return value


def language_tag(value: str) -> str:
    """The value, if it has the shape of a BCP 47 tag: "fr", "en-US", "zh-Hant-TW"."""
    if not _LANGUAGE.fullmatch(value):
        raise ValueError(f"{value!r} is no BCP 47 language tag such as en or pt-BR")
    return value


def account_number(value: str) -> str:
    """The value, if it is an IBAN whose check digits are right (ISO 13616, modulo 97), in groups as printed or without blanks.

    >>> account_number("GB29 NWBK 6016 1331 9268 19")
    'GB29 NWBK 6016 1331 9268 19'
    """
    number = "".join(value.split())
    if not _IBAN.fullmatch(number):
        raise ValueError(f"{value!r} is no IBAN: two capitals, two check digits, and 11 to 30 more capitals and digits")
    if int("".join(str(int(character, 36)) for character in number[4:] + number[:4])) % 97 != 1:
        raise ValueError(f"{value!r} is no IBAN: its check digits do not fit, so that a character was misread")
    return value


def bank_code(value: str) -> str:
    """The value, if it has the shape of a BIC (ISO 9362): 8 or 11 capitals and digits."""
    if not _BIC.fullmatch(value):
        raise ValueError(f"{value!r} is no BIC: 8 or 11 capitals and digits such as XMPLDEFF or XMPLDEFFXXX")
    return value


def _day(value: object) -> object:
    """Pydantic alone would take 1620000000 for a moment of 2021 and cut a time off."""
    if isinstance(value, datetime) or not isinstance(value, (str, date)):
        raise ValueError(f"{value!r} is no day written YYYY-MM-DD")
    if isinstance(value, str) and not _DAY.fullmatch(value):
        raise ValueError(f"{value!r} is no day written YYYY-MM-DD")
    return value


def json_number(value: Decimal) -> int | float:
    """The number as JSON has it: 120500, 17.5."""
    return int(value) if value == value.to_integral_value() else float(value)


VerbatimText = Annotated[str, Verbatim]
LongText = Annotated[str, Verbatim, ScoredAs("long_text")]  # whose edges are a matter of taste
Identifier = Annotated[str, ScoredAs("exact")]
Country = Annotated[str, AfterValidator(country_code), ReadAs("country")]
Currency = Annotated[str, AfterValidator(currency_code), ReadAs("currency")]
Place = Annotated[str, AfterValidator(place)]
WebAddress = Annotated[str, AfterValidator(web_address), ReadAs("url")]
EmailAddress = Annotated[str, AfterValidator(email_address), ReadAs("email")]
PhoneNumber = Annotated[str, AfterValidator(phone_number), ReadAs("phone")]
LanguageTag = Annotated[str, AfterValidator(language_tag), ReadAs("language")]
Day = Annotated[date, BeforeValidator(_day), ReadAs("date")]
Iban = Annotated[str, AfterValidator(account_number), ScoredAs("exact")]
Bic = Annotated[str, AfterValidator(bank_code), ScoredAs("exact")]
# 15 digits survive the way through a JSON number (an IEEE double) and back.
JsonDecimal = Annotated[
    Decimal,
    Field(max_digits=15),
    PlainSerializer(json_number, return_type=int | float, when_used="json"),
]
LeastPay = Annotated[JsonDecimal, Field(ge=0), ReadAs("least_pay")]
MostPay = Annotated[JsonDecimal, Field(ge=0), ReadAs("most_pay")]
SignedAmount = JsonDecimal  # pay has no sign: what names no reader is read as a figure
Quantity = JsonDecimal
Percentage = Annotated[JsonDecimal, Field(ge=0, le=100)]


class Part(BaseModel):
    """The base of a record and its parts: frozen, closed to unknown keys, and every field may be absent.

    What says nothing is nothing: a blank text is null, an object without any value is null, a list has neither blanks
    nor the same entry twice (the first stays), but for the lists that ``repeating`` names.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    repeating: ClassVar[frozenset[str]] = frozenset()

    @property
    def empty(self) -> bool:
        """Whether no field of it has a value."""
        return all(value is None or value == [] for value in self.__dict__.values())

    @field_validator("*", mode="before")
    @classmethod
    def _without_blanks(cls, value: object, info: ValidationInfo) -> object:
        if isinstance(value, str):
            return value.strip() or None
        if isinstance(value, (list, tuple)):
            items = [item.strip() if isinstance(item, str) else item for item in value]
            return [item for item in items if item is not None and item != ""]
        if value is None and cls.model_fields[info.field_name or ""].default_factory is list:
            return []
        return value

    @field_validator("*", mode="after")
    @classmethod
    def _nothing_empty_or_twice(cls, value: object, info: ValidationInfo) -> object:
        if isinstance(value, list):
            items = [item for item in value if not (isinstance(item, Part) and item.empty)]
            return items if info.field_name in cls.repeating else list(dict.fromkeys(items))
        return None if isinstance(value, Part) and value.empty else value
