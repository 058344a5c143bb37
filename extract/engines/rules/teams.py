"""Which team or unit inside the company the job belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from extract.cleaning.document import Kind, Segment
from extract.engines.base import TextReference
from extract.engines.rules.cues import Scores
from extract.engines.rules.page import DraftBuilder, Page, whole
from extract.engines.rules.statements import Statement, stating
from extract.once import once
from extract.readers.wording import wording

_LONGEST = 80  # characters of a line that names a department
# A sentence on the team that hires is about the job, whatever else it sounds like: more than a section's heading is worth
_ABOUT_THE_TEAM = 6.0
_TOP = 12  # segments among which a line by itself is about the job and not one of a list of offices
_MOST_TEAMS = 8  # teams that are looked for in each sentence
_SHORTEST_TEAM = 3  # characters: "the A team" is in every text
_SMALL = "(?:(?:and|&|of|for|et|und|y|de|des)\\s)?"
_NAME = r"[A-ZÀ-ÖØ-Þ][\w&-]*+"


@once
def _team() -> re.Pattern[str]:
    """A name in capitals before the word for a team: "our Data Platform team"."""
    leads, follows = wording("team_leads").expression, wording("team_follows").expression
    return re.compile(rf"(?i:{leads})\s(?P<name>(?:[A-Z0-9][\w&+/-]*+\s{_SMALL}){{1,5}}?)(?i:{follows})")


@once
def _joined() -> re.Pattern[str]:
    """A name in capitals behind "join"."""
    return re.compile(rf"(?i:{wording('joins').expression})\s(?P<name>{_NAME}(?:\s{_NAME}){{1,5}}(?:\s\([A-Z]{{2,8}}\))?)")


@once
def _line() -> re.Pattern[str]:
    """A line that is the name of a unit as a whole: "Office of the Registrar", "Abteilung Einkauf"."""
    return re.compile(rf"(?i:{wording('team_nouns').expression})(?:\s(?:the|la|le|les|des|du|de))?(?:\s{_SMALL}{_NAME}){{1,5}}")


def team_hints(segments: Sequence[Segment]) -> list[Scores]:
    """What a sentence says of the team that a sentence hires for is about the job, not about the company.

    Answers the further scores for each segment that ``label_sections`` takes.
    """
    hires = wording("hires").pattern
    named = (found["name"].strip() for s in segments for found in _team().finditer(s.text) if hires.search(s.text))
    teams = list(islice(dict.fromkeys(name for name in named if len(name) >= _SHORTEST_TEAM), _MOST_TEAMS))
    return [
        {"description": _ABOUT_THE_TEAM} if s.kind is Kind.SENTENCE and any(team in s.text for team in teams) else {}
        for s in segments
    ]


def fill_department(page: Page, draft: DraftBuilder, stated: Sequence[Statement]) -> None:
    """What a line states, else a line that is the name of a unit, else the team that a sentence about the job names."""
    for statement in stating(stated, "department"):
        if len(statement.text) < _LONGEST and not statement.text.endswith("."):
            draft.put("department", statement.text, statement.reference)
    if draft.has("department"):
        return
    company = draft.values.get("company.name")
    for name, reference in _named_teams(page, company=str(company.value) if company else ""):
        draft.put("department", name, reference)
        return


def _named_teams(page: Page, *, company: str) -> Iterator[tuple[str, TextReference]]:
    for segment in page.segments[:_TOP]:
        if len(segment.text) < _LONGEST and _line().fullmatch(segment.text):
            yield segment.text, whole(segment)
    employer = company.split()[:1]
    for segment in page.of("description", "meta", "responsibilities"):
        for pattern in (_team(), _joined()):
            for found in pattern.finditer(segment.text):
                name = found["name"].strip()
                # what one joins is a team where it bears the name of the employer, else any company
                ours = pattern is _team() or (employer and employer[0] in name.split())
                if ours and name.casefold() != company.casefold():
                    yield name, TextReference(segment.number, found.start("name"), found.start("name") + len(name))
