"""Where in a sentence a title begins and ends: the noun phrase behind words that hire, or before a mark such as "(m/w/d)"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extract.engines.rules.title_words import is_job_noun, names_a_job, title_words
from extract.once import once
from extract.readers.gazetteer import find_city
from extract.readers.terms import read_employment_types
from extract.vocabulary import fold, folded_words, load

LONGEST = 14  # words of a title
LONGEST_TEXT = 160  # characters of a title
LONGEST_SEGMENT = 20_000  # characters: no sentence is as long, and what stands beyond is not read
_MOST_PRAISE = 12  # words between "we are looking for" and the title: "a highly motivated and experienced …"
_BEFORE_MARK = 120  # characters before a gender mark among which its title begins

_TOKEN = re.compile(
    r"(?:[dlnsDLNS]|[qQ]u)['’](?=[^\W_])"  # what French elides is a word of its own
    r"|[^\W_]++(?:(?:[.+#&'’/*:]|(?<=\d),(?=\d))[^\W_]++)*+[+#]*+|[,;.:!?()\[\]–—|#$€£•]|-{1,2}+(?=\s)"
)
_ABBREVIATION = re.compile(r"\b[A-Z]{2,}\b")
_PUNCTUATION = frozenset((*",;.:!?()[]–—|-#$€£•", "--"))
_INSIDE = frozenset("-–()")  # punctuation that a title may hold
_BESIDE_PRAISE = frozenset("(),:")
_ENDS_SENTENCE = frozenset(".!?:")
_EDGE = " \t-–—|:;,.•·*_/"

# One letter for each gender, with slashes: "m/w/d", "H/F", "f / m / x".
_LETTERS = r"(?<![\w/|])(?:[hmfwdxgk]\s?[/|]\s?){1,3}(?:[hmfwdxk]|div|nb)(?![\w/|])"
_MAY_BE_MARKED = re.compile(r"[/|]\s?[^\W\d_]{1,3}(?!\w)|\([^\W\d_]{1,8}\)|\([a-z]+ [a-z]+\)", re.IGNORECASE)
_CODE_LAST = re.compile(r"[(\[]#?(?!(?:19|20)\d\d[)\]])[A-Z]{0,4}[-_ ]?\d{4,}+(?:-\d++)?[)\]]\s*+\Z")  # "(R12345)", but no year
_CODE_FIRST = re.compile(r"\s*+#?(?=\w*\d)[A-Z0-9]{4,}+[A-Z0-9-]*+\s*+[,:–-]\s")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words and punctuation marks of a text as they stand, folded, and where they stand."""

    texts: Sequence[str]
    words: Sequence[str]
    spans: Sequence[tuple[int, int]]

    def __len__(self) -> int:
        return len(self.texts)

    def opens_sentence(self, at: int) -> bool:
        """Whether a token is the first of its sentence."""
        return at == 0 or self.texts[at - 1] in _ENDS_SENTENCE


def tokens_of(text: str, start: int = 0, end: int | None = None) -> Tokens:
    """The tokens of a range of a text; what French elides is a token of its own.

    >>> tokens_of("un poste d’ingénieur C++, en CDI").words
    ['un', 'poste', 'd', 'ingenieur', 'c', '', 'en', 'cdi']
    """
    found = list(_TOKEN.finditer(text, start, min(len(text), LONGEST_SEGMENT) if end is None else end))
    texts = [match[0] for match in found]
    return Tokens(texts, [fold(text) for text in texts], [match.span() for match in found])


def all_capitals(text: str) -> bool:
    """Whether it begins with a capital, and so does each of its longer words.

    >>> all_capitals("Head of Growth"), all_capitals("Head of growth")
    (True, False)
    """
    return text[:1].isupper() and all(word[:1].isupper() for word in text.split() if len(word) > 3)


def speaks(text: str) -> bool:
    """Whether a line addresses the reader or speaks of us, as no title does.

    >>> speaks("What you bring"), speaks("Join us!"), speaks("IT Support, US")
    (True, True, False)
    """
    if text.rstrip().endswith(("?", "!", ":", "…")):
        return True
    spoken = text if text.isupper() else _ABBREVIATION.sub(" ", text)
    return not title_words().pronouns.isdisjoint(folded_words(spoken))


