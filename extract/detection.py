"""Predicates on text that tell formats apart; ``extract.source.detect_format`` puts them in order."""

from __future__ import annotations

import ast
import html
import re

_MAX_STRINGS = 20_000  # more is no posting, and takes seconds to evaluate
_UNICODE_ESCAPE = re.compile(r"\\[uUN]")

_STRING = re.compile(
    r"""(?sx) (?P<prefix> [rR][bB]? | [bB][rR]? | [uU] | )
    (?: \'\'\' (?P<long1> (?: [^\\']++ | \\. | '(?!'') )*+ ) \'\'\'
      | \"\"\" (?P<long2> (?: [^\\"]++ | \\. | "(?!"") )*+ ) \"\"\"
      | '(?!'') (?P<short1> [^\\'\r\n]*+ (?: \\(?:\r\n|.) [^\\'\r\n]*+ )*+ ) '
      | "(?!"") (?P<short2> [^\\"\r\n]*+ (?: \\(?:\r\n|.) [^\\"\r\n]*+ )*+ ) " )"""
)
_SPACE = re.compile(r"\s*+")
# An escape that Python knows; any other is a backslash that stands for itself.
_ESCAPE = re.compile(r"(?s)\\(?:(?P<known>[0-3][0-7]{0,2}|[4-7][0-7]?(?![0-7])|[\r\n\\'\"abfnrtvxuUN])|.)")

_JSON_KEY = re.compile(r'"@(?:type|context|graph)"')
_JSON_START = re.compile(r'(?:\[\s*+)?+\{\s*+["}]')
_ESCAPED_START = re.compile(r"(?:\[\s*+)?+\{\s*+&(?:amp;)*+(?:quot|#0*+34|#[xX]22);")
_JSON_TOKEN = re.compile(
    r"""(?sx) (?: [\s,:]++ | -?\d[\d.eE+-]*+ | true | false | null | NaN | -?Infinity )*+
    (?: (?P<key> "@(?:type|context|graph)" ) (?= \s*+: )
      | " [^"\\]*+ (?: \\. [^"\\]*+ )*+ (?: " | \\?\Z )
      | (?P<open> [{\[] ) | (?P<close> [}\]] ) | [-+.\w]{0,9}+ (?P<end> \Z ) )"""
)
_JSON_REST = re.compile(r"[\s,;]*+(?:\Z|(?=[{\[]))")
_SCRIPTS = re.compile(
    r"""(?six) (?: \s++ | <!-- (?: (?!-->|<script|<!--). )*+ (?:-->)? | -->
      | <script \b (?= [^>]{0,300}? ld\+json ) [^>]*+ > (?: (?!</script). )*+ (?: </script [^>]*+ (?:>|\Z) | \Z ) )++ \Z"""
)

_MARK = re.compile(r"\[ (?:([@#$]) ?)?\d{1,5} \]")
_BORDER = re.compile(r"(?m)^[ \t]*+-{20,}+[ \t]*+$")

_PAGE = re.compile(r"(?i)<(?:!doctype\s+html|html\b|head\b|body\b|\?xml\b)")
_TAG_NAMES = (
    "a|abbr|article|aside|b|blockquote|body|br|center|code|dd|div|dl|dt|em|figure|font|footer|form|h[1-6]|head|header|hr|html|i|"
    "label|li|main|nav|ol|option|p|pre|section|select|small|span|strong|sub|sup|table|tbody|td|tfoot|th|thead|title|tr|u|ul"
)
_TAG = re.compile(rf"(?i)</?(?:{_TAG_NAMES}|button|iframe|img|input|script|style|svg)(?:[\s/][^<>]*+)?>|<!--")
_CLOSING = re.compile(rf"(?i)</(?:{_TAG_NAMES})\s*+>|<(?:br|hr)\s*+/?>")
_OPENING = re.compile(rf"(?i)<(?:{_TAG_NAMES})(?:\s[^<>]{{0,2000}}+)?/?>")
_CODE = re.compile(r"(?ms)^(```|~~~)(?:(?!\1).)*+\1|(?<!`)`[^`\n]{1,500}+`")

