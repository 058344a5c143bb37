"""What is known of the parts of an order, in a file that is replaced at each step, so that a crash at any of them loses nothing.

A part is written, uploaded, sent, and collected; which of them it is says what is known of it. A file of a part that the manifest
does not name is of a process that ended before the part counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Field, ValidationError, model_validator

from extract.batch.provider.order import Configuration, Order
from extract.batch.provider.tally import Count, Tally
from extract.engines.llm.answer_entry import Moment, first_fault
from extract.errors import UsageError
from extract.journal import open_journal, replace_file
from extract.result import Value

MANIFEST = "manifest.json"
_LOCK = "lock"
_MOST_BYTES = 20_000_000
_FILES = re.compile(r"(part-[0-9]{4,8})\.(requests|output|errors|unanswered)\.jsonl")
Kind = Literal["requests", "output", "errors", "unanswered"]
"""What a file of a part holds."""
ID = r"^[A-Za-z0-9_][A-Za-z0-9_.:~-]{0,499}$"
"""The names of files and batches: no path, and no part of one."""
Id = Annotated[str, Field(pattern=ID)]
Money = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Part(Value):
    """Requests that go out as one batch.

    ``size`` is in bytes; ``most_cost`` (US dollars) and ``most_tokens`` are what it could take, where a limit is set. ``id`` is
    known to the endpoint; ``file`` and ``batch`` are what the endpoint calls them; ``tally`` says what came.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(strict=True)

    name: Annotated[str, Field(pattern=r"^part-[0-9]{4,8}$")]
    id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    requests: Annotated[int, Field(ge=1, le=10**9)]
    size: Annotated[int, Field(ge=1)]
    written: Moment
    most_cost: Money = 0.0
    most_tokens: Count = 0
    file: Id | None = None
    batch: Id | None = None
    tally: Tally | None = None

    @property
    def is_unsent(self) -> bool:
        return self.batch is None

    @property
    def is_running(self) -> bool:
        """Whether it was sent and not collected yet."""
        return self.batch is not None and self.tally is None


class Manifest(Value):
    """All that is known of an order.

    ``stale``: what is to be asked has to be looked up anew, since answers came or a limit was met. ``most_bytes``: parts that
    were larger found no place in the queue of the provider.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(strict=True)

    version: Annotated[int, Field(ge=1, le=1)] = 1
    configuration: Configuration
    stale: bool = False
    most_bytes: Annotated[int, Field(ge=1)] | None = None
    parts: tuple[Part, ...] = ()

    @model_validator(mode="after")
    def _agrees(self) -> Manifest:
        names = [part.name for part in self.parts]
        if len(set(names)) < len(names):
            raise ValueError("two parts have one name")
        if any((part.batch and not part.file) or (part.tally and not part.batch) for part in self.parts):
            raise ValueError("a part was collected without being sent, or sent without being uploaded")
        return self

    @property
    def is_open(self) -> bool:
        """Whether a part is not collected yet."""
        return any(part.tally is None for part in self.parts)


class Ledger:
    """The folder of an order, which this process alone has; a change counts when it is on the disk."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest
        self._tidy()

    def put(self, part: Part, **changes: object) -> Part:
        """Write a part in the place of the one of that name, or behind all others; and these changes with it."""
        parts = {known.name: known for known in self.manifest.parts} | {part.name: part}
        self.write(parts=tuple(parts.values()), **changes)
        return part

    def write(self, **changes: object) -> None:
        """Write the manifest with these changes."""
        manifest = self.manifest.model_copy(update=changes)
        replace_file(self.folder / MANIFEST, manifest.model_dump_json(indent=1) + "\n")
        self.manifest = manifest
        self._tidy()

    def path(self, name: str, kind: Kind) -> Path:
        """The file of a part."""
        return self.folder / f"{name}.{kind}.jsonl"

    def next_name(self) -> str:
        """The name of the next part."""
        return f"part-{max((int(part.name[5:]) for part in self.manifest.parts), default=0) + 1:04}"

    def _tidy(self) -> None:
        """Remove files that are not needed any longer: they hold documents."""
        parts = {part.name: part for part in self.manifest.parts}
        try:
            for path in self.folder.iterdir():
                if match := _FILES.fullmatch(path.name):
                    part = parts.get(match[1])
                    if part is None or (part.tally is not None and match[2] != "unanswered"):
                        path.unlink(missing_ok=True)
        except OSError as error:
            raise UsageError(f"{self.folder} cannot be written: {error.strerror}") from error


@contextmanager
def begun(order: Order) -> Iterator[Ledger]:
    """The ledger of an order, begun if it is not there; UsageError where another one is open in its folder."""
    configuration = Configuration.of(order)
    folder = order.folder
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder} cannot be made: {error.strerror}") from error
    with open_journal(folder / _LOCK):
        known = read_manifest(folder) if (folder / MANIFEST).exists() else None
        if known is not None and (known.is_open or not known.configuration.differing(configuration)):
            _agree(known, configuration, folder)
            manifest = known
        else:
            manifest = Manifest(configuration=configuration)
        ledger = Ledger(folder, manifest)
        ledger.write(stale=True)
        yield ledger


@contextmanager
def resumed(order: Order) -> Iterator[Ledger]:
    """The ledger of an order that was submitted; UsageError where it was not, or with other settings."""
    configuration = Configuration.of(order)
    read_manifest(order.folder)  # before a lock is made in a folder that is none of ours
    with open_journal(order.folder / _LOCK):
        manifest = read_manifest(order.folder)
        _agree(manifest, configuration, order.folder)
        yield Ledger(order.folder, manifest)


def read_manifest(folder: Path) -> Manifest:
    """What is known of the order in a folder; UsageError where there is none, or nothing that can be believed."""
    path = folder / MANIFEST
    try:
        with path.open("rb") as file:
            raw = file.read(_MOST_BYTES + 1)
    except FileNotFoundError:
        raise UsageError(f"{folder} holds no batch: `extract batch submit` begins one") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    ways = f"put it back from a copy, or remove {folder} and submit again, which asks anew for what was not collected"
    if len(raw) > _MOST_BYTES:
        raise UsageError(f"{path} is longer than {_MOST_BYTES:,} bytes, so it is no manifest of ours: {ways}")
    try:
        return Manifest.model_validate_json(raw)
    except ValidationError as error:
        raise UsageError(f"{path} is no manifest of ours, or a damaged one: {first_fault(error)}; {ways}") from None


def _agree(manifest: Manifest, configuration: Configuration, folder: Path) -> None:
    if differing := manifest.configuration.differing(configuration):
        raise UsageError(
            f"{folder} holds a batch that was submitted with other settings ({', '.join(differing)} differ): collect it with "
            "those, choose another output, or remove the folder, which gives up what was not collected"
        )
