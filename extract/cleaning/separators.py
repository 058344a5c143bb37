"""Where a scraper dropped the line break between two blocks of text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from extract.cleaning.characters import LOWER, UPPER
from extract.cleaning.headings import is_german, is_title_case, names_field, phrase_after, phrase_before, states_field
from extract.cleaning.joints import Evidence, after_a_name, starters, token_joints
from extract.cleaning.sentences import is_abbreviation
from extract.once import once
from extract.vocabulary import load


class Loss(StrEnum):
    """What stands at a place where a separator was lost."""

    ITEM = "item"  # two words in one, as between the items of a list
    STOP = "stop"  # the end of a sentence without a blank after it
    COLON = "colon"  # a colon that introduces what follows
    BEFORE_HEADING = "before heading"
    AFTER_HEADING = "after heading"


class Cut(NamedTuple):
    """A new block begins at ``at``."""

    at: int
    loss: Loss


# A capital or a number right after what ends a word, or the last capital of a run before a small letter. It begins with the
# rarer characters, so that most of a text is skipped.
_JOINT = re.compile(
    rf"[{UPPER}\d$€£](?:(?<=[{LOWER}.!?…;:\"”’»)\]\d%€+#][{UPPER}])|(?<=[{LOWER}{UPPER})+.!?]\d)"
    rf"|(?<=[{LOWER})][$€£])(?=\d)|(?<=[{UPPER}][{UPPER}])(?=[{LOWER}]))"
)
_MARKS = frozenset(".!?…;:")
_GENDERED = frozenset({"In", "Innen"})
_CLOSERS = frozenset('"”’»]')
_COLON = re.compile(r"\s?:")
_CHUNK = 120
SETTLED_LENGTH = 2000
"""Characters: in a text that is no longer, only what stands around a place decides whether a separator was lost there."""
_PROSE = 8
"""Characters that stand between two lost separators of a longer text at least, on average."""
_FEW = 2
"""So many sure joints make a run in which doubtful ones count too."""
_MANY = 5
"""So many joints, each in a word of its own, make a list of names."""
_PROTECTING = ("@", "://", "\\", "www.", "WWW.", "Www.")
_TOP_LEVEL = frozenset({"net", "js", "io", "com", "org", "de", "fr", "es", "co", "uk"})
_HOST_END = re.compile(r"\.(?:com|org|net|edu|eu|fr|de|es|io|ai|co|uk|am)\Z|#\Z|\.(?:html?|pdf|aspx?|php)\Z")


@once
def _quantity() -> re.Pattern[str]:
    units = "|".join(map(re.escape, load("separators")["units"]["words"]))
    number = r"\d{1,3}+(?:[.,]\d{1,3}+)?+"
    return re.compile(rf"{number}(?:\s?\+|\s?%|(?:\s?(?:-|–|à|to|bis|a)\s?{number})?+\+?\s?(?:{units})\b)", re.IGNORECASE)


def lost_separators(text: str) -> list[Cut]:
    """The places where a separator was lost, in order.

    >>> def cut(text):
    ...     edges = [0, *(place.at for place in lost_separators(text)), len(text)]
    ...     return [text[start:end] for start, end in zip(edges, edges[1:])]
    >>> cut("assistant functionalities.Our internships are long")
    ['assistant functionalities.', 'Our internships are long']
    >>> cut("obtain a permit during employmentMinimum QualificationsCurrently has a degree")
    ['obtain a permit during employment', 'Minimum Qualifications', 'Currently has a degree']
    >>> cut("fluent in PyTorch, C++/C#, Node.js, ASP.NET, e.g. at GitHub in the U.S.A.")
    ['fluent in PyTorch, C++/C#, Node.js, ASP.NET, e.g. at GitHub in the U.S.A.']
    """
    places: dict[int, Loss] = {}
    weak: list[int] = []
    for at, loss, evidence in _candidates(text):
        if evidence >= Evidence.LIKELY:
            places.setdefault(at, loss)
        else:
            weak.append(at)
    if len(text) > SETTLED_LENGTH and (len(places) + len(weak)) * _PROSE > len(text):
        return []  # no prose, and not worth the time
    if weak:
        _add_weak(text, places, weak)
    if places:
        _add_headings(text, places)
    if ":" in text:
        _add_colon_headings(text, places)
    return [Cut(at, places[at]) for at in sorted(places) if 0 < at < len(text)]


def _candidates(text: str) -> Iterator[tuple[int, Loss, Evidence]]:
    done = 0
    for match in _JOINT.finditer(text):
        at = match.start()
        if not (text[at].isalpha() and text[at - 1].islower()):
            yield from _joint(text, at, text[at - 1])
        elif at >= done:  # all joints of a word are looked at together
            done = _letters_end(text, at)
            yield from _camel(text, at, done)


def _joint(text: str, at: int, before: str) -> Iterator[tuple[int, Loss, Evidence]]:
    """Whether something begins at ``at``, which is a number, a currency or a capital after what is no small letter."""
    if text[at].isdigit():
        yield from _digit(text, at)
    elif before.isupper():
        yield from _acronym(text, at)
    elif before in _MARKS:
        yield from _stop(text, at - 1, at)
    elif before == ")" and text[at] not in "$€£":
        yield from _parenthesis(text, at)
    elif before in _CLOSERS:
        yield from _quotation(text, at)
    elif text[at] in "$€£" or _number_ends(text, at - 1, at):
        yield at, Loss.ITEM, Evidence.SURE


def _camel(text: str, first: int, end: int) -> Iterator[tuple[int, Loss, Evidence]]:
    start = _letters_start(text, first)
    protected = _is_protected(text, start, end)
    for offset, evidence in token_joints(text[start:end]):
        at = start + offset
        if protected and not _host_ends(text, at):
            continue
        if at + 1 == end and not _is_one_letter_word(text, at):
            continue
        # "RoomPlan and …" is a name
        named = text[start].isupper() and end - at > 3 and _word_after(text, end) in after_a_name()
        if named or (evidence is Evidence.LIKELY and not _goes_on(text, at, end)):
            evidence = Evidence.WEAK
        yield at, Loss.ITEM, evidence


def _is_one_letter_word(text: str, at: int) -> bool:
    """Whether a lone capital is a word: "A great …", "L’équipe"."""
    following = text[at + 1 : at + 3]
    return following[:1] in ("’", "'") or (text[at] in "AÀIYO" and following[:1] == " " and following[1:].islower())


def _goes_on(text: str, at: int, end: int) -> bool:
    """Whether what begins at a joint reads as the beginning of something: more words follow it."""
    following = text[end : end + 2]
    spoken = len(following) == 2 and following[0] in " ’'-/:,(."
    return spoken or end == len(text) or phrase_after(text, at) is not None


def _stop(text: str, mark: int, at: int) -> Iterator[tuple[int, Loss, Evidence]]:
    """The end of a clause or a sentence at ``mark``, and a capital right after it (or after the bracket that closes it)."""
    right = text[at : _letters_end(text, at)]
    if text[mark] == "." and not _stop_ends(text, mark, at, right):
        return
    if _is_protected(text, mark, at) and not (text[mark] == "." and _host_ends(text, mark)):
        return
    if text[mark] == ":":
        yield from _colon(text, mark, at, right)
    else:
        yield at, Loss.STOP, Evidence.SURE


def _quotation(text: str, at: int) -> Iterator[tuple[int, Loss, Evidence]]:
    if at > 1 and text[at - 2] in _MARKS:
        yield from _stop(text, at - 2, at)
    elif at > 1 and text[at - 2].isalnum() and text[at - 1] in "”»" and text[at : _letters_end(text, at)] in starters():
        yield at, Loss.ITEM, Evidence.SURE


def _parenthesis(text: str, at: int) -> Iterator[tuple[int, Loss, Evidence]]:
    right = text[at : _letters_end(text, at)]
    begins = len(right) > 1 and right not in _GENDERED and (right[1].islower() or text[max(0, at - 2)] in _MARKS)
    if begins and not _is_protected(text, at - 1, at):
        yield at, Loss.ITEM, Evidence.SURE


def _colon(text: str, colon: int, at: int, right: str) -> Iterator[tuple[int, Loss, Evidence]]:
    """A colon without a blank after it introduces a list where more than a name stands before it."""
    window = text[max(0, colon - 60) : colon]
    if names_field(window):
        return
    if (" " in window.strip() and len(right) > 1 and right not in _GENDERED) or (
        len(right) == 1 and " " in window and text[at + 1 : at + 2] == " "
    ):
        yield at, Loss.COLON, Evidence.LIKELY


def _stop_ends(text: str, stop: int, at: int, right: str) -> bool:
    """Whether a full stop right before a capital ends a sentence."""
    start = _letters_start(text, stop - 1) if stop and text[stop - 1].isalpha() else stop
    left = text[start:stop]
    after = text[at + len(right) : at + len(right) + 2]
    if right.casefold() in _TOP_LEVEL or (after[:1] == "." and after[1:].isalpha()):
        return False
    if left and text[start - 1 : start] == ".":  # the last of a dotted name
        return False
    if len(left) == 1:
        return right in starters() and text[max(0, start - 1)] == " "
    if left and is_abbreviation(left) and right not in starters():
        return False
    if right.isupper() and len(right) > 1:
        return len(left) > 3 and (left.islower() or (left[1:].islower() and len(right) > 3))
    if len(right) == 1:
        return len(left) > 1 and after[:1] in (" ", "'", "’")
    if not left:
        return stop > 0 and (text[stop - 1] in ')%+#"”»' or (text[stop - 1].isdigit() and len(right) > 2))
    return True


def _digit(text: str, at: int) -> Iterator[tuple[int, Loss, Evidence]]:
    """A quantity right after a word or a sentence: "employment2+ years", "friends.3 weeks of vacation"."""
    if (match := _quantity().match(text, at)) is None:
        return
    before = text[at - 1]
    stopped = before in ".!?"
    last = at - 2 if stopped else at - 1
    start = _letters_start(text, last) if last >= 0 and text[last].isalpha() else at
    left = text[start : last + 1]
    worded = len(left) > 1 and (left[0].islower() or (stopped and left[-1].islower()) or (left.isupper() and len(left) > 2))
    if (worded or before in ")+" or (left and "+" in match[0] and left[-1].islower())) and not _is_protected(text, start, at):
        yield at, Loss.STOP if stopped else Loss.ITEM, Evidence.SURE


def _number_ends(text: str, last: int, at: int) -> bool:
    """Whether a capital right after a number, a sign or a mask begins something new."""
    right = text[at : _letters_end(text, at)]
    if text[last] == "#":
        return text[max(0, last - 1)].isalnum() and "#" in text[max(0, last - 80) : last] and len(right) > 1
    if text[last] in "%€":
        return len(right) > 1
    year = text[max(0, last - 3) : last + 1].isdigit() and last >= 3
    return right in starters() or (year and len(right) > 2) or phrase_after(text, at) is not None


def _acronym(text: str, at: int) -> Iterator[tuple[int, Loss, Evidence]]:
    """Capitals before a word that begins something: "CDIDate de démarrage"."""
    right = text[at : _letters_end(text, at)]
    begins = right in starters() and (len(right) > 2 or _letters_start(text, at - 1) <= at - 3)
    if begins or phrase_after(text, at) is not None or phrase_before(text, at) is not None:
        yield at, Loss.ITEM, Evidence.SURE


def _add_weak(text: str, places: dict[int, Loss], weak: list[int]) -> None:
    """Doubtful joints count in a run that has sure ones, if the word occurs once and something goes on after it."""
    words = [text[_letters_start(text, at - 1) : _letters_end(text, at)] for at in weak]
    counts = Counter(words)
    sure = sum(loss is Loss.ITEM for loss in places.values())
    many = sure + sum(counts[word] == 1 for word in counts) >= _MANY
    for at, word in zip(weak, words, strict=True):
        if (
            phrase_after(text, at) is not None
            or phrase_before(text, at) is not None
            or (sure >= _FEW and counts[word] == 1 and _begins_item(text, at, many=many))
        ):
            places[at] = Loss.ITEM


def _begins_item(text: str, at: int, *, many: bool) -> bool:
    """Whether what follows does not read as a name in the middle of a sentence would; in a run of many it may be a capital."""
    end = _letters_end(text, at)
    following = _word_after(text, end)
    return end - at > 2 and following not in after_a_name() and (many or following[:1].islower())


def _word_after(text: str, end: int) -> str:
    """The word after the blank at ``end``; empty where something else stands there."""
    return text[end + 1 : _letters_end(text, end + 1)] if text[end : end + 1] == " " else ""


def _add_headings(text: str, places: dict[int, Loss]) -> None:
    """Known headings that begin or end at a lost separator come apart on both sides."""
    for at in sorted(places):
        if (end := phrase_after(text, at)) is not None and end < len(text):
            places[at] = Loss.BEFORE_HEADING
            after = _skip(text, end)
            if after < len(text) and not (":" in text[end:after] and states_field(text[at:end])):
                places[after] = Loss.AFTER_HEADING
    before = 0
    for at in sorted(places):
        if places[at] in (Loss.ITEM, Loss.COLON) and (start := phrase_before(text, at)) is not None and start >= before:
            places[at] = Loss.AFTER_HEADING
            if start > before and not is_title_case(_since(text, before, start)):
                places[start] = Loss.BEFORE_HEADING
        before = at


def _since(text: str, before: int, start: int) -> str:
    """What stands between the last end of a sentence and a heading."""
    run = text[max(before, start - 200) : start]
    cut = max(run.rfind(". "), run.rfind("! "), run.rfind("? "))
    return run[cut + 2 :].strip() if cut >= 0 else run.strip()


def _add_colon_headings(text: str, places: dict[int, Loss]) -> None:
    """A known heading with a colon in the middle of a run: "… et la qualité Votre profil : 5 ans"."""
    found: list[tuple[int, int]] = []
    for match in _COLON.finditer(text):
        start = phrase_before(text, match.start())
        if start is None:
            continue
        phrase = text[start : match.start()]
        spaced = start > 1 and text[start - 1] == " " and start not in places
        ended = start == 0 or start in places or (spaced and text[start - 2] in ".!?)…:;")
        if ended or (spaced and " " in phrase and text[start - 2].islower() and not is_german(phrase)):
            found.append((start, match.end()))
    for start, _ in found:
        if start:
            places[start] = Loss.BEFORE_HEADING
    for start, end in found:  # a list may follow; a heading alone in its run is left to what reads lines
        after = _skip(text, end)
        if places and after < len(text) and not states_field(text[start:end]):
            places[after] = Loss.AFTER_HEADING


def _skip(text: str, end: int) -> int:
    """Past the colon and the blanks after a heading."""
    while end < len(text) and text[end] in " :":
        end += 1
    return end


def _letters_start(text: str, at: int) -> int:
    """Where the run of letters begins that ``at`` is in; looks back 48 characters at most."""
    least = max(0, at - 47)
    while at >= least and text[at].isalpha():
        at -= 1
    return at + 1


def _letters_end(text: str, at: int) -> int:
    """Where the run of letters ends that begins at ``at``; looks 48 characters ahead at most."""
    most = min(len(text), at + 48)
    while at < most and text[at].isalpha():
        at += 1
    return at


def _is_protected(text: str, start: int, end: int) -> bool:
    """Whether a place lies inside a URL, an address or a mask."""
    head = _chunk_head(text, start)
    if head and (head[0] == "#" or any(sign in head for sign in _PROTECTING)):
        return True
    return "@" in text[end : end + _CHUNK].partition(" ")[0]


def _host_ends(text: str, at: int) -> bool:
    """Whether the host name of a URL or an address ends right here, or a mask does."""
    return _HOST_END.search(_chunk_head(text, at)) is not None and "/" not in text[at : at + _CHUNK].partition(" ")[0]


def _chunk_head(text: str, at: int) -> str:
    window = text[max(0, at - _CHUNK) : at]
    return window[window.rfind(" ") + 1 :]