_HEADING_LINE = re.compile(r"(?m)^ {0,3}#{2,6}[ \t]++\S|^ {0,3}#[ \t]++[^\Wa-z\d_]|\A\W*+^# \S")
_UNDERLINED = re.compile(r"(?m)^(?<![-=]\n)(?=[^\n]{0,80}\w)[^\n|]{2,80}+\n(?:={3,}+|-{3,}+)[ \t]*+$")
_LINK = re.compile(
    r"\]\((?:https?:|mailto:|tel:|/|#|\.)[^()\s]{0,2000}+(?:\([^()\s]{0,200}+\)[^()\s]{0,200}+)?+(?: \"[^\"\n]{0,200}+\")?\)"
)
_BOLD = re.compile(r"\*\*[^\s*](?:[^*\n]{0,300}[^\s*])?\*\*|(?<!\w)__[^\s_](?:[^_\n]{0,300}[^\s_])?__(?![\w(.])")
_ESCAPED_MARK = re.compile(r"\\[-*_.#+()\[\]!&|~>]")
_URL_LINE = re.compile(r"(?:URL( Source)?:[ \t]*+)?<?https?://[^\s<>]++>?[ \t]*+\r?\n\s*+\S")
_FRONT_MATTER = re.compile(r"---[ \t]*+\r?\n(?:[\w-]++:[^\n]*+\n|[ \t]++[^\n]*+\n|- [^\n]*+\n|\r?\n)++---[ \t]*+(?:\r?\n|\Z)")


# What each mark cannot do without: most texts hold none of it, and are not searched.
_MARKS = (
    (("#",), _HEADING_LINE),
    (("---", "==="), _UNDERLINED),
    (("](",), _LINK),
    (("**", "__"), _BOLD),
    (("\\",), _ESCAPED_MARK),
)


def python_strings(text: str) -> list[list[re.Match[str]]] | None:
    """The string literals of a Python repr, a list for each string: its parts by implicit concatenation.

    None where the text is anything but literals of strings or one flat list of them.

    >>> [[part["short1"] for part in parts] for parts in python_strings("['a' 'b', 'c']")]
    [['a', 'b'], ['c']]
    """
    text = text.rstrip()
    start = _SPACE.match(text).end()  # type: ignore[union-attr]  # matches everywhere
    listed = text.startswith("[", start)
    position = start + 1 if listed else start
    strings: list[list[re.Match[str]]] = []
    parts: list[re.Match[str]] = []
    count = 0
    while True:
        position = _SPACE.match(text, position).end()  # type: ignore[union-attr]
        if part := _STRING.match(text, position):
            parts.append(part)
            position, count = part.end(), count + 1
            if count > _MAX_STRINGS:
                return None
        elif parts and (not listed or text.startswith((",", "]"), position)):
            strings.append(parts)
            parts = []
            if not listed or text[position] == "]":
                break
            position += 1
        elif strings and text.startswith("]", position):
            break
        else:
            return None
    return strings if position == len(text) - listed else None


def is_python_repr(text: str) -> bool:
    """Whether a text is the repr of a string or of a list of strings.

    >>> is_python_repr(r"['d\\'une', 'b']"), is_python_repr("['d'une']"), is_python_repr("[1, 2]")
    (True, False, False)
    """
    if not text.startswith(("[", "'", '"', "b", "r", "u", "B", "R", "U")) or text.rstrip()[-1:] not in ("]", "'", '"'):
        return False
    strings = python_strings(text)
    return strings is not None and _evaluates(text.strip(), strings)


