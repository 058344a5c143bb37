"""What the commands do with a model: the settings that options give, ``extract prompt``, and ``--dry-run``."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from extract.cli import options
from extract.cli.output import errors_of, keep_apart, notice, read_document, rendered, wants_json, write
from extract.pipeline import asking_engine, cleaned, engine_named
from extract.report import harmless
from extract.source import MAX_CHARS, Source, open_source
from extract.tasks import task_named

if TYPE_CHECKING:
    from extract.engines.llm.preview import Preview
    from extract.settings import Settings

_NAME = "MODEL"
"""What stands for the name of the model where none is set and none is asked."""


def given_settings(**given: object) -> Settings:
    """The settings of the environment with what options say over them."""
    from extract.settings import Settings  # 0.1 s, which the rules do without

    return Settings(**{name: value for name, value in given.items() if value is not None})


@dataclass(frozen=True, slots=True)
class Asked:
    """Who fills the records: the options that commands share."""

    engine: options.Engine = options.EngineName.AUTO
    model: options.Model = None
    base_url: options.BaseUrl = None
    prompt: options.Prompt = None
    ask: options.Ask = None
    max_cost: options.MaxCost = None
    max_tokens: options.MaxTokens = None
    max_repairs: options.MaxRepairs = None
    prices: options.Prices = None

    @property
    def chosen(self) -> options.EngineName:
        """The engine that is meant: whoever names a model or an address does not want the rules instead."""
        named = self.model or self.base_url
        return options.EngineName.LLM if named and self.engine is options.EngineName.AUTO else self.engine

    def settings(self, **more: object) -> Settings | None:
        """The settings of the environment, and over them what was given; None for the rules, which need none."""
        if self.chosen is options.EngineName.RULES:
            return None
        own = {each.name: getattr(self, each.name) for each in fields(self) if each.name != "engine"}
        return given_settings(**own, **more)


def show_prompt(
    file: options.File = None,
    *,
    output_format: options.OutputFormat = None,
    input_format: options.InputFormat = None,
    schema: options.Schema = "job_posting",
    max_chars: options.MaxChars = MAX_CHARS,
    output: options.Output = None,
    model: options.Model = None,
    base_url: options.BaseUrl = None,
    prompt: options.Prompt = None,
    ask: options.Ask = None,
    prices: options.Prices = None,
) -> None:
    """Show exactly what would be sent for FILE, or for standard input, with its tokens and its price; nothing is sent."""
    name, source = read_document(file, max_chars)
    keep_apart(source, output)
    with errors_of(name):
        settings = given_settings(model=model, base_url=base_url, prompt=prompt, ask=ask, prices=prices, cache=False)
        opened = open_source(source, max_chars=max_chars, name=name)
        shown = _preview(opened, schema, settings, input_format)
        as_json = wants_json(output_format, output)
        if shown is None:
            notice(f"{name}: nothing is left to ask")
            written = "null" if as_json else "nothing is left to ask"
        else:
            written = _as_json(shown) if as_json else rendered(_as_text(shown), output)
            notice(f"{name}: {_tokens(shown)}")
    write(written, output)


def show_quote(
    opened: Source,
    schema: str,
    engine: options.EngineName,
    *,
    settings: Settings | None,
    input_format: options.InputFormat,
    output: Path | None,
) -> None:
    """Say what a call would cost, instead of making it; each repair is one more, of a fraction of that."""
    quoted: dict[str, object] = {"engine": "rules", "calls": 0, "cost": 0.0}
    if settings is not None and (settings.configured or engine is options.EngineName.LLM):
        shown = _preview(opened, schema, settings, input_format)
        quoted = {"engine": "llm", "calls": 0, "cost": 0.0} if shown is None else _quoted(shown)
        quoted["max_repairs"] = settings.max_repairs
    else:
        engine_named(engine, task_named(schema), settings)  # the rules may not know that task
    write(json.dumps(quoted, indent=2), output)


def _preview(opened: Source, schema: str, settings: Settings, input_format: options.InputFormat) -> Preview | None:
    """What would be sent; the name of the model may be missing, since none is asked."""
    from extract.engines.llm.preview import preview_of  # of the extra llm

    named = settings if settings.model else settings.model_copy(update={"model": _NAME})
    return preview_of(cleaned(opened, input_format), asking_engine(task_named(schema), named), named)


def _quoted(shown: Preview) -> dict[str, object]:
    """The call with its cost: from no answer at all to the longest that is allowed."""
    cost = 0.0 if shown.answered else {"from": shown.quote.cost_low, "to": shown.quote.cost_high}
    return {
        "engine": "llm",
        "model": shown.body["model"],
        "prompt": shown.prompt,
        "prompt_hash": shown.prompt_hash,
        "calls": 0 if shown.answered else 1,
        "input_tokens": shown.quote.input_tokens,
        "max_output_tokens": shown.quote.max_output_tokens,
        "tokens_by": shown.tokens_by,
        "cost": cost,
    }


def _as_json(shown: Preview) -> str:
    content = {"url": shown.url, "body": shown.body, "filled": shown.filled, **_quoted(shown)}
    return json.dumps(content, ensure_ascii=False, indent=2)


def _as_text(shown: Preview) -> list[Text]:
    """The messages as they are, then the rest of the body."""
    rest = {name: value for name, value in shown.body.items() if name not in {"messages", "input"}}
    parts = [_line(f"POST {shown.url}", "bold")]
    for message in shown.body.get("messages") or shown.body["input"]:
        parts += [_line(f"\n── {message['role']}", "bold cyan"), _line(message["content"])]
    parts += [_line("\n── with", "bold cyan"), _line(json.dumps(rest, ensure_ascii=False, separators=(",", ":")))]
    if shown.filled:
        parts += [_line("\n── not asked, because it is certain", "bold cyan"), _line(", ".join(shown.filled))]
    return [*parts, _line(f"\n{_tokens(shown)}", "dim")]


def _line(text: str, style: str = "") -> Text:
    """A text that is not broken anew: the lines are what is sent."""
    return Text(harmless(text), style=style, no_wrap=True, overflow="ignore")


def _tokens(shown: Preview) -> str:
    quoted = shown.quote
    price = "price unknown" if quoted.cost_high is None else f"${quoted.cost_low:.6f} to ${quoted.cost_high:.6f}"
    return f"{quoted.input_tokens:,} tokens ({shown.tokens_by}), at most {quoted.max_output_tokens:,} in answer, {price}"
