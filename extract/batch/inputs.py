"""From the words of a command line to documents: folders, files, globs, tables, archives, and lists of these."""

from __future__ import annotations

import os
import stat
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from itertools import accumulate, chain, filterfalse, pairwise
from pathlib import Path

from extract.batch.archives import ARCHIVES, GZIP, count_members, in_archive, unpacked
from extract.batch.folders import Match, before_wildcards, files_below, files_matching, is_glob
from extract.batch.items import Item, NoContent, Skipped, item_of, place_of, printable
from extract.batch.naming import Names
from extract.batch.own import Own
from extract.batch.tables import TABLES, Columns, count_rows, in_table
from extract.errors import DamagedSource, UsageError
from extract.source import MAX_CHARS, read_file

_INSIDE = "is a table or an archive inside of a folder: name it as an input of its own"
_Found = Path | Skipped | Item


@dataclass(frozen=True, slots=True)
class Inputs:
    """How inputs are read: which files of folders, globs and archives, and which columns of tables.

    ``include`` and ``exclude`` are patterns of shells (fnmatch) for the path below the folder, below the part of a glob without
    wildcards, or in the archive, with "/"; a pattern without "/" is one of the name alone. ``exclude`` leaves out whole folders
    too. Neither concerns what is named itself. ``text_column`` and ``id_column`` are names of columns, dotted for objects in
    JSON; without ``id_column`` a row is called by its place. ``max_chars`` as in ``extract``. What a batch writes itself,
    ``own``, is left out wherever it comes up.
    """

    include: Sequence[str] = ()
    exclude: Sequence[str] = ()
    text_column: str = "text"
    id_column: str | None = None
    max_chars: int = MAX_CHARS
    own: Own | None = None

    def items(self, places: Iterable[str], *, listed: Iterable[str] = ()) -> Iterator[Item | Skipped]:
        """The documents of files, folders, globs, tables and archives, in the order in which they are named, each path once.

        What is in a folder comes in the order of names. ``listed`` are the paths of a list that nobody typed: what does not
        exist is an Item there that raises UnreadableSource when it is loaded, and "*" is a character. UsageError, before the
        first document, for a place that does not exist, a glob that matches nothing, and a table without such a column.
        """
        for found, is_listed in self._files(tuple(places), listed):
            if not isinstance(found, Path):
                yield found
                continue
            try:
                yield from self._in_file(found)
            except UsageError as error:
                if not is_listed:
                    raise
                yield item_of(NoContent(DamagedSource, str(error)), place=place_of(found))

    def count(self, places: Iterable[str], *, listed: Iterable[str] = ()) -> int | None:
        """How many Items there will be, where that is known without reading documents; None otherwise. UsageError as ``items``.

        Known are files, folders and globs, JSON lines by their lines, Parquet and zip archives by their directory.
        """
        total = 0
        for found, _ in self._files(tuple(places), listed):
            number = self._count_in(found)
            if number is None:
                return None
            total += number
        return total

    def wants(self, name: str) -> bool:
        """Whether a file of an archive is taken.

        >>> Inputs(include=["*.html"], exclude=["old"]).wants("new/a.html"), Inputs(exclude=["old"]).wants("old/a.html")
        (True, False)
        """
        folders = accumulate(name.split("/"), "{}/{}".format)
        return self._includes(name) and not any(self._leaves_out(each) for each in folders)

    def _files(self, places: Sequence[str], listed: Iterable[str]) -> Iterator[tuple[_Found, bool]]:
        """What the places lead to before it is opened, each once; and whether it was listed."""
        for place in places:
            self._check(place)
        found: Iterator[tuple[_Found, bool]] = chain(
            ((each, is_glob(place)) for place in places for each in self._at(place)),
            ((each, True) for place in filter(None, listed) for each in self._below(Path(place))),
        )
        if self.own is not None:
            found = filterfalse(lambda pair: self._is_own(pair[0]), found)
        if listed == () and not _overlap(places):
            yield from found
            return
        with Names() as names:
            for each, is_listed in found:
                if names.add(str(each) if isinstance(each, Path) else each.place) == 1:
                    yield each, is_listed

    def _is_own(self, found: _Found) -> bool:
        return self.own is not None and self.own.holds(found if isinstance(found, Path) else Path(found.place))

    def _check(self, place: str) -> None:
        """Raises UsageError for a place that is wrong, as far as that can be seen at once."""
        if is_glob(place):
            if next(self._matching(place), None) is None:
                raise UsageError(f"nothing matches {printable(place)}: check the pattern, --include and --exclude")
            return
        try:
            if not place:
                raise FileNotFoundError
            mode = Path(place).stat().st_mode
        except (OSError, ValueError) as error:
            way_out = "name a file, a folder, a pattern, or - for a list of them"
            reason = "does not exist" if isinstance(error, FileNotFoundError) else f"cannot be read ({error})"
            raise UsageError(f"{printable(place) or 'an empty name'} {reason}: {way_out}") from error
        kind = _ending(place, TABLES)
        if kind and stat.S_ISREG(mode):  # a pipe is read only once
            next(in_table(Path(place), kind, columns=self._columns), None)

    def _at(self, place: str) -> Iterator[_Found]:
        return self._matching(place) if is_glob(place) else self._below(Path(place))

    def _below(self, path: Path) -> Iterator[_Found]:
        """The file itself, or the files below a folder: there, tables and archives are no inputs."""
        if not os.path.isdir(path):  # noqa: PTH112  # Path.is_dir raises where a folder above may not be read
            yield path
            return
        for found in files_below(path, leaves_out=self._leaves_out):
            if not isinstance(found, Match):
                yield found
            elif self._includes(found.name):
                yield Skipped(place_of(found.path), _INSIDE) if _is_container(found.path) else found.path

    def _matching(self, pattern: str) -> Iterator[_Found]:
        for found in files_matching(pattern, leaves_out=self._leaves_out):
            if not isinstance(found, Match):
                yield found
            elif found.is_folder:
                yield from self._below(found.path)
            elif _is_container(found.path) or self._includes(found.name):
                yield found.path

    def _in_file(self, path: Path) -> Iterator[Item | Skipped]:
        if kind := _ending(path.name, ARCHIVES):
            return in_archive(path, kind, wants=self.wants, max_chars=self.max_chars)
        if kind := _ending(path.name, TABLES):
            return in_table(path, kind, columns=self._columns)
        return iter((self._document(path),))

    def _document(self, path: Path) -> Item:
        place = place_of(path)
        read = unpacked if path.suffix.lower() == GZIP else read_file
        return Item(place, place, partial(read, path, name=place, max_chars=self.max_chars))

    def _count_in(self, found: _Found) -> int | None:
        if not isinstance(found, Path):
            return int(isinstance(found, Item))
        if found.is_fifo():  # what is counted would be gone
            return None
        if kind := _ending(found.name, ARCHIVES):
            return count_members(found, kind, wants=self.wants)
        if kind := _ending(found.name, TABLES):
            return count_rows(found, kind)
        return 1

    @property
    def _columns(self) -> Columns:
        return Columns(self.text_column, self.id_column)

    def _includes(self, name: str) -> bool:
        return not self.include or _matches(name, self.include)

    def _leaves_out(self, name: str) -> bool:
        return _matches(name, self.exclude)


