"""Waiting for what another thread does, in tests."""

from __future__ import annotations

import time
from collections.abc import Callable


def until(happened: Callable[[], bool]) -> None:
    """Wait until it has, for thirty seconds at most: that is no measure of anything, but the end of a test that would hang."""
    end = time.monotonic() + 30
    while not happened():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.001)