@once
def _gender_mark() -> re.Pattern[str]:
    """The marks "m/w/d" with or without brackets, and the words and single letters that are marks in brackets alone."""
    words = "|".join(re.escape(word) for words in load("titles")["gender_marks"].values() for word in words)
    return re.compile(rf"[(\[]?\s?{_LETTERS}(?:\s?[)\]])?|(?<!\w)\((?:{words}|[mwdfx])\)", re.IGNORECASE)


@once
def _code() -> re.Pattern[str]:
    """A requisition number at the end, behind the word that says so: "(Ref. AB-123)"."""
    words = "|".join(re.escape(word) for words in load("titles")["code_words"].values() for word in words)
    return re.compile(rf"[(\[#]?\b(?:{words})\b[\s.:#°-]*+[A-Z]{{0,4}}-?\d[\w/-]*+[)\]]?\s*+\Z", re.IGNORECASE)


@once
def _behind_mark(table: str) -> re.Pattern[str]:
    """A preposition of a table before a word in capitals: "in Berlin", "chez Acme"."""
    words = "|".join(re.escape(word) for words in load("titles")[table].values() for word in words)
    return re.compile(rf"\s*+(?:{words})\s(?=[A-ZÀ-Þ])")


_NAME = re.compile(r"[\w.'’-]++(?:\s[\w.'’-]++){0,2}")
_LONGEST_PLACE = 60  # characters behind a mark in which a place or the hours are named


def _leaves_title(text: str, at: int) -> bool:
    """Whether what stands behind a mark is no part of the title: an employer, a place or the hours."""
    if _behind_mark("employers_after").match(text, at):
        return True
    found = _behind_mark("places_after").match(text, at)
    name = _NAME.match(text, found.end()) if found else None
    if not found or not name:
        return False
    words = name[0].split(" ")
    if any(find_city(" ".join(words[:size])) for size in range(1, len(words) + 1)):
        return True
    hours = read_employment_types(text[found.end() : found.end() + _LONGEST_PLACE])
    return bool(hours) and hours[0].start == 0


@once
def _wanted() -> re.Pattern[str]:
    """What says behind a title that somebody is looked for: "Nurse wanted in Lyon"."""
    words = "|".join(re.escape(word) for words in load("titles")["wanted"].values() for word in words)
    return re.compile(rf"\s(?:{words})(?!\w)", re.IGNORECASE)


_CALL = re.compile(r"[!?:]\s")


def title_within(text: str) -> tuple[int, int]:
    """The range of a line without the call before a title and the word that somebody is wanted behind it.

    >>> [text[slice(*title_within(text))] for text in ("We're hiring! Backend Developer", "Nurse wanted in Lyon")]
    ['Backend Developer', 'Nurse']
    """
    start = max((call.end() for call in _CALL.finditer(text) if _calls(text[: call.end()].rstrip(": "))), default=0)
    wanted = _wanted().search(text, start + 1)
    return start, wanted.start() if wanted and names_a_job(text[start : wanted.start()]) else len(text)


def _calls(text: str) -> bool:
    """Whether what stands before a title is none itself: "We're hiring!", "Help wanted"."""
    wanted = _wanted().search(text)
    return speaks(text) or (wanted is not None and wanted.end() == len(text) and not names_a_job(text))