def listed(blocks: Iterable[bytes]) -> Iterator[str]:
    """The paths of a list that comes in blocks, without empty ones: a line each, or from the first NUL on what is between two.

    >>> list(listed([b"\\xef\\xbb\\xbfa.html\\nb c.h", b"tml\\r\\n\\n"])), list(listed([b"a\\nb\\0", b"c\\0"]))
    (['a.html', 'b c.html'], ['a\\nb', 'c'])
    """
    rest, by_nul, is_first = b"", False, True
    for block in blocks:
        rest += block
        by_nul = by_nul or b"\0" in block
        *names, rest = rest.split(b"\0" if by_nul else b"\n")
        if names and is_first:
            names[0], is_first = names[0].removeprefix(BOM_UTF8), False
        yield from (os.fsdecode(name if by_nul else name.rstrip(b"\r")) for name in names if name.strip(b"\r"))
    if last := (rest.removeprefix(BOM_UTF8) if is_first else rest).rstrip(b"\r\n"):
        yield os.fsdecode(last)


def _overlap(places: Sequence[str]) -> bool:
    """Whether two of these may lead to the same file, as far as their names tell."""
    roots = sorted(before_wildcards(place).parts for place in places)
    return any(outer == inner[: len(outer)] for outer, inner in pairwise(roots))


def _matches(name: str, patterns: Sequence[str]) -> bool:
    """Whether a path below an input matches; "**/" stands for any folders or none, and a folder may be written with "/" behind.

    >>> [_matches("x.html", ["**/*.html"]), _matches("old", ["old/"]), _matches("a/b/c", ["a/**/c"]), _matches("a/c", ["a/**/c"])]
    [True, True, True, True]
    """
    last = name.rpartition("/")[2]
    wanted = [each for pattern in patterns for each in {pattern.rstrip("/"), pattern.rstrip("/").replace("**/", "")}]
    return any(fnmatchcase(name if "/" in pattern else last, pattern) for pattern in wanted)


def _is_container(path: Path) -> bool:
    return bool(_ending(path.name, (*ARCHIVES, *TABLES)))


def _ending(name: str, endings: Sequence[str]) -> str:
    """The ending of a name that is one of these, as it is there; empty where none is."""
    return next((ending for ending in endings if name.lower().endswith(ending)), "")
