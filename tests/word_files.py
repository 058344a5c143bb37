"""Word files for tests: written with python-docx, with markup of one's own, and packed anew."""

from __future__ import annotations

import io
import zipfile

import docx
from docx.document import Document


def saved(document: Document) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def posting() -> Document:
    document = docx.Document()
    section = document.sections[0]
    section.header.paragraphs[0].text = "Acme careers"
    section.footer.paragraphs[0].text = "Confidential"
    document.add_heading("Pump Engineer", 0)
    document.add_paragraph("Acme builds pumps. It mends them too.")
    document.add_heading("Your tasks", 2)
    document.add_paragraph("Build pumps", style="List Bullet")
    document.add_paragraph("Large ones", style="List Bullet 2")
    document.add_paragraph("Mend pumps", style="List Number")
    return document


def packed(members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return file.getvalue()


def unpacked(raw: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def with_member(raw: bytes, name: str, content: bytes) -> bytes:
    members = unpacked(raw) | {name: content}
    kind = b'<Override PartName="/%s" ContentType="application/xml"/></Types>' % name.encode()
    members["[Content_Types].xml"] = members["[Content_Types].xml"].replace(b"</Types>", kind)
    return packed(members)


def replaced(raw: bytes, name: str, old: bytes, new: bytes) -> bytes:
    members = unpacked(raw)
    assert old in members[name]
    members[name] = members[name].replace(old, new)
    return packed(members)
