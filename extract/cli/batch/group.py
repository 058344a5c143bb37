"""A command that is a group too: what is not the name of one of its commands is an argument of the first."""

from __future__ import annotations

from typing import Any, ClassVar

from typer.core import TyperGroup


class WithDefault(TyperGroup):
    """``extract batch jobs`` runs the command that has no name, ``extract batch submit jobs`` the one called submit."""

    default: ClassVar[str] = " "  # no argument is called that by accident, and usage lines show nothing for it

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # the context of a package within typer
        """The arguments, with the name of the command before them where it was left out."""
        if not args or args[0] not in self.commands:
            args = [self.default, *args]
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:  # as above
        """The command that is meant, under the name that usage lines show."""
        name, command, rest = super().resolve_command(ctx, args)
        return "" if name == self.default else name, command, rest
