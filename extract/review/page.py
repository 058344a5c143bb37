"""The review page of one result, and what it shares with the index: the skeleton, the style, and what the page may do."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from string import Template
from typing import TypeVar

from pydantic import BaseModel

from extract.report import SourceLines
from extract.result import Extraction, FieldStatus, RecordStatus, Severity
from extract.review.markup import Markup, breakable, joined, tag, visible
from extract.review.pieces import cut
from extract.review.record_pane import Places, absent_fields, document_issues, field_groups, severity_words, spans_of
from extract.review.rows import field_rows
from extract.review.source_pane import source_pane
from extract.review.stored import StoredResult

T = TypeVar("T", bound=BaseModel)
GENERATOR = '<meta name="generator" content="extract review">'
"""Stands in the head of each page: only such a file is overwritten."""


@cache
def asset(name: str, package: str = "extract.review") -> str:
    """A file of a package, with line feeds: its hash must not depend on how it was checked out."""
    return files(package).joinpath(name).read_text("utf-8")


def csp_hash(content: str) -> str:
    """What a Content-Security-Policy calls an inline style or script."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def review_page(result: Extraction[T] | StoredResult, source: str, *, index: str = "") -> str:
    """One self-contained HTML page: the source with the evidence of each field marked, beside the record.

    ``source`` is the decoded text that the spans count, ``open_source(document).text``. ``index`` is the address of a page that
    lists all documents. The page asks the network for nothing, and all text is escaped.
    """
    stored = result if isinstance(result, StoredResult) else StoredResult.of(result)
    rows = field_rows(stored)
    present = [row for row in rows if not row.is_absent]
    claimed = cut(spans_of(present), len(source))
    return filled(
        "page.html",
        title=stored.provenance.source,
        heading=tag("h1", breakable(stored.provenance.source), " ", status_badge(stored.status), dir="auto"),
        index=tag("a", "All documents", href=index, class_="index") if index else Markup(),
        facts=_facts(stored),
        source=source_pane(source, claimed.pieces),
        all=Markup(len(present)),
        troubled=Markup(sum(bool(row.issues) for row in present)),
        unquoted=Markup(sum(not row.is_quoted for row in present)),
        issues=document_issues(stored.issues),
        fields=field_groups(present, Places(claimed, SourceLines(source))),
        absent=absent_fields([row for row in rows if row.is_absent]),
    )


def filled(body: str, *, title: str, **parts: Markup) -> str:
    """A page of a review whose body has these parts."""
    template = Template(asset(body))
    script = asset("panes.js") + asset("script.js") if "script" in template.get_identifiers() else ""
    return page_with(template.substitute(parts, script=script), title=title, style=asset("style.css"), script=script)


def page_with(body: str, *, title: str, style: str, script: str, generator: str = GENERATOR) -> str:
    """A page with this body, in which the script stands already, and a policy that lets nothing but style and script run."""
    runs = csp_hash(script) if script else "'none'"
    policy = (
        f"default-src 'none'; style-src {csp_hash(style)}; script-src {runs}; img-src data:; base-uri 'none'; form-action 'none'"
    )
    return Template(asset("skeleton.html")).substitute(
        title=tag("title", visible(title)), policy=policy, generator=generator, style=style, body=body.rstrip()
    )


def status_badge(status: RecordStatus) -> Markup:
    """The status of a record, as a word."""
    return tag("span", status.value, class_=f"badge {status}")


def issue_counts(result: StoredResult) -> str:
    """How many issues are how bad, the worst first; empty where there is none."""
    found = result.severities
    return ", ".join(severity_words(found[severity], severity) for severity in Severity if found[severity])


def _facts(result: StoredResult) -> Markup:
    """The head of the page: terms and what there is to say."""
    return joined(tag("div", tag("dt", term), tag("dd", said)) for term, said in _told(result) if said)


def _told(result: StoredResult) -> Iterator[tuple[str, str]]:
    made, used, states = result.provenance, result.usage, result.states
    yield "fields", ", ".join(f"{states[state]} {state.replace('_', ' ')}" for state in FieldStatus if states[state])
    yield "issues", issue_counts(result) or "none"
    yield "evidence", "" if result.evidence or not states[FieldStatus.FOUND] else "none was kept"
    yield "task", made.task
    yield "format", made.format
    yield ("engine", made.engine) if made.model is None else ("model", made.model)
    yield "prompt", made.prompt or ""
    if used.calls or used.cache_hits:
        calls = f"{used.calls} {'call' if used.calls == 1 else 'calls'}"
        kept = f"{used.cache_hits} from the cache" if used.cache_hits else ""
        tokens = f"{used.input_tokens:,} + {used.output_tokens:,} tokens" if used.calls else ""
        price = "price unknown" if used.cost is None else f"${used.cost:.6f}"
        yield "usage", ", ".join(filter(None, (calls, kept, tokens, price)))
    yield "time", f"{used.seconds:.3f} s" if used.seconds else ""
