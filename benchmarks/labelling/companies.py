"""Names of companies as labels: the form that the text prints, and the forms that are as good."""

from __future__ import annotations

import re

from benchmarks.labelling.cases import Label
from benchmarks.labelling.text import Text, folded, squashed, unescaped

_LEGAL = (
    r"GmbH(?: & Co\. ?KG)?|AG|KG|KöR|e\.? ?K\.?|SE|Inc\.?|LLC|Ltd\.?|LTD|Limited|Corp\.?|Corporation|Co\.|PLC|plc|S\.?A\.?S?\.?U?"
    r"|SARL|S\.?L\.?U?\.?|AB|AS|ASA|Oy|[sS]pol\. s ?r\. ?o\.?|s\.r\.o\.|a\.s\.|[CO]JSC|[co]jsc|B\.?V\.?|N\.?V\.?|Pty Ltd|Pvt Ltd"
)
_LEGAL_TAIL = re.compile(rf",?\s+(?:{_LEGAL})$")
_TAIL_NEXT = re.compile(
    rf"[\"”]?,?\s+(?:{_LEGAL})(?!\w)|\s+(?:Technolog(?:y|ies)|Compan(?:y|ies)|Group|Holding|Services|Solutions)\b"
    r"|\s*\([A-Z][A-Z&-]+\)"
)
_NAME_NEXT = re.compile(r"[ \u00a0](?:& )?[A-ZÀ-Þ][\w&-]+")
_GROUP = re.compile(r"^(?:(?:Le |The )?(?:Groupe|Grupo|Group)|The|Le) ")
_ACRONYM = re.compile(r"\(([A-Z][A-Z&-]+)\)")
_OF_ANOTHER = re.compile(
    r"(?:merger of|brands include|distribuidor|distributor|client|customer|partner)\w*[^.\n]{0,40}$", re.IGNORECASE
)
_IN_ADDRESS = (re.compile(r"[\w-][@.]$|@\S*$|\bwww\.\S*$"), re.compile(r"[@-]\w|\.[a-z]"))
_DESCRIBED = re.compile(
    r"(?:representation of )?(?:an? )?international organi[sz]ation|confidential|our client|anonym\w*", re.IGNORECASE
)


def company_forms(name: str) -> list[str]:
    """The name as it is labelled, and without what is often left off it.

    >>> company_forms("Arche Noah (AN) GmbH"), company_forms("ProBank, Georgia")
    (['Arche Noah (AN) GmbH', 'Arche Noah (AN)', 'Arche Noah GmbH', 'Arche Noah'], ['ProBank, Georgia', 'ProBank'])
    """
    whole = " ".join(unescaped(name).replace('"', "").split())
    forms = [whole, _LEGAL_TAIL.sub("", whole)]
    forms += [" ".join(re.sub(r"\s*\([^()]*\)", " ", form).split()) for form in forms]
    forms += [re.sub(r",\s+(?:[A-Z][a-z]+|[A-Z]{2})$", "", form) for form in forms]  # where it is
    forms += [re.split(r"\s+[-–/]\s+", form)[0] for form in forms]
    return list(dict.fromkeys(form for form in forms if len(folded(form)) > 1))


def company_labels(text: Text, name: str, *, in_text: bool | None = None) -> list[Label]:
    """The company, in the form in which the text prints it; with and without its legal form are the same.

    Left out are a description in the place of a name, and a name that stands only in addresses, in longer names, or as that of a
    client or an owner; and the name as it is labelled where the source says that it is not ``in_text``.
    """
    forms = company_forms(name)
    joined = (form.replace(" ", "") for form in forms)
    forms += [form for form in joined if folded(form) == squashed(name) and form not in forms and text.find_whole(form)]
    spans = {form: [span for span in text.find_whole(form) if _is_named(text.plain, span)] for form in forms}
    printed = [form for form in (forms[1:] if in_text is False else forms) if spans[form]]
    if not printed or _DESCRIBED.fullmatch(forms[0]):
        return []
    longer = [_with_tail(text, span) for form in printed for span in spans[form]]
    shorter = [*_ACRONYM.findall(name), *(_GROUP.sub("", form) for form in forms)]
    return [Label("company.name", _with_accents(text, spans[printed[0]][0], form=printed[0]), (*forms, *longer, *shorter))]


def _with_tail(text: Text, span: tuple[int, int]) -> str:
    """The name in the span with its legal form, or with its acronym in brackets, if one follows."""
    tail = _TAIL_NEXT.match(text.plain, span[1])
    return text.printed((span[0], tail.end() if tail else span[1]))


def _with_accents(text: Text, span: tuple[int, int], *, form: str) -> str:
    """The form, unless the text spells it with other accents."""
    printed = text.printed(span)
    mine, theirs = ("".join(filter(str.isalnum, name.casefold())) for name in (form, printed))
    return form if mine == theirs else printed


def _is_named(plain: str, span: tuple[int, int]) -> bool:
    before, after = plain[max(0, span[0] - 60) : span[0]], plain[span[1] : span[1] + 40]
    if _IN_ADDRESS[0].search(before) or _IN_ADDRESS[1].match(after) or _OF_ANOTHER.search(before):
        return False
    return not _NAME_NEXT.match(after) or _TAIL_NEXT.match(after) is not None
