"""Tasks: a schema under a name, with all that belongs to it. A task is a module of ``extract.schemas`` and nothing more."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from importlib import import_module
from importlib.resources import files
from importlib.util import find_spec
from typing import Generic, TypeVar

from pydantic import BaseModel

from extract.errors import UsageError

T = TypeVar("T", bound=BaseModel)
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@dataclass(frozen=True, slots=True)
class Task(Generic[T]):
    """A schema and the name under which its prompts, rules and gold are found."""

    name: str
    schema: type[T]

    @property
    def schema_hash(self) -> str:
        """SHA-256 of the JSON schema, with its descriptions, in canonical form."""
        canonical = json.dumps(self.schema.model_json_schema(), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


def class_name(task: str) -> str:
    """The name of the class that a task's module defines.

    >>> class_name("job_posting")
    'JobPosting'
    """
    return "".join(part.capitalize() for part in task.split("_"))


def shipped_tasks() -> list[str]:
    """The names of the tasks that are installed."""
    modules = (entry.name.removesuffix(".py") for entry in files("extract.schemas").iterdir() if entry.name.endswith(".py"))
    return sorted(name for name in modules if _NAME.fullmatch(name) and _schema(name) is not None)


def task_named(name: str) -> Task[BaseModel]:
    """The shipped task of that name; UsageError, with the names that there are, for any other."""
    schema = _schema(name) if _NAME.fullmatch(name) else None
    if schema is None:
        raise UsageError(f"There is no task {name!r}. Shipped tasks: {', '.join(shipped_tasks())}.")
    return Task(name, schema)


def task_of(schema: type[T]) -> Task[T]:
    """The task that a schema is: a shipped one by its module, any other by the name of its class."""
    module = schema.__module__
    name = module.rpartition(".")[2] if module.startswith("extract.schemas.") else schema.__name__
    return Task(name, schema)


def _schema(name: str) -> type[BaseModel] | None:
    if find_spec(f"extract.schemas.{name}") is None:
        return None
    found = getattr(import_module(f"extract.schemas.{name}"), class_name(name), None)
    return found if isinstance(found, type) and issubclass(found, BaseModel) else None