def _evaluates(text: str, strings: list[list[re.Match[str]]]) -> bool:
    if any("b" in part["prefix"].lower() and _UNICODE_ESCAPE.search(part[0]) for parts in strings for part in parts):
        return False
    # Python warns of escapes that it does not know: that must not reach the user, nor fail where warnings are errors.
    quiet = _ESCAPE.sub(lambda escape: escape[0] if escape["known"] else "\\" + escape[0], text)
    try:
        ast.literal_eval(quiet)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def is_json_ld(text: str) -> bool:
    """Whether a text is JSON-LD, bare or in ``<script>`` elements; quotes may be HTML entities, and the end be missing.

    >>> is_json_ld('[{"title": "a", "@type": "JobPosting"},]'), is_json_ld('{"a": {"@type": "JobPosting"}}')
    (True, False)
    >>> is_json_ld('<script type="application/ld+json">{"@type": "JobPosting"}</script>')
    True
    """
    if text.startswith("<"):
        return "ld+json" in text and _SCRIPTS.match(text) is not None
    if _ESCAPED_START.match(text):
        text = html.unescape(html.unescape(text) if "&amp;" in text[:40] else text)
    if not _JSON_START.match(text) or not _JSON_KEY.search(text):
        return False
    return _has_key_at_top(text)


def _has_key_at_top(text: str) -> bool:
    top = 2 if text.startswith("[") else 1
    depth = position = 0
    found = False
    while token := _JSON_TOKEN.match(text, position):
        position = token.end()
        kind = token.lastgroup
        if kind == "open":
            depth += 1
        elif kind == "key":
            found = found or depth == top
        elif kind == "end":
            return found
        elif kind == "close":
            depth -= 1
            rest = _JSON_REST.match(text, position) if depth == 0 else None
            if depth < 0 or (depth == 0 and rest is None):
                return False
            if rest and rest.end() == len(text):
                return found
    return False


def has_tags(text: str) -> bool:
    """Whether a text holds a real tag of HTML.

    >>> has_tags("Lead the team<br/>in Lyon"), has_tags("C++ <3, List<String>, &lt;p&gt;")
    (True, False)
    """
    return "<" in text and _TAG.search(text) is not None


def is_tarsier(text: str) -> bool:
    """Whether a text holds the numbered marks of a page read by Tarsier.

    >>> is_tarsier("-" * 80 + "\\n[ # 1 ]   [ @ 2 ] Jobs"), is_tarsier("as shown in [ 1 ] and [ 2 ]")
    (True, False)
    """
    marks = sum(1 for _ in _MARK.finditer(text))
    return marks >= 8 or (marks >= 2 and _BORDER.search(text) is not None)


def is_page(text: str) -> bool:
    """Whether a text begins as a whole HTML or XML document does."""
    return _PAGE.match(text) is not None


def count_tags(text: str) -> int:
    """The number of HTML tags that close something or break a line, outside of Markdown code.

    Where there is none, a text that begins with a tag counts its opening tags: `<p>One<p>Two` is fine HTML.

    >>> count_tags("<p>One<p>Two"), count_tags("salary < 100"), count_tags("<ul><li>a</li></ul>"), count_tags("`<b>x</b>`")
    (2, 0, 2, 0)
    """
    if "<" not in text:
        return 0
    text = _CODE.sub("", text) if "`" in text or "~~~" in text else text
    closing = sum(1 for _ in _CLOSING.finditer(text))
    return closing or (sum(1 for _ in _OPENING.finditer(text)) if _OPENING.match(text) else 0)


def count_markdown(text: str) -> int:
    """The number of headings, links, bold runs and escaped marks, and of a front matter or a first line that is a URL.

    >>> count_markdown("## Role\\n**Machine Learning** and [apply](https://jobs.example/7)"), count_markdown("# of openings: 3")
    (3, 0)
    """
    first = sum(pattern.match(text) is not None for pattern in (_URL_LINE, _FRONT_MATTER))
    patterns = [pattern for needles, pattern in _MARKS if any(needle in text for needle in needles)]
    return first + sum(1 for pattern in patterns for _ in pattern.finditer(text))
