"""The rules engine: offline and deterministic, for job postings. Its answers are the floor for every prompt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from extract.cleaning.document import CleanDocument
from extract.engines.base import Draft, DraftValue, Origin
from extract.engines.rules.certainty import certain_absences, certain_paths
from extract.engines.rules.companies import fill_company
from extract.engines.rules.contradictions import contradictions_of, note_contradictions
from extract.engines.rules.facts import fill_from_facts
from extract.engines.rules.lists import fill_lists, fill_prose
from extract.engines.rules.locations import fill_locations
from extract.engines.rules.page import DraftBuilder, Page
from extract.engines.rules.postings import note_other_postings, of_other_postings
from extract.engines.rules.requirements import fill_requirements
from extract.engines.rules.sections import label_sections
from extract.engines.rules.statements import state_text, statements
from extract.engines.rules.teams import fill_department, team_hints
from extract.engines.rules.terms import fill_terms
from extract.engines.rules.titles import fill_title
from extract.engines.rules.whereabouts import fill_whereabouts
from extract.result import Issue


class RulesEngine:
    """Reads job postings by headings, wording and typed readers; what no character of the document states stays absent."""

    name = "rules"
    origin = Origin()  # nothing but the version of the package

    def fill(self, clean: CleanDocument) -> Draft:
        """A draft of a job posting: markup first, then lines that name a field, then sentences."""
        page = Page(clean, _sections(clean))
        stated = list(statements(page))
        draft = DraftBuilder()
        note_other_postings(clean, draft)
        fill_from_facts(clean, draft)
        note_contradictions(page, draft, stated)
        fill_title(page, draft, stated)
        state_text(draft, "company.name", stated)
        fill_company(page, draft)
        fill_lists(page, draft)
        fill_prose(page, draft)
        fill_terms(page, draft, stated)
        fill_requirements(page, draft, stated)
        fill_locations(page, draft, stated)
        fill_department(page, draft, stated)
        fill_whereabouts(page, draft, stated)
        certain = certain_paths(draft.values, clean) | certain_absences(draft.values, draft.issues)
        return replace(draft.draft(), certain=certain)

    def contradictions(self, values: Mapping[str, DraftValue], clean: CleanDocument) -> tuple[Issue, ...]:
        """A warning for each of another engine's values of which the markup says something else."""
        return contradictions_of(values, clean)


def _sections(clean: CleanDocument) -> tuple[str, ...]:
    """The section of each segment; what belongs to another posting is related to this one."""
    others = of_other_postings(clean)
    own = [segment for segment in clean.segments if segment.number not in others]
    labels = iter(label_sections(own, hints=team_hints(own)))
    return tuple("related" if segment.number in others else next(labels) for segment in clean.segments)
