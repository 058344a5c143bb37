"""What decides a record beside its document: code, schema, prompt, and the settings of the model, as hashes and words."""

from __future__ import annotations

import hashlib
import os
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import JsonValue

if TYPE_CHECKING:
    from extract.settings import Settings  # the rules read none

MODEL_SETTINGS = frozenset(
    {"api", "ask", "constraint", "max_output_tokens", "max_repairs", "reasoning_effort", "seed", "temperature", "top_p"}
)
"""The settings that decide what a model is asked: no address and no key, which a file of somebody else must not choose."""
_CODE = (".py", ".toml", ".txt", ".json", ".gz", ".md")
_NOT_CODE = frozenset({"batch", "evals", "cli", "review", "__pycache__"})
"""Folders that decide no record."""
_PROMPTS = "prompts"
"""The folder of prompts: those of tasks have a hash of their own, and folders that begin with "_" are of no task."""


@cache
def code_hash() -> str:
    """SHA-256 of the code and the word lists that clean, fill, ground and check: what the rules answer depends on them."""
    digest = hashlib.sha256()
    with as_file(files("extract")) as root:
        found = []
        for folder, names, entries in os.walk(root, followlinks=True):
            of_tasks = {name for name in names if Path(folder).name == _PROMPTS and not name.startswith("_")}
            names[:] = [name for name in names if name not in _NOT_CODE | of_tasks]
            found += [Path(folder, entry) for entry in entries if entry.endswith(_CODE)]
        for path in sorted(found, key=lambda path: path.relative_to(root).as_posix()):
            digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def unusual_settings(settings: Settings) -> dict[str, JsonValue]:
    """The settings of the model that are not the usual ones, in the order of their names."""
    given = settings.model_dump(mode="json", include=set(MODEL_SETTINGS))
    fields = type(settings).model_fields
    return {name: given[name] for name in sorted(MODEL_SETTINGS) if given[name] != fields[name].default}
