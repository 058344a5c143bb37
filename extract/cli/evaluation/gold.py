"""``extract eval check`` and ``new``: gold that can be trusted, and drafts of more of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from extract.cli import options
from extract.cli.asking import Asked
from extract.cli.evaluation.running import SchemaOf
from extract.cli.output import FAILED, errors_of, fail, notice, wants_json, write
from extract.report import printable
from extract.source import MAX_CHARS


def check(
    suite: Annotated[
        str | None, typer.Argument(metavar="[SUITE]", help="What to check. Default: all gold that ships.", show_default=False)
    ] = None,
    *,
    schema: SchemaOf = None,
    output_format: options.OutputFormat = None,
) -> None:
    """Check gold: each file can be read, each value is allowed by the schema, and each stands in its document.

    A value that the document does not state has to be named under "inferred" of its case.
    """
    with errors_of(suite or "gold"):
        from extract.evals.gold_checks import check_gold  # of the extra evals
        from extract.evals.suites import tasks_with_gold

        found = [check_gold(place, schema=schema) for place in ([suite] if suite else tasks_with_gold())]
        faults = [fault for each in found for fault in each.faults]
        cases = sum(each.cases for each in found)
        values = sum(each.values for each in found)
        if wants_json(output_format):
            content = {
                "cases": cases,
                "values": values,
                "faults": [{"case": f.case, "path": f.path, "fault": f.told} for f in faults],
            }
            write(json.dumps(content, ensure_ascii=False, indent=2), None)
        else:
            write(
                "\n".join(
                    [*(printable(str(fault)) for fault in faults), f"{cases} cases, {values} values, {len(faults)} faults"]
                ),
                None,
            )
    if faults:
        fail(f"{suite or 'gold'}: {len(faults)} {'fault' if len(faults) == 1 else 'faults'} in the gold", FAILED)


def new(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The document that is to become a case.", show_default=False)],
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="The folder of cases; it is made if need be.")] = Path("gold"),
    name: Annotated[
        str | None, typer.Option("--name", help="The name of the case. Default: that of the file.", show_default=False)
    ] = None,
    schema: options.Schema = "job_posting",
    engine: options.Engine = options.EngineName.AUTO,
    model: options.Model = None,
    base_url: options.BaseUrl = None,
    prompt: options.Prompt = None,
    input_format: options.InputFormat = None,
    max_chars: options.MaxChars = MAX_CHARS,
) -> None:
    """Draft a case of FILE for a person to correct: document, record, note, and the page to check it on.

    Until it is corrected it says what the engine says, and measures nothing: its note says so, and `extract eval check` too.
    """
    with errors_of(str(file)):
        from extract.evals.drafting import draft_case  # of the extra evals

        asked = Asked(engine, model, base_url, prompt)
        drafted = draft_case(
            file,
            output,
            name=name or file.stem,
            schema=schema,
            engine=asked.chosen.value,
            settings=asked.settings(),
            input_format=input_format,
            max_chars=max_chars,
        )
    write(printable(str(drafted.folder)), None)
    notice(f"look at {drafted.page}, correct {drafted.gold}, and run: extract eval check {output}")
