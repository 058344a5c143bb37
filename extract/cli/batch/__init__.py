"""``extract batch``: many documents in, a row each out; and the same through a provider's batch endpoint, at half price."""

from __future__ import annotations

import typer

from extract.cli.batch.examples import EXAMPLES, OF_THE_PROVIDER
from extract.cli.batch.group import WithDefault
from extract.cli.batch.provider import collect, status, submit
from extract.cli.batch.running import run

app = typer.Typer(
    cls=WithDefault,
    help="Write a row for each of many documents; the same command goes on where it stopped.",
    add_completion=False,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
app.command(WithDefault.default, epilog=EXAMPLES)(run)
app.command("submit", epilog=OF_THE_PROVIDER)(submit)
app.command("status", epilog=OF_THE_PROVIDER)(status)
app.command("collect", epilog=OF_THE_PROVIDER)(collect)
