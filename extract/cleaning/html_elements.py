"""What HTML says of its elements, as far as reading text needs it."""

from __future__ import annotations

GONE = frozenset("script style iframe noembed noframes noscript template head audio video canvas rp".split())
"""Nothing in them is text that a browser shows in the page."""

UNSEEN = frozenset("title link meta base".split())
"""As those, wherever in the page they stand."""

RAW = frozenset("script style iframe noembed noframes title textarea xmp plaintext noscript".split())
"""What stands in them is no markup, but in drawings."""

CHOICES = frozenset("select datalist textarea".split())
"""What stands in them is to be chosen or overwritten by the reader."""

FIELDS = frozenset("input select textarea".split())

HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())

LISTS = frozenset("ul ol menu dir".split())

CELLS = frozenset("td th".split())

BOLD = frozenset("b strong u".split())

KEEPS_LINES = frozenset("pre textarea listing xmp plaintext".split())

# Drawn in the line of text, so that the words on both sides do not touch.
REPLACED = frozenset("img input svg math iframe object embed video audio canvas select textarea".split())

BREAKS = frozenset({"br", "hr"})

BLOCKS = (
    HEADINGS
    | LISTS
    | CELLS
    | frozenset(
        "html body title address article aside blockquote button caption center dd details dialog div dl dt fieldset figcaption "
        "figure footer form header hgroup legend li listing main nav optgroup option p plaintext pre search section summary "
        "table tbody tfoot thead tr xmp".split()
    )
)

TAGS = (
    BLOCKS
    | GONE
    | CHOICES
    | FIELDS
    | REPLACED
    | BREAKS
    | BOLD
    | frozenset(
        "a abbr acronym area base bdi bdo big cite code col colgroup data del dfn em font i img ins kbd label link map mark meta "
        "meter nobr output param picture progress q rt ruby s samp small source span strike sub sup time track tt var wbr".split()
    )
)
"""The names that make a text HTML; any other may be a word in angle brackets."""

PAGE = frozenset("html head body nav main header footer".split())
"""A text with one of these tags is a page with more on it than the posting, or may be one."""
