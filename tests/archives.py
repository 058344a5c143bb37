"""Zip and tar archives for the tests of batches, and what comes of them when they are read."""

from __future__ import annotations

import io
import os
import tarfile
import warnings
import zipfile
from pathlib import Path

from loaded import loaded

from extract.batch.inputs import Inputs
from extract.batch.items import Content

Members = list[tuple[str, bytes]]

PAGES: Members = [("a.html", b"<p>one</p>" * 40), ("sub/b.html", bytes(range(256)) * 300), ("c.txt", b"three")]
ENDINGS = (".zip", ".tar", ".tar.gz", ".tgz")


def zipped(path: Path, members: Members, *, method: int = zipfile.ZIP_DEFLATED) -> None:
    """A zip archive, which may hold a name twice."""
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members:
            archive.writestr(zipfile.ZipInfo(name), content, method)


def tarred(path: Path, members: Members) -> None:
    """A tar archive, compressed if its name says so."""
    with tarfile.open(path, "w" if path.suffix == ".tar" else "w:gz") as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))


def packed(path: Path, members: Members) -> Path:
    """The archive that the name says."""
    (zipped if path.suffix == ".zip" else tarred)(path, members)
    return path


def read(path: Path, **how: object) -> list[tuple[str, Content]]:
    """What comes of an archive; places without the folder that it is in."""
    found = loaded(Inputs(**how).items([str(path)]))  # type: ignore[arg-type]
    folder = f"{path.parent}{os.sep}"
    return [
        (place.removeprefix(folder), content.replace(folder, "") if isinstance(content, str) else content)
        for place, content in found
    ]


def kinds(found: list[tuple[str, Content]]) -> list[tuple[str, Content]]:
    """The same, with the name of an error instead of its message."""
    return [(place, content.partition(":")[0] if isinstance(content, str) else content) for place, content in found]
