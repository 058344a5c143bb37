"""What is made once a process."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from extract.once import once


def test_threads_that_come_at_once_make_one() -> None:
    """Who comes while it is made waits for it, and gets the same object."""
    made: list[int] = []
    start = threading.Barrier(8)

    @once
    def table(number: int) -> list[int]:
        time.sleep(0.05)  # long enough for all to come
        made.append(number)
        return [number]

    def ask(_: int) -> list[int]:
        start.wait(30)
        return table(1)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(ask, range(8)))
    assert made == [1]
    assert all(one is found[0] for one in found)
    assert table(2) == [2]


def test_what_failed_is_tried_again() -> None:
    """An error is not kept."""
    attempts = iter([ValueError("not yet"), None])

    @once
    def table() -> str:
        if (error := next(attempts)) is not None:
            raise error
        return "made"

    with pytest.raises(ValueError, match="not yet"):
        table()
    assert table() == "made"
