"""What a gate says, for servers that build (JUnit XML) and for pull requests (Markdown)."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element, SubElement, indent, tostring  # it writes, and reads nothing

from extract.evals.gate import Verdict
from extract.evals.measures import Measures
from extract.report import printable, shorten

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+!|~-])")
_LONGEST = 300  # characters of a cell of a table


def as_junit(verdict: Verdict) -> str:
    """A test suite with a test for each rule (JUnit XML, as the Jenkins schema has it)."""
    failures = sum(not check.passed for check in verdict.checks)
    name = f"eval gate: {verdict.run.name} on {verdict.run.head.dataset}"
    root = Element("testsuites")
    suite = SubElement(root, "testsuite", name=_xml(name), tests=str(len(verdict.checks)), failures=str(failures), errors="0")
    for check in verdict.checks:
        case = SubElement(suite, "testcase", classname="extract.eval.gate", name=_xml(check.name))
        if check.passed:
            SubElement(case, "system-out").text = _xml(check.message)
        else:
            SubElement(case, "failure", message=_xml(check.message), type="gate").text = _xml(check.message)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode")


def as_markdown(verdict: Verdict) -> str:
    """A heading that says whether the gate is open, the figures beside those of the baseline, and a table of the rules."""
    measures, head = Measures(verdict.run), verdict.run.head
    state = "open" if verdict.passed else "shut"
    figures = f"F1 **{measures.headline:.3f}**, baseline {verdict.baseline.headline:.3f}"
    lines = [
        f"## Eval gate: {state}",
        "",
        f"{_text(verdict.run.name)} on {_text(head.dataset)}, {head.cases} documents: {figures}.",
        "",
        "| rule | | |",
        "| --- | --- | --- |",
        *(f"| {_text(check.name)} | {'✓' if check.passed else '✗'} | {_text(check.message)} |" for check in verdict.checks),
    ]
    return "\n".join(lines)


def _xml(text: str) -> str:
    """The text with what no XML can hold replaced."""
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def _text(text: str) -> str:
    """The text as Markdown shows it, on one line: names of documents are anybody's.

    >>> _text("a|b <img>")
    'a\\\\|b \\\\<img\\\\>'
    """
    shown = _MARKDOWN.sub(r"\\\1", shorten(printable(text), _LONGEST))
    return (
        shown.replace("@", "@\u200b").replace("://", ":\u200b//").replace("www.", "www\u200b.")
    )  # nobody is called, nothing linked
