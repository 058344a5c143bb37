"""What all tests share: how hard the property tests look, and that nothing is set from outside."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from vcr import VCR

# On a server the same examples each time: a change is judged by what it changed. Elsewhere new ones, which find what is left.
settings.register_profile("server", derandomize=True, deadline=None)
settings.register_profile("here", deadline=None)
settings.load_profile("server" if os.environ.get("CI") else "here")


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test asks a model, or finds an answer in a cache, because of what is set on the machine that it runs on."""
    for name in list(os.environ):
        if name.upper().startswith(("EXTRACT_", "OPENAI_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("EXTRACT_CACHE_DIR", str(tmp_path_factory.getbasetemp() / "answers"))


@pytest.fixture(autouse=True)
def no_open_models() -> Iterator[None]:
    """The connections of the models that a test asked end with it."""
    yield
    if (stack := sys.modules.get("extract.engines.llm.stack")) is not None:
        stack.close_models()


def pytest_recording_configure(config: pytest.Config, vcr: VCR) -> None:
    """Cassettes are matched and written as ``recording`` says."""
    from recording import register  # few tests play cassettes

    register(vcr)
