"""Pay as tests compare it: what a reader found, without its places."""

from __future__ import annotations

from extract.readers.money import Pay


def ends(pay: Pay) -> tuple[str | None, str | None, str | None, str | None]:
    """Both ends, the currency and the unit, without their places."""
    low, high = (str(end.value.normalize().__format__("f")) if end else None for end in (pay.min, pay.max))
    return low, high, pay.currency.value if pay.currency else None, pay.unit.value if pay.unit else None
