"""Options that several commands share, as the fields of a dataclass: a command has one parameter for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields, is_dataclass
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import Any, get_type_hints


def grouped(command: Callable[..., None]) -> Callable[..., None]:
    """The command as typer reads it: in the place of each parameter that is a dataclass stand the fields of that.

    Each field has a default, and is ``Annotated`` as a parameter of a command is.
    """
    hints = get_type_hints(command, include_extras=True)
    groups = {name: hint for name, hint in hints.items() if isinstance(hint, type) and is_dataclass(hint)}

    @wraps(command)
    def called(**given: Any) -> None:
        gathered = {name: kind(**{each.name: given.pop(each.name) for each in fields(kind)}) for name, kind in groups.items()}
        command(**gathered, **given)

    parameters = list(_parameters(command, hints, groups))
    called.__signature__ = Signature(parameters)  # type: ignore[attr-defined]  # where inspect looks first
    called.__annotations__ = {each.name: each.annotation for each in parameters}
    return called


def _parameters(command: Callable[..., None], hints: dict[str, Any], groups: dict[str, type[Any]]) -> Iterator[Parameter]:
    for parameter in signature(command).parameters.values():
        kind = groups.get(parameter.name)
        if kind is None:
            yield parameter.replace(annotation=hints[parameter.name], kind=Parameter.KEYWORD_ONLY)
            continue
        annotations = get_type_hints(kind, include_extras=True)
        for each in fields(kind):
            default = Parameter.empty if each.default is MISSING else each.default
            yield Parameter(each.name, Parameter.KEYWORD_ONLY, default=default, annotation=annotations[each.name])
