"""The rules engine: offline and deterministic, for job postings. Its answers are the floor for every prompt."""

from __future__ import annotations

from extract.cleaning.document import CleanDocument
from extract.engines.base import Draft
from extract.engines.rules.companies import fill_company
from extract.engines.rules.facts import fill_from_facts
from extract.engines.rules.lists import fill_lists, fill_prose
from extract.engines.rules.locations import fill_locations
from extract.engines.rules.page import DraftBuilder, Page
from extract.engines.rules.requirements import fill_requirements
from extract.engines.rules.sections import label_sections
from extract.engines.rules.statements import state_text, statements
from extract.engines.rules.teams import fill_department, team_hints
from extract.engines.rules.terms import fill_terms
from extract.engines.rules.titles import fill_title
from extract.engines.rules.whereabouts import fill_whereabouts


class RulesEngine:
    """Reads job postings by headings, wording and typed readers; what no character of the document states stays absent."""

    name = "rules"

    def fill(self, clean: CleanDocument) -> Draft:
        """A draft of a job posting: markup first, then lines that name a field, then sentences."""
        page = Page(clean, label_sections(clean.segments, hints=team_hints(clean.segments)))
        stated = list(statements(page))
        draft = DraftBuilder()
        fill_from_facts(clean, draft)
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
        return draft.draft()
