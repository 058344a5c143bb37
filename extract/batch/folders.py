"""Files on the disk: below a folder, or those that a glob matches; in the order of names, a folder at a time."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from glob import has_magic
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

from extract.batch.items import Item, NoContent, Skipped, item_of, place_of
from extract.errors import SourceError
from extract.source import explained

_ANY = "**"
Positions = frozenset[int]
"""The parts of a pattern that may match the next part of a path; one behind the last where the path matches."""


class _Waiting(NamedTuple):
    """What was found and not looked at; ``above`` is the name of its folder, with "/"."""

    entry: os.DirEntry[str]
    above: str
    positions: Positions


@dataclass(frozen=True, slots=True)
class Match:
    """A file, or a folder that a glob matches. ``name`` is the path below where the search began, with "/"."""

    path: Path
    name: str
    is_folder: bool = False


def files_below(folder: Path, *, leaves_out: Callable[[str], bool]) -> Iterator[Match | Skipped | Item]:
    """The files below a folder, without what is hidden or left out; a folder that cannot be read is an Item that says so.

    ``leaves_out`` is asked about the name of each file and folder. Links to folders are not followed.
    """
    waiting: list[_Waiting] = []
    yield from _enter(folder, waiting)
    while waiting:
        entry, above, _ = waiting.pop()
        name = above + entry.name
        if entry.name.startswith(".") or leaves_out(name):
            continue
        if not _is_folder(entry):
            yield _file(entry, name)
        elif entry.is_symlink():
            yield Skipped(place_of(Path(entry.path)), "is a link to a folder: name it as an input of its own")
        else:
            yield from _enter(entry.path, waiting, above=f"{name}/")


def is_glob(place: str) -> bool:
    """Whether a place is a pattern: a file may be called so too, and is meant then."""
    return has_magic(place) and not os.path.lexists(place)


def before_wildcards(pattern: str) -> Path:
    """The part of a pattern that has no wildcards.

    >>> before_wildcards("jobs/2026/**/*.html").as_posix(), before_wildcards("*.html").as_posix()
    ('jobs/2026', '.')
    """
    return Path(*takewhile(lambda part: not has_magic(part), Path(pattern).parts))


def files_matching(pattern: str, *, leaves_out: Callable[[str], bool]) -> Iterator[Match | Skipped | Item]:
    """The files and folders that a glob matches, each once, and nothing below such a folder; a folder as in ``files_below``.

    "**" stands for any folders, and what is hidden is matched by a part that begins with a dot only, as in shells; with "**" or
    "**/*" at its end a pattern matches files only, with "/" folders only. Names begin below the part without wildcards.
    """
    parts = Path(pattern).parts
    base = before_wildcards(pattern)
    wanted = parts[len(base.parts) :]
    if wanted[-1] == _ANY:
        wanted = (*wanted, "*")
    if not os.path.isdir(base):  # noqa: PTH112  # Path.is_dir raises where a folder above may not be read
        return
    waiting: list[_Waiting] = []
    yield from _enter(base, waiting, positions=_opened({0}, wanted))
    while waiting:
        entry, above, positions = waiting.pop()
        name = above + entry.name
        if leaves_out(name):
            continue
        positions = _after(positions, entry, wanted)
        matches = len(wanted) in positions
        if not _is_folder(entry):
            if matches and not pattern.endswith("/"):
                yield _file(entry, name)
        elif matches and wanted[-2:] != (_ANY, "*"):
            yield Match(Path(entry.path), name, is_folder=True)
        elif positions - {len(wanted)}:
            yield from _enter(entry.path, waiting, above=f"{name}/", positions=positions)


def _enter(folder: str | Path, waiting: list[_Waiting], *, above: str = "", positions: Positions = frozenset()) -> Iterator[Item]:
    """Puts what is in a folder in front of what waits; the last one is the next one. An Item where the folder cannot be read."""
    place = place_of(Path(folder))
    try:
        with explained(place), os.scandir(folder) as entries:
            ordered = sorted(entries, key=lambda entry: entry.name, reverse=True)
    except SourceError as error:
        yield item_of(NoContent.of(error), place=place)
    else:
        waiting += (_Waiting(entry, above, positions) for entry in ordered)


def _after(positions: Positions, entry: os.DirEntry[str], wanted: tuple[str, ...]) -> Positions:
    """The positions behind one more part of a path."""
    hidden = entry.name.startswith(".")
    reached = set()
    for at in positions:
        if at == len(wanted):
            continue
        if wanted[at] == _ANY:
            if not hidden and not entry.is_symlink():  # or a link to a folder above would be followed without an end
                reached.add(at)
        elif fnmatch(entry.name, wanted[at]) and (not hidden or wanted[at].startswith(".")):
            reached.add(at + 1)
    return _opened(reached, wanted)


def _opened(positions: set[int], wanted: tuple[str, ...]) -> Positions:
    """The same, with those that are reached since "**" may stand for no folder at all."""
    for at in sorted(positions):
        while at < len(wanted) and wanted[at] == _ANY:
            at += 1
            positions.add(at)
    return frozenset(positions)


def _file(entry: os.DirEntry[str], name: str) -> Match | Skipped:
    if stat.S_IFMT(_mode(entry)) in {0, stat.S_IFREG}:
        return Match(Path(entry.path), name)
    return Skipped(place_of(Path(entry.path)), "is no file, but a device or a pipe: hand its content over on standard input")


def _is_folder(entry: os.DirEntry[str]) -> bool:
    return stat.S_ISDIR(_mode(entry))


def _mode(entry: os.DirEntry[str]) -> int:
    """What an entry is, or what a link leads to; 0 for one that leads nowhere, as is told when it is loaded."""
    if not entry.is_symlink():  # answered by the folder itself, in most file systems
        if entry.is_dir(follow_symlinks=False):
            return stat.S_IFDIR
        if entry.is_file(follow_symlinks=False):
            return stat.S_IFREG
    try:
        return entry.stat().st_mode
    except OSError:
        return 0
