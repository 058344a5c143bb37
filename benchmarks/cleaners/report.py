"""The results of the comparison as tables, as JSON, and in the documentation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydantic import JsonValue

from benchmarks.cleaners.measurement import Outcome, Result
from benchmarks.cleaners.systems import OURS, REFERENCE

Row = Sequence[str]


def markdown_table(head: Row, rows: Sequence[Row], *, texts: int = 1) -> str:
    """A table in Markdown that also reads well as it is: padded, the first ``texts`` columns to the left, figures to the right.

    >>> print(markdown_table(["system", "tokens"], [["ours", "9"], ["theirs", "1,200"]]))
    | system | tokens |
    | ------ | -----: |
    | ours   |      9 |
    | theirs |  1,200 |
    """
    widths = [max(3, *(len(row[column]) for row in (head, *rows))) for column in range(len(head))]

    def line(cells: Row) -> str:
        padded = (
            cell.ljust(width) if column < texts else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        return f"| {' | '.join(padded)} |"

    rule = ["-" * width if column < texts else "-" * (width - 1) + ":" for column, width in enumerate(widths)]
    return "\n".join([line(head), line(rule), *map(line, rows)])


def percent(part: int, whole: int) -> str:
    """A share with one decimal, rounded down, so that 100 % is said of all only.

    >>> percent(210, 211), percent(211, 211), percent(0, 0)
    ('99.5 %', '100.0 %', '–')
    """
    return f"{1000 * part // whole / 10:.1f} %" if whole else "–"


def ratio(speed: float, reference: float) -> str:
    """How many times as fast, in two figures or so."""
    times = speed / reference
    return f"{times:.1f}×" if times < 10 else f"{times:.0f}×"


def systems_table(results: Sequence[Result]) -> str:
    """A row a system: gold lines, tokens, speed, and the speed against that of REFERENCE."""
    reference = next(result.speed for result in results if result.name == REFERENCE)
    rows = [
        [
            f"**{result.name}**" if result.name == OURS else result.name,
            result.version,
            f"{result.kept} of {result.gold}",
            percent(result.kept, result.gold),
            f"{result.tokens:,}",
            f"{result.speed:.1f}",
            ratio(result.speed, reference),
        ]
        for result in results
    ]
    return markdown_table(["system", "version", "gold lines kept", "share", "tokens", "MB/s", "speed"], rows, texts=2)


def pages_table(results: Sequence[Result]) -> str:
    """A row a page, numbered in their order, and a column a system: "gold lines kept · tokens"."""
    rows = [
        [str(at + 1), f"{len(outcome.page.html):,}", str(len(outcome.page.gold))]
        + [f"{result.outcomes[at].kept} · {result.outcomes[at].tokens:,}" for result in results]
        for at, outcome in enumerate(results[0].outcomes)
    ]
    return markdown_table(["page", "characters", "gold lines", *(result.name for result in results)], rows)


def page_rows(results: Sequence[Result]) -> str:
    """A row for each system on each page, in lines that a terminal can hold."""
    rows = [
        [
            outcome.page.name,
            result.name,
            f"{outcome.kept} of {len(outcome.page.gold)}",
            f"{outcome.tokens:,}",
            f"{1000 * outcome.seconds:.1f}",
        ]
        for at in range(len(results[0].outcomes))
        for result, outcome in ((result, result.outcomes[at]) for result in results)
    ]
    return markdown_table(["page", "system", "gold lines kept", "tokens", "ms"], rows, texts=2)


def lost_report(results: Sequence[Result]) -> str:
    """Each gold line that some system lost, with the systems that lost it, page by page."""
    return "\n".join(_lost(results)) or "No system lost a gold line."


def _lost(results: Sequence[Result]) -> Iterator[str]:
    for at, first in enumerate(results[0].outcomes):
        losers = {line: [result.name for result in results if line in result.outcomes[at].lost] for line in first.page.gold}
        if any(losers.values()):
            yield first.page.name
        for line, names in losers.items():
            if names:
                yield f"    {line}\n        lost by {'; '.join(names)}"


def problems_report(results: Sequence[Result]) -> str:
    """What failed on which page; empty where nothing did."""
    return "\n".join(
        f"{result.name} failed on {outcome.page.name}, which counts as empty: {outcome.problem}"
        for result in results
        for outcome in result.outcomes
        if outcome.problem
    )


def as_json(results: Sequence[Result], conditions: str) -> JsonValue:
    """All figures, with the lost lines."""
    return {
        "conditions": conditions,
        "systems": [
            {
                "name": result.name,
                "version": result.version,
                "gold": result.gold,
                "kept": result.kept,
                "tokens": result.tokens,
                "mb_per_second": result.speed,
                "pages": [_page_json(outcome) for outcome in result.outcomes],
            }
            for result in results
        ],
    }


def _page_json(outcome: Outcome) -> JsonValue:
    return {
        "page": outcome.page.name,
        "characters": len(outcome.page.html),
        "gold": len(outcome.page.gold),
        "lost": list(outcome.lost),
        "tokens": outcome.tokens,
        "seconds": outcome.seconds,
        "problem": outcome.problem,
    }


def rewritten(document: str, *, part: str, text: str) -> str:
    """The document with another text between its marks ``<!-- part:begin -->`` and ``<!-- part:end -->``.

    Raises ValueError where the marks do not stand there once each, in this order.
    """
    begin, end = f"<!-- {part}:begin -->", f"<!-- {part}:end -->"
    head, *rest = document.split(begin)
    if len(rest) != 1 or rest[0].count(end) != 1 or end in head:
        raise ValueError(f"the marks {begin} and {end} have to stand there once each, in this order")
    return f"{head}{begin}\n\n{text}\n\n{end}{rest[0].split(end)[1]}"
