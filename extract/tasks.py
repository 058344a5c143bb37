"""Tasks: a schema under a name, with all that belongs to it. A task is a module of ``extract.schemas`` and nothing more."""

from __future__ import annotations

import hashlib
import json
import re
import sys
import threading
from dataclasses import dataclass
from importlib import import_module
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.resources import files
from importlib.util import find_spec, module_from_spec
from pathlib import Path
from types import ModuleType
from typing import Generic, TypeVar

from pydantic import BaseModel

from extract.errors import UsageError

T = TypeVar("T", bound=BaseModel)
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_running = threading.RLock()  # a file that runs stands among the modules already, without its classes; it may load another one


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
    """The shipped task of that name, or the task of a schema in a file ("FILE.py:Class", which runs that file).

    UsageError, with the names that there are, for any other.
    """
    if ":" in name:
        return task_of(schema_in_file(name))
    schema = _schema(name) if _NAME.fullmatch(name) else None
    if schema is None:
        raise UsageError(f"There is no task {name!r}. Shipped tasks: {', '.join(shipped_tasks())}.")
    return Task(name, schema)


def task_of(schema: type[T]) -> Task[T]:
    """The task that a schema is: a shipped one by its module, any other by the name of its class."""
    module = schema.__module__
    name = module.rpartition(".")[2] if module.startswith("extract.schemas.") else schema.__name__
    return Task(name, schema)


def schema_in_file(place: str) -> type[BaseModel]:
    """The schema that "FILE.py:Class" names. The file is run, as Python runs it: it must be one that you trust."""
    path_text, _, attribute = place.rpartition(":")
    path = Path(path_text)
    if path.suffix != ".py" or not path.is_file():
        raise UsageError(f"There is no Python file {path_text!r}. A schema is named FILE.py:Class, or is one of the tasks.")
    name = f"extract_schema_{path.stem}"
    with _running:
        module = sys.modules[name] if _is_loaded(name, path) else _run(path, name)
    found = getattr(module, attribute, None)
    if not (isinstance(found, type) and issubclass(found, BaseModel)):
        models = [name for name, value in vars(module).items() if _is_model(value) and value.__module__ == module.__name__]
        raise UsageError(f"{path} has no Pydantic model {attribute!r}. It has: {', '.join(models) or 'none'}.")
    return found


def _run(path: Path, name: str) -> ModuleType:
    """The module that a file is; it finds the modules beside it, as if Python were started with it."""
    place = str(path.absolute())  # the same name may be another file later, from another working directory
    loader = SourceFileLoader(name, place)
    spec = ModuleSpec(name, loader, origin=place)
    spec.has_location = True  # which gives the module its __file__
    module = module_from_spec(spec)
    sys.modules[name] = module  # Pydantic looks the names in annotations up there
    beside = str(path.absolute().parent)
    sys.path.insert(0, beside)
    try:
        loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise UsageError(f"{path} cannot be run: {type(error).__name__}: {error}") from error
    finally:
        sys.path.remove(beside)
    return module


def _is_loaded(name: str, path: Path) -> bool:
    return name in sys.modules and getattr(sys.modules[name], "__file__", None) == str(path.absolute())


def _is_model(value: object) -> bool:
    return isinstance(value, type) and issubclass(value, BaseModel)


def _schema(name: str) -> type[BaseModel] | None:
    if find_spec(f"extract.schemas.{name}") is None:
        return None
    found = getattr(import_module(f"extract.schemas.{name}"), class_name(name), None)
    return found if isinstance(found, type) and issubclass(found, BaseModel) else None
