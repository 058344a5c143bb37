"""What asking a model costs: the tokens of requests and answers, ours beside instructor with the same model class.

    python benchmarks/llm_cost.py [--table] [--json FILE] [--write docs]

For each shipped document: the gold record as plain JSON, the answer that it needs on the wire, and the whole request as the bytes
that leave, without a network. The same tokenizer counts both sides; a token of an answer is priced as four of a request.
docs/llm.md says what is counted, and is rewritten by ``--write docs``. Exits 1 where a target of job postings is missed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

# A script finds what lies beside it, not what lies beside its folder.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.asking.gold import Asked, Way, asked, compact, lean_json, plain_json
from benchmarks.asking.peer import Body, own_body, peer_body, versions
from benchmarks.cleaners.report import markdown_table, percent, rewritten
from extract.engines.llm.prompts import prompt_for
from extract.engines.llm.tokens import PER_MESSAGE, count_tokens, counting
from extract.evals.cases import Case, shipped_cases
from extract.settings import Ask
from extract.tasks import task_named

ANSWER_PRICE = 4
"""What a token of an answer costs, in tokens of a request: the usual ratio of price lists."""
ANSWER_TARGET, COST_TARGET = 25, 40
"""Per cent: of the plain JSON that an answer may take, and of the peer's price that a document may cost."""
DOCUMENT = "llm.md"
WAYS: Mapping[str, Sequence[Way]] = {
    "job_posting": [Way(prompt, ask) for prompt in ("v2", "v1") for ask in (Ask.MISSING, Ask.ALL)],
    "invoice": [Way("v1", Ask.MISSING)],
}
"""The ways of asking that are compared, the default of each task first."""


@dataclass(frozen=True, slots=True)
class Bill:
    """Tokens that are sent and answered."""

    request: int = 0
    answer: int = 0

    @property
    def price(self) -> int:
        """Both together, in tokens of a request."""
        return self.request + ANSWER_PRICE * self.answer

    def __add__(self, other: Bill) -> Bill:
        return Bill(self.request + other.request, self.answer + other.answer)


@dataclass(frozen=True, slots=True)
class Cost:
    """What a document costs: by the ways of asking, and with the peer; ``lean`` is the peer when it sends no empty field."""

    document: str
    raw: int
    ours: Mapping[str, Bill]
    peer: Bill
    lean: Bill


def sent_tokens(body: Body) -> int:
    """The tokens of what a model reads of a body: its messages, and whatever says which form the answer takes."""
    sent = body["messages"]
    assert isinstance(sent, list)
    texts = [message["content"] for message in sent if isinstance(message, dict)]
    forms = [body[name] for name in ("tools", "tool_choice", "response_format") if name in body]
    return sum(PER_MESSAGE + count_tokens(str(text)) for text in texts) + sum(count_tokens(compact(form)) for form in forms)


def own_bill(document: Asked, way: Way) -> Bill:
    """What we send and get for a document; nothing where nothing is left to ask."""
    if document.plan.request is None:
        return Bill()
    body = own_body(document.plan.request, way.settings(), answer=document.answer)
    return Bill(sent_tokens(body), count_tokens(document.answer))


def cost_of(case: Case) -> Cost:
    """What a document costs, in all ways."""
    schema, record = task_named(case.schema).schema, plain_json(case.expected)
    sent = sent_tokens(peer_body(schema, case.schema, case.source, record=record))
    return Cost(
        document=case.name,
        raw=count_tokens(case.source),
        ours={way.title: own_bill(asked(case, way.settings()), way) for way in WAYS[case.schema]},
        peer=Bill(sent, count_tokens(record)),
        lean=Bill(sent, count_tokens(lean_json(case))),
    )


def total(costs: Iterable[Cost]) -> Cost:
    """The sum of several documents of one task."""
    all_costs = list(costs)
    ways = {way: sum((cost.ours[way] for cost in all_costs), Bill()) for way in all_costs[0].ours}
    peer, lean = (sum((getattr(cost, name) for cost in all_costs), Bill()) for name in ("peer", "lean"))
    return Cost("all", sum(cost.raw for cost in all_costs), ways, peer, lean)


def rows(costs: Sequence[Cost]) -> list[list[str]]:
    """A row for each document and way, and for all documents in each way."""
    return [
        [
            cost.document,
            way,
            f"{cost.peer.answer:,}",
            f"{bill.answer:,}",
            percent(bill.answer, cost.peer.answer),
            f"{cost.peer.request:,}",
            f"{bill.request:,}",
            percent(bill.price, cost.peer.price),
            percent(bill.price, cost.lean.price),
        ]
        for cost in [*costs, total(costs)]
        for way, bill in cost.ours.items()
    ]


def table(costs: Sequence[Cost]) -> str:
    """The costs of one task's documents, in Markdown."""
    head = ["document", "asked with", "plain JSON", "answer", "of it", "instructor sends", "we send", "price", "lean"]
    return markdown_table(head, rows(costs), texts=2)


def verdicts(costs: Sequence[Cost]) -> list[tuple[str, bool]]:
    """The targets, for the default way and all documents together, and whether each is met."""
    whole = total(costs)
    way, bill = next(iter(whole.ours.items()))
    pairs = [
        ("answer of plain JSON", bill.answer, whole.peer.answer, ANSWER_TARGET),
        ("request and answer of instructor", bill.price, whole.peer.price, COST_TARGET),
    ]
    return [
        (f"{name} ({way}): {percent(part, of)}, target {target} %", 100 * part <= target * of) for name, part, of, target in pairs
    ]


def conditions() -> str:
    """What was counted, with what, beside what."""
    defaults = {task: prompt_for(task).head.id for task in WAYS}
    prompts = ", ".join(defaults.values())
    return f"Tokens of {counting()}, beside {versions()}; default prompts: {prompts}."


def options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The options of the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--table", action="store_true", help="the tables alone, to be pasted")
    parser.add_argument("--json", type=Path, metavar="FILE", help="all figures")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help=f"rewrite the tables of {DOCUMENT} in that folder")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Count, and print the tables; the exit code."""
    chosen = options(arguments)
    costs = {task: [cost_of(case) for case in shipped_cases(task).values()] for task in WAYS}
    tables = "\n\n".join(f"{task.replace('_', ' ').capitalize()}s\n\n{table(of)}" for task, of in costs.items())
    results = verdicts(costs["job_posting"])
    print(tables if chosen.table else f"{conditions()}\n\n{tables}\n")
    if not chosen.table:
        print("\n".join(f"{'met' if met else 'MISSED'}: {told}" for told, met in results))
    if chosen.json:
        figures = {task: [asdict(cost) for cost in of] for task, of in costs.items()}
        chosen.json.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
    if chosen.write:
        file = chosen.write / DOCUMENT
        file.write_text(rewritten(file.read_text("utf-8"), part="cost", text=f"{conditions()}\n\n{tables}"), "utf-8")
    return 0 if all(met for _, met in results) else 1


if __name__ == "__main__":
    sys.exit(main())
