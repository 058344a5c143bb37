"""What the fields of a wire schema mean, as the prompt lists them: a line a field, in the order of the schema."""

from __future__ import annotations

from collections.abc import Iterator

from extract.engines.llm.nodes import Either, Entries, Node, Passage, Record, Tag, Value, Wire


def field_guide(wire: Wire) -> str:
    """The fields with their descriptions, indented as they nest; fields of lines and lists say so.

    The schema itself has no descriptions: here they are read in JSON mode too, and stand once for each field.
    """
    return "\n".join(line for name, node in wire.root.fields.items() for line in _lines(name, node, ""))


def _lines(name: str, node: Node, indent: str) -> Iterator[str]:
    yield f"{indent}{name}{_form(node)}: {' '.join(_description(node).split())}".rstrip(" :")
    inner = node.item if isinstance(node, Entries) else node
    for record in inner.members if isinstance(inner, Either) else (inner,):
        if isinstance(record, Record):
            for below, part in record.fields.items():
                yield from _lines(below, part, indent + "  ")


def _form(node: Node) -> str:
    match node:
        case Passage():
            return " (lines)"
        case Entries(item=Passage()):
            return " (list of lines)"
        case Entries():
            return " (list)"
        case _:
            return ""


def _description(node: Node) -> str:
    match node:
        case Passage() | Value():
            return node.leaf.description
        case Tag():
            return repr(node.value)
        case _:
            return node.description
