"""What HTML says of its elements, as far as reading text needs it."""

from __future__ import annotations

VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())

HIDDEN = frozenset("script style iframe noembed noframes noscript template svg head audio video canvas datalist rp".split())

HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())

LISTS = frozenset("ul ol menu dir".split())

CELLS = frozenset("td th".split())

TABLE_PARTS = frozenset("table caption thead tbody tfoot tr td th".split())

IN_HEAD = frozenset("title meta link base script style template noscript".split())

BOLD = frozenset("b strong u".split())

# Inline elements that authors nest wrongly; closing one of them closes no other.
FORMATTING = frozenset("a b big code em font i s small span strike strong sub sup tt u label mark abbr".split())

KEEPS_LINES = frozenset("pre textarea listing xmp plaintext".split())

# Drawn in the line of text, so that the words on both sides do not touch.
REPLACED = frozenset("img input svg iframe object embed video audio canvas select".split())

BLOCKS = (
    HEADINGS
    | LISTS
    | TABLE_PARTS
    | KEEPS_LINES
    | frozenset(
        "html body head title address article aside blockquote button center dd details dialog div dl dt fieldset figcaption "
        "figure footer form header hgroup hr legend li main nav optgroup option p search section select summary".split()
    )
)

INLINE = FORMATTING | frozenset(
    "acronym bdi bdo br cite data del dfn img input ins kbd nobr o:p picture q rt ruby samp source time var wbr".split()
)

KNOWN = BLOCKS | INLINE | HIDDEN | VOID

# A start tag of the first kind ends an open element of the second, unless one of the third stands between them.
IMPLIED_ENDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "li": (frozenset({"li"}), LISTS | TABLE_PARTS),
    "dt": (frozenset({"dt", "dd"}), frozenset({"dl"}) | TABLE_PARTS),
    "dd": (frozenset({"dt", "dd"}), frozenset({"dl"}) | TABLE_PARTS),
    "tr": (frozenset({"tr", "caption"}), frozenset({"table"})),
    "td": (CELLS, frozenset({"table", "tr"})),
    "th": (CELLS, frozenset({"table", "tr"})),
    "tbody": (frozenset({"thead", "tbody", "tfoot", "caption"}), frozenset({"table"})),
    "thead": (frozenset({"caption"}), frozenset({"table"})),
    "tfoot": (frozenset({"thead", "tbody", "caption"}), frozenset({"table"})),
    "option": (frozenset({"option"}), frozenset({"select"})),
    "optgroup": (frozenset({"option", "optgroup"}), frozenset({"select"})),
    "body": (frozenset({"head"}), frozenset()),
}
for _block in BLOCKS - IMPLIED_ENDS.keys() - {"html", "head", "body", "title", "caption", "option"}:
    IMPLIED_ENDS[_block] = (frozenset({"p"}), TABLE_PARTS - {"caption"} | {"button"})
