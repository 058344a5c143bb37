"""The sets of a labelled folder: where each stands in it, and how it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.labelling.cases import Case, Labelled, case_of
from benchmarks.labelling.feeds import list_repr, markdown, plain_text, strings
from benchmarks.labelling.pages import bananalyzer_html, bananalyzer_ocr, jsonld_objects, jsonld_pages
from benchmarks.labelling.tables import armenian, emscad_glued, emscad_html, skills_ml


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """A set: its name, its file or folder, and the reader of the folder ``root`` that it stands in."""

    name: str
    place: str
    root: str
    read: Callable[[Path], Iterator[Labelled]]

    def cases(self, folder: Path) -> list[Case] | None:
        """The cases of the set in a labelled folder; None if it is not there."""
        if not (folder / self.place).exists():
            return None
        return [case_of(document, name=self.name) for document in self.read(folder / self.root)]


SETS = (
    LabelledSet("bananalyzer_html", "bananalyzer", "bananalyzer", bananalyzer_html),
    LabelledSet("bananalyzer_ocr", "bananalyzer", "bananalyzer", bananalyzer_ocr),
    LabelledSet("emscad_html", "emscad/emscad.jsonl", "emscad", emscad_html),
    LabelledSet("emscad_glued", "emscad/emscad.jsonl", "emscad", emscad_glued),
    LabelledSet("armenian", "armenian/armenian.jsonl", "armenian", armenian),
    LabelledSet("jsonld_objects", "jsonld/objects.jsonl", "jsonld", jsonld_objects),
    LabelledSet("jsonld_pages", "jsonld/pages", "jsonld/pages", jsonld_pages),
    LabelledSet("skills_ml", "jsonld/skills_ml_50.jsonl", "jsonld", skills_ml),
    LabelledSet("markdown", "markdown/markdown.jsonl", "markdown", markdown),
    LabelledSet("strings", "strings/html_strings.jsonl", "strings", strings),
    LabelledSet("list_repr", "strings/list_repr_derived.jsonl", "strings", list_repr),
    LabelledSet("text", "text/text.jsonl", "text", plain_text),
)
