"""Which lines of a page belong to the posting, and why the others do not.

A line is dropped for a reason that its markup or its words give: it stands in a menu, a footer, a form; it is a button; it
heads or belongs to a list of other openings. What nothing speaks against stays, so that a posting stays whole wherever its
parts lie. No reason holds for an element that holds the title of the page, or too much of what the page says in sentences.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import accumulate, islice

from extract.cleaning.document import Dropped
from extract.cleaning.entities import unescape
from extract.cleaning.headings import field_key, heading_section
from extract.cleaning.page_lines import Box, Region, Role, Walk
from extract.once import once
from extract.vocabulary import fold, load

_TITLE = 300  # characters of a title of a page that are read
_TITLES = 3
_PROSE = 80  # characters of a line that is a sentence, not a link, and so is content
_SHORT = 70  # characters that a link or button that says nothing of a job has at most
_MOST_OF_PAGE = 0.4  # no element with so great a share of the unlinked text is beside the point
_MOST_BESIDE_TITLE = 0.7  # or with so great a one, where the title is known and stands elsewhere
_LINKED = 0.5  # share of links in a menu or footer that only a class names
_ALL_LINKED = 0.9  # the same of a footer within an article
_FEW_LINES = 12
_MENU = 3  # so many links one below the other are a menu
_FIELDS = 3  # so many fields make a form one to apply or sign in
_CARD = 100  # characters of a line about another opening
_CARD_LINES = 8  # lines that one takes at most
_CARDS = 3  # so many one below the other are a list of openings
_LABEL = 40  # characters of a line that heads the links below it
_NO_SECTIONS = (None, "apply", "other", "company", "legal", "related")  # what the headings of menus may be too
_STATES = re.compile(r"[\d.!?;,。！？]|[$€£¥]")  # a sentence or a figure: no name of a menu
_COPYRIGHT = re.compile(
    r"\W{0,3}(?:©|\(c\)\s|copyright\W{0,3}(?:©|\(c\)|\d{4}|by\b|\Z))|.{0,80}\ball rights reserved\b", re.IGNORECASE | re.DOTALL
)
_CONTACT = re.compile(r"\S@\S|\d(?:[\s()/.-]{0,3}\d){6}")  # an address or a telephone number: linked, and no menu
_USES_COOKIES = re.compile(
    r"(?:\b(?:we|site|website|page|nous|wir|seite|sitio|web)\b.{0,40}\bcookies?\b)"
    r"|\bcookies?.{0,30}\b(?:accept|settings|policy|consent|akzept|verwend|einstell|accepte|acept)",
    re.IGNORECASE,
)
_COOKIES = re.compile(r"\bcookies?\b", re.IGNORECASE)


class _Page:
    """The lines of a page with sums over them, and why each is dropped so far."""

    def __init__(self, text: str, walk: Walk, titles: Iterable[str]) -> None:
        self.text = text
        self.lines = walk.lines
        self.reasons: list[Dropped | None] = [None] * len(walk.lines)
        self._sizes = [0, *accumulate(line.size for line in walk.lines)]
        self._linked = [0, *accumulate(line.linked for line in walk.lines)]
        self.title = self._title([fold(unescape(title[:_TITLE])) for title in islice(titles, _TITLES)])

    def _title(self, titles: Sequence[str]) -> int | None:
        """The line that is the title of the page: a heading that its head names, or the only one of the first level."""
        headings = [at for at, line in enumerate(self.lines) if line.holder.role is Role.HEADING]
        padded = [f" {title} " for title in titles]
        named: list[tuple[bool, bool, int, int]] = []
        for at in headings:
            words = fold(self.read(at)) if self.lines[at].size <= _TITLE else ""
            if len(words) > 3 and any(f" {words} " in title for title in padded):
                begins = any(title.startswith(f" {words} ") for title in padded)
                named.append((words not in titles, not begins, self.lines[at].holder.level, at))
        if named:
            return min(named)[3]  # the head names the company too, and so may a heading
        first = [at for at in headings if self.lines[at].holder.level == 1]
        return first[0] if len(first) == 1 else None

    def read(self, at: int) -> str:
        """The text of a line."""
        return unescape("".join(self.text[start:end] or " " for start, end in self.lines[at].ranges)).strip()

    def size(self, first: int, last: int) -> int:
        """How many characters of the text these lines have."""
        return self._sizes[last] - self._sizes[first]

    def unlinked(self, first: int, last: int) -> int:
        """How many characters of these lines are outside of links and buttons."""
        return self._sizes[last] - self._sizes[first] - self._linked[last] + self._linked[first]

    def linked_share(self, first: int, last: int) -> float:
        return (self._linked[last] - self._linked[first]) / max(1, self._sizes[last] - self._sizes[first])

    def is_most(self, first: int, last: int) -> bool:
        """Whether these lines are too much of the page to be beside the point."""
        most = _MOST_OF_PAGE if self.title is None else _MOST_BESIDE_TITLE
        return self.unlinked(first, last) > most * self.unlinked(0, len(self.lines))

    def holds_title(self, box: Box) -> bool:
        return self.title is not None and box.first <= self.title < box.last

    def speaks_of_cookies(self, first: int, last: int) -> bool:
        return bisect_left(self._cookies, first) < bisect_left(self._cookies, last)

    @cached_property
    def first_prose(self) -> int | None:
        return next((at for at in range(len(self.lines)) if self.is_prose(at)), None)

    @cached_property
    def _cookies(self) -> list[int]:
        """The lines that speak of cookies; read once, because such elements may stand in each other."""
        return [at for at in range(len(self.lines)) if _COOKIES.search(self.read(at))]

    def is_link(self, at: int) -> bool:
        line = self.lines[at]
        return line.linked > 0 and 10 * line.linked >= 9 * line.size

    def is_prose(self, at: int) -> bool:
        line = self.lines[at]
        return line.size - line.linked >= _PROSE and self.reasons[at] is None

    def drop(self, first: int, last: int, reason: Dropped) -> None:
        for at in range(first, last):
            self.reasons[at] = self.reasons[at] or reason


def selected(text: str, walk: Walk, titles: Iterable[str]) -> list[Dropped | None]:
    """For each line of the page why it is dropped, or None. ``titles`` are what the head of the page calls it."""
    page = _Page(text, walk, titles)
    if not page.lines:
        return []
    for region in walk.regions:
        if _beside(page, region):
            page.drop(region.box.first, region.box.last, region.reason)
    _drop_related(page)
    _drop_cards(page)
    _drop_known(page)
    _drop_menus(page)
    return page.reasons


def _beside(page: _Page, region: Region) -> bool:
    """Whether a region is no content."""
    first, last = region.box.first, region.box.last
    if first == last or page.holds_title(region.box) or page.is_most(first, last):
        return False
    share = page.linked_share(first, last)
    prose = sum(page.is_prose(at) for at in range(first, last))
    if region.sure:
        return share >= _LINKED or not prose
    if region.box.tag == "form":
        few = last - first <= 2 * region.box.fields + 1  # little but labels and buttons
        return 2 * prose <= last - first and (region.box.fields >= _FIELDS or (region.box.fields > 0 and few and not prose))
    match region.reason:
        case Dropped.COOKIES:
            lines = range(first, min(last, first + _FEW_LINES))
            used = share > 0 or any(_USES_COOKIES.search(page.read(at)) for at in lines)
            return used and page.speaks_of_cookies(first, last)
        case Dropped.RELATED:
            return share > 0
        case Dropped.NAVIGATION:
            return share >= _LINKED or (share > 0 and _is_trail(page, first, last))
        case Dropped.FOOTER:
            return _is_footer(page, region.box, prose=prose)
        case Dropped.SHARE:
            label = page.size(first, last) <= _LABEL and (share > 0 or fold(page.read(first)) in _phrases("links"))
            return share >= _LINKED or label
        case _:
            return share >= _LINKED or (share > 0 and not prose)


def _is_footer(page: _Page, box: Box, *, prose: int) -> bool:
    """Whether what calls itself a footer is one of a page: links, and no field of a posting; in an article links alone."""
    if any(_states_field(page, at) for at in range(box.first, min(box.last, box.first + _FEW_LINES))):
        return False
    share = page.linked_share(box.first, box.last)
    if box.tag != "footer":
        return share >= _LINKED
    return share >= _LINKED or not prose if _is_below_all(box) else share >= _ALL_LINKED


def _is_trail(page: _Page, first: int, last: int) -> bool:
    """Whether lines say where in the site the page is: they end with its title."""
    if page.title is None or page.size(first, last) > 3 * _SHORT:
        return False
    return f" {fold(page.read(last - 1))}".endswith(f" {fold(page.read(page.title))}")


def _states_field(page: _Page, at: int) -> bool:
    """Whether a line names a field of a posting and states it: "Salary: 60,000"."""
    line = page.lines[at]
    key = field_key(page.read(at)) if line.size <= _CARD and not page.is_link(at) else None
    return key is not None and key.known and key.section not in _NO_SECTIONS


def _is_below_all(box: Box) -> bool:
    """Whether a footer is that of the page, and not of a part of it."""
    outer = box.parent
    while outer is not None and outer.tag not in ("article", "section", "main", "aside"):
        outer = outer.parent
    return outer is None


def _drop_cards(page: _Page) -> None:
    """Lists of other openings that no heading announces: three cards or more in a row, of a link and a few short lines each."""
    cards: dict[Box, list[Box]] = {}
    for at, line in enumerate(page.lines):
        if page.reasons[at] is None and line.size <= _CARD and page.is_link(at) and not _announces(page, at):
            card = _widest(line.box, at, at + _CARD_LINES)
            if card.parent is not None and page.unlinked(at, card.last) > 0:
                cards.setdefault(card.parent, []).append(card)
    taken = {card for found in cards.values() for card in found}
    for parent, found in cards.items():
        covered = sum(card.last - card.first for card in found)
        count = len(found)
        if parent in taken:  # it begins with the first card, and is small enough to be taken for it
            covered += found[0].first - parent.first
            count += 1
        beside = not page.holds_title(parent) and not page.is_most(parent.first, parent.last)
        if parent.first > 0 and page.reasons[parent.first - 1] is None and _announces(page, parent.first - 1):
            continue  # what one gets, or where: each with a link
        if count >= _CARDS and 2 * covered > parent.last - parent.first and beside:
            page.drop(parent.first, parent.last, Dropped.RELATED)


def _widest(box: Box, first: int, most: int) -> Box:
    """The widest element around a box that begins with the line ``first`` and ends before ``most``."""
    while box.parent is not None and box.parent.first == first and box.parent.last <= most:
        box = box.parent
    return box


def _drop_related(page: _Page) -> None:
    """Other openings: what stands under a heading that announces them."""
    for at, line in enumerate(page.lines):
        role = line.holder.role
        heads = role is Role.HEADING or (role in (Role.FLOW, Role.TERM) and not page.is_link(at))
        if heads and page.reasons[at] is None and line.size <= _SHORT and heading_section(page.read(at)) == "related":
            page.drop(at, _end_of_related(page, at), Dropped.RELATED)


def _end_of_related(page: _Page, at: int) -> int:
    """Where the list under a heading ends: with the widest element that begins at it, or with the next that is no card."""
    box, end = page.lines[at].box, at + 1
    outer: Box | None = box
    total = page.unlinked(0, len(page.lines))
    while outer is not None and outer.first == at and outer.tag != "body":
        if page.unlinked(at, outer.last) > _MOST_OF_PAGE * total or page.holds_title(outer):
            break
        end = max(end, outer.last)
        outer = outer.parent
    listed = True  # the items right below the heading are other openings, with a link or without
    while end < len(page.lines) and end != page.title and page.reasons[end] is None:
        listed = listed and page.lines[end].holder.role is Role.ITEM and page.lines[end].size <= _CARD
        if not (listed or _is_card(page, end)):
            break
        end += 1
    return end


def _is_card(page: _Page, at: int) -> bool:
    """Whether a line may stand on a card of another opening: a link, an item with one, or a short line beside one."""
    line = page.lines[at]
    if page.is_link(at) or (line.linked > 0 and line.holder.role is Role.ITEM and line.size <= _CARD):
        return True
    near = range(max(0, at - 3), min(len(page.lines), at + 4))
    return line.holder.role is not Role.HEADING and line.size <= _CARD and any(page.is_link(other) for other in near)


def _drop_known(page: _Page) -> None:
    """Links and buttons that say nothing of a job, and lines that never do."""
    links, lines = _phrases("links"), _phrases("lines")
    section = False
    for at, line in enumerate(page.lines):
        if line.holder.role is Role.HEADING:
            section = page.reasons[at] is None and _announces(page, at)
        stated = line.holder.role in (Role.DETAIL, Role.CELL) or (line.holder.role is Role.ITEM and section)
        if stated or page.reasons[at] is not None or line.size > _SHORT:
            continue
        words = fold(page.read(at))
        reason = lines.get(words) or (_known(words, links) if page.is_link(at) else None)
        if reason and at != page.title:
            page.drop(at, at + 1, reason)


def _known(words: str, links: Mapping[str, Dropped]) -> Dropped | None:
    """Why a link says nothing of a job, or several that stand side by side.

    >>> _known("save job print", {"save job": Dropped.CONTROL, "print": Dropped.CONTROL})
    <Dropped.CONTROL: 'control'>
    """
    if words in links:
        return links[words]
    parts = words.split(" ")
    reached: dict[int, Dropped] = {}
    for end in range(1, len(parts) + 1):
        for start in (0, *reached):
            reason = links.get(" ".join(parts[start:end]))
            if reason and end not in reached:
                reached[end] = reached.get(start, reason)
    return reached.get(len(parts))


@once
def _phrases(table: str) -> dict[str, Dropped]:
    listed = load("page_parts")[table]
    return {fold(phrase): Dropped(why) for why, languages in listed.items() for words in languages.values() for phrase in words}


def _drop_menus(page: _Page) -> None:
    """Links one below the other before the title and after the last sentence, and what stands at the end of all pages."""
    prose = [at for at in range(len(page.lines)) if page.is_prose(at)]
    first = page.title if page.title is not None else prose[0] if prose else 0
    last = prose[-1] + 1 if prose else first
    for at in range(last, len(page.lines)):
        if page.lines[at].size <= 3 * _SHORT and _COPYRIGHT.match(page.read(at)):
            page.drop(at, at + 1, Dropped.FOOTER)
    if page.title is not None:
        last = max(last, page.title + 1)
    _drop_runs(page, 0, first, Dropped.NAVIGATION)
    _drop_runs(page, last, len(page.lines), Dropped.FOOTER)


def _drop_runs(page: _Page, first: int, last: int, reason: Dropped) -> None:
    """Three links or more in a row, with the short lines that head them; not a list that the posting announces."""
    at = first
    while at < last:
        if at > 0 and page.reasons[at - 1] is None and _announces(page, at - 1):
            at = _end_of_list(page, at, last)
        end, links = _run_of_links(page, at, last)
        if links >= _MENU:
            page.drop(at, end, reason)
        at = max(end, at + 1)


def _end_of_list(page: _Page, at: int, last: int) -> int:
    """Where the links end that stand in one list, or one below the other in one element."""
    line, end = page.lines[at], at
    while end < last and page.is_link(end):
        other = page.lines[end]
        same = other.holder.list == line.holder.list if line.holder.list else other.box.parent is line.box.parent
        if not same:
            break
        end += 1
    return end


def _run_of_links(page: _Page, at: int, last: int) -> tuple[int, int]:
    """Where a run of links and of lines that are dropped already ends, and how many there are in it."""
    end, links = at, 0
    while end < last:
        if _in_menu(page, end):
            links += page.reasons[end] is not Dropped.CONTROL
        elif page.is_link(end) or end + 1 == last or not _in_menu(page, end + 1) or not _heads_links(page, end):
            break
        end += 1
    return end, links


def _in_menu(page: _Page, at: int) -> bool:
    """Whether a line may stand in a menu: a link that is no address of a person, or what is dropped anyway."""
    return page.reasons[at] is not None or (page.is_link(at) and _CONTACT.search(page.read(at)) is None)


def _heads_links(page: _Page, at: int) -> bool:
    """Whether a short line heads the menu below it: not the name of something that a posting states, and not its last words."""
    line, below = page.lines[at], page.lines[at + 1]
    if line.size > _LABEL or line.holder.role in (Role.DETAIL, Role.CELL) or _announces(page, at):
        return False
    if line.holder.role is Role.ITEM and line.holder.list != below.holder.list:
        return False
    if page.title is None and not _is_below_prose(page, at):
        return False  # it may be the title
    if page.reasons[at + 1] is Dropped.CONTROL:
        return False
    if at > 0 and page.reasons[at - 1] is None and _announces(page, at - 1):
        return False
    return line.bold or line.holder.role is Role.HEADING or _STATES.search(page.read(at)) is None


def _is_below_prose(page: _Page, at: int) -> bool:
    return page.first_prose is not None and page.first_prose < at


def _announces(page: _Page, at: int) -> bool:
    """Whether a line names something that a posting states, such as "Location" or "Benefits"."""
    line = page.lines[at]
    if line.size > _LABEL:
        return False
    words = page.read(at)
    key = field_key(f"{words.rstrip(':')}: x")
    return heading_section(words) not in _NO_SECTIONS or (key is not None and key.known and key.section not in _NO_SECTIONS)