def without_marks(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The parts of a range that are no gender marks and no requisition codes.

    >>> list(without_marks("Ingénieur (H/F) Java", 0, 20))
    [(0, 9), (16, 20)]
    >>> list(without_marks("Data Engineer (m/w/d) - Ref. 1234", 0, 33)), list(without_marks("Koch (m/w/d) in Bonn", 0, 20))
    ([(0, 13)], [(0, 4)])
    """
    part = text[start:end]
    gaps = [found.span() for found in (_code().search(part), _CODE_LAST.search(part), _CODE_FIRST.match(part)) if found]
    if _MAY_BE_MARKED.search(part):
        marks = [mark.span() for mark in _gender_mark().finditer(part)]
        gaps += marks
        if marks and _leaves_title(part, marks[-1][1]):
            gaps.append((marks[-1][1], len(part)))
    at = 0
    for left, right in [*sorted(gaps), (len(part), len(part))]:
        stripped = part[at:left].strip(_EDGE)
        if any(map(str.isalnum, stripped)):
            first = start + part.index(stripped, at)
            last = first + len(stripped)
            abbreviated = text[last : last + 1] == "." and stripped.endswith((" Jr", " Sr"))
            yield first, last + abbreviated
        at = max(at, right)


def marked_phrases(text: str) -> Iterator[tuple[int, int]]:
    """The phrases that gender marks stand behind: "Maçon (H/F)", "Developer (m/w/d)".

    >>> text = "Wir suchen einen Koch (m/w/d) in Bonn"
    >>> [text[start:end] for start, end in marked_phrases(text)]
    ['Koch ']
    """
    if not _MAY_BE_MARKED.search(text):
        return
    done = 0
    for mark in _gender_mark().finditer(text):
        window = max(done, mark.start() - _BEFORE_MARK)
        done = mark.end()
        cut = bool(window) and text[window - 1].isalnum()  # the first word of the window may lack its beginning
        start = _phrase_start(tokens_of(text, window, mark.start()), first=int(cut))
        if start is not None:
            yield start, mark.start()


def _phrase_start(tokens: Tokens, *, first: int) -> int | None:
    """Where the phrase begins that the last token ends: after punctuation, or after what stands before titles."""
    known = title_words()
    start: int | None = None
    for at in range(len(tokens) - 1, max(first, len(tokens) - LONGEST) - 1, -1):
        text, word = tokens.texts[at], tokens.words[at]
        if text in _PUNCTUATION:
            if text not in _INSIDE:
                break
            continue
        leads = any(tuple(tokens.words[max(0, at - size) : at + 1]) in known.phrases for size in range(3))
        if start is not None and (leads or word in known.articles):
            break
        start = tokens.spans[at][0]
    return start


def phrase_behind(tokens: Tokens, at: int) -> tuple[int, int] | None:
    """The range of the noun phrase that begins at a token, up to where the sentence goes on.

    >>> text = "a Ruby on Rails Engineer (Backend) to join our team"
    >>> text[slice(*phrase_behind(tokens_of(text), 1))]
    'Ruby on Rails Engineer (Backend)'
    """
    dangling = title_words().dangling
    end = _phrase_end(tokens, at)
    while (
        end > at and tokens.texts[end - 1] != ")" and (tokens.texts[end - 1] in _PUNCTUATION or tokens.words[end - 1] in dangling)
    ):
        end -= 1
    return (tokens.spans[at][0], tokens.spans[end - 1][1]) if end > at else None


def after_praise(tokens: Tokens, at: int) -> int:
    """The first token from ``at`` on that is no article and no praise: "two highly motivated" engineers."""
    known = title_words()
    for index in range(at, min(len(tokens), at + _MOST_PRAISE)):
        text, word = tokens.texts[index], tokens.words[index]
        if text[:1].isupper() and is_job_noun(word):
            return index
        if text not in _BESIDE_PRAISE and not word.isdigit() and not known.skipped.issuperset(word.split() or [word]):
            return index
    return min(len(tokens), at + _MOST_PRAISE)


def _phrase_end(tokens: Tokens, first: int) -> int:
    stops = title_words().stops
    opened: list[int] = []
    at = first
    while at < len(tokens) and at - first < LONGEST:
        text = tokens.texts[at]
        if text == "(":
            opened.append(at)
        elif text == ")" and not opened:
            break
        elif text == ")":
            opened.pop()
        if text in _PUNCTUATION and text not in "()-" and not _comma_inside(tokens, first, at):
            break
        small = tokens.words[at] in stops and not text[:1].isupper()
        if small and tokens.texts[at - 1] != "-" and not _goes_on(tokens, first, at):
            break
        at += 1
    return opened[0] if opened else at  # a bracket that does not close is a remark


def _comma_inside(tokens: Tokens, first: int, at: int) -> bool:
    """Whether a comma stands inside a title: "Director, Strategic Accounts"."""
    if tokens.texts[at] != "," or at + 1 >= len(tokens):
        return False
    return all(text[:1].isupper() for text in tokens.texts[first : at + 2] if text != ",")


def _goes_on(tokens: Tokens, first: int, at: int) -> bool:
    """Whether a small word stands inside a title: "Ruby on Rails Engineer"."""
    after = tokens.texts[at + 1 : at + 4]
    if at == first or not after or not after[0][:1].isupper():
        return False
    if any(map(is_job_noun, tokens.words[first:at])):
        return False
    return any(text[:1].isupper() and is_job_noun(word) for text, word in zip(after, tokens.words[at + 1 : at + 4], strict=True))
