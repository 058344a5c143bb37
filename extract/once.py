"""What is made once a process and kept: word lists, patterns, tables of the world."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from functools import cache
from typing import TypeVar

F = TypeVar("F", bound=Callable[..., object])

_making = threading.RLock()  # one for all: what is made may need something else that is made once


def once(function: F) -> F:
    """The function, which runs once for the same arguments, also where many threads ask at once.

    ``functools.cache`` lets all of them run until the first is done: 64 threads that start together would read every word list
    64 times, half a minute for what takes half a second. Later calls cost what they cost there. Arguments must be hashable.

    >>> @once
    ... def table() -> list[str]:
    ...     print("made")
    ...     return ["a"]
    >>> table() is table()
    made
    True
    """
    made: dict[tuple[object, ...], object] = {}

    @cache
    def kept(*arguments: object) -> object:
        with _making:
            if arguments not in made:
                made[arguments] = function(*arguments)
            return made[arguments]

    return kept  # type: ignore[return-value]  # it is called as the function is


def leave_in_memory() -> None:
    """Leave what is loaded by now out of garbage collections.

    They would walk through the word lists every few documents. For a process that reads many and does nothing else.
    """
    gc.collect()
    gc.freeze()
