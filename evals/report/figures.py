"""Figures as they are written on the page; as the tables of the command line write them."""

from __future__ import annotations

from extract.evals.measures import Rate
from extract.evals.statistics import Interval


def score_ends(interval: Interval | None) -> str:
    """An interval of scores; what Student's t puts below 0 or above 1 is no score, and left out.

    >>> score_ends(Interval(0.91, 1.04)), score_ends(None)
    ('0.910 to 1.000', '–')
    """
    return "–" if interval is None else f"{max(interval.low, 0):.3f} to {min(interval.high, 1):.3f}"


def difference_ends(interval: Interval | None) -> str:
    """An interval of differences of scores, as far as there are such.

    >>> difference_ends(Interval(-0.1, 0.02)), difference_ends(Interval(-1.2, -0.5))
    ('-0.100 to +0.020', '-1.000 to -0.500')
    """
    return "–" if interval is None else f"{max(interval.low, -1):+.3f} to {min(interval.high, 1):+.3f}"


def percent(rate: Rate) -> str:
    """A share, where anything was counted.

    >>> percent(Rate(0.125, 8)), percent(Rate(0.0, 0))
    ('12.5%', '–')
    """
    return f"{rate.share:.1%}" if rate.of else "–"


def dollars(cost: float | None) -> str:
    """Money as exact as it has to be.

    >>> dollars(0.0), dollars(0.0012345), dollars(1.5), dollars(None)
    ('$0', '$0.001234', '$1.50', 'unknown')
    """
    if cost is None:
        return "unknown"
    if not cost:
        return "$0"
    return f"${cost:,.2f}" if cost >= 1 else f"${cost:.6f}"


def counted(number: int, word: str) -> str:
    """A number of things.

    >>> counted(1, "document"), counted(1200, "document")
    ('1 document', '1,200 documents')
    """
    return f"{number:,} {word}{'' if number == 1 else 's'}"
