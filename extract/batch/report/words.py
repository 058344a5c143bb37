"""Figures as the report writes them."""

from __future__ import annotations

from extract.result import Usage

_NAME = 200  # characters of the name of a document
_MINUTE = 60
_HOUR = 3_600


def counted(number: int, word: str) -> str:
    """A number of things.

    >>> counted(1, "document"), counted(1200, "document")
    ('1 document', '1,200 documents')
    """
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def document_name(path: str) -> str:
    """The path of a document, whose ends are what tells it from others where it is too long.

    >>> document_name("docs/a.txt"), document_name("docs/" + "x" * 300 + "/a.txt")[195:], document_name("")
    ('docs/a.txt', 'a.txt', 'unnamed')
    """
    if len(path) <= _NAME:
        return path or "unnamed"
    kept = (_NAME - 1) // 2
    return f"{path[:kept]}…{path[kept - _NAME + 1 :]}"


def share(part: int, whole: int) -> str:
    """A part in percent; what is not all is never 100%, and what is not nothing never 0%.

    >>> share(1, 8), share(9999, 10000), share(1, 10**6), share(5, 5), share(0, 0)
    ('12.5%', '>99.9%', '<0.1%', '100%', '0%')
    """
    if part in {0, whole}:
        return "100%" if part else "0%"
    percent = 100 * part / whole
    if percent < 0.1:
        return "<0.1%"
    return ">99.9%" if percent > 99.9 else f"{percent:.1f}%"


def dollars(cost: float) -> str:
    """Money as exact as it has to be.

    >>> dollars(0.0), dollars(0.0012345), dollars(1234.5)
    ('$0', '$0.001234', '$1,234.50')
    """
    if not cost:
        return "$0"
    return f"${cost:,.2f}" if cost >= 1 else f"${cost:.6f}"


def duration(seconds: float) -> str:
    """A time as people say it.

    >>> duration(0.0123), duration(75), duration(90061)
    ('0.012 s', '1 min 15 s', '25 h 1 min')
    """
    if seconds < _MINUTE:
        return f"{seconds:.3f} s" if seconds < 1 else f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < _HOUR:
        return f"{whole // _MINUTE} min {whole % _MINUTE} s"
    return f"{whole // _HOUR:,} h {whole % _HOUR // _MINUTE} min"


def tokens(used: Usage) -> str:
    """What went to the model and what came back.

    >>> tokens(Usage(input_tokens=1500, output_tokens=20))
    '1,500 + 20 tokens'
    """
    return f"{used.input_tokens:,} + {used.output_tokens:,} tokens"


def money(used: Usage) -> str:
    """What it cost, where that is known.

    >>> money(Usage(cost=0.25)), money(Usage(cost=None))
    ('$0.250000', 'price unknown')
    """
    return "price unknown" if used.cost is None else dollars(used.cost)
