"""``extract doctor``: what is configured, and what the endpoint can do."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import RenderableType
from rich.text import Text

from extract.cli import options
from extract.cli.asking import given_settings
from extract.cli.output import FAILED, errors_of, notice, rendered, table, wants_json, write
from extract.errors import ExtractError
from extract.pipeline import package_version, without_llm
from extract.report import harmless

if TYPE_CHECKING:
    from extract.engines.llm.probing import Finding
    from extract.settings import Settings

_PACKAGES = ("openai", "instructor", "tenacity", "diskcache", "rs-bpe", "pypdfium2", "python-docx")
_STYLES = {"yes": "green", "partly": "yellow", "no": "red", "missing": "yellow"}
Rows = list[dict[str, str]]


def examine(
    *,
    model: options.Model = None,
    base_url: options.BaseUrl = None,
    no_probe: Annotated[bool, typer.Option("--no-probe", help="Send nothing to the endpoint.")] = False,
    output_format: options.OutputFormat = None,
) -> None:
    """Show what is configured, and try with six small requests what the endpoint can do. Secrets are never shown.

    Exit code 1 where a model is configured and cannot be asked.
    """
    with errors_of("doctor"):
        settings = given_settings(model=model, base_url=base_url)
        report: dict[str, Rows] = {
            "settings": _settings(settings),
            "unknown": _unknown(),
            "packages": _packages(),
            "kept": _kept(settings),
        }
        lacking = [] if settings.missing else _lacking()
        findings = () if no_probe or settings.missing or lacking else _probed(settings)
        tried = [{"tried": finding.tried, "answers": finding.verdict.value, "detail": finding.detail} for finding in findings]
        report["endpoint"] = lacking + tried
    if wants_json(output_format):
        write(json.dumps({"missing": settings.missing, **report}, indent=2), None)
    else:
        write(rendered(_tables(report, settings.missing), None), None)
    if lacking or (findings and not _usable(findings)):
        raise typer.Exit(FAILED)


def _settings(settings: Settings) -> Rows:
    """Each setting with its value and where it comes from; of a key only that it is there."""
    from extract.settings import origin, variable

    shown: Mapping[str, object] = {
        **settings.model_dump(),
        "api_key": "set" if settings.api_key.get_secret_value() else "not set",
        "base_url": settings.endpoint,
    }
    return [
        {"setting": name, "value": _said(value), "from": _given(origin(name), value, name, settings), "variable": variable(name)}
        for name, value in shown.items()
    ]


def _unknown() -> Rows:
    """The variables that look like ours and are none: a slip in a name would otherwise go unnoticed."""
    from extract.settings import unknown_variables

    return [{"unknown": harmless(name), "closest": _said(closest)} for name, closest in unknown_variables().items()]


def _given(origin: str, value: object, name: str, settings: Settings) -> str:
    """Where a value comes from; one that neither the environment nor .env has, and that is no default, is an option."""
    default = type(settings).model_fields[name].default
    option = name in {"model", "base_url"} and name in settings.model_fields_set and value != default
    return "option" if origin == "default" and option else origin


def _said(value: object) -> str:
    return "-" if value is None or value == "" else str(value)


def _packages() -> Rows:
    """The packages of the extras with their versions."""
    ours = {"package": "extract-service", "version": package_version()}
    return [ours, {"package": "Python", "version": platform.python_version()}, *map(_package, _PACKAGES)]


def _package(name: str) -> dict[str, str]:
    try:
        return {"package": name, "version": version(name)}
    except PackageNotFoundError:
        return {"package": name, "version": "missing"}


def _kept(settings: Settings) -> Rows:
    """The cache and the price table; what is wrong with one of them is said in its row."""
    rows: Rows = []
    for name, tell in {"cache": _cache, "prices": _prices}.items():
        try:
            rows.append({"kept": name, "what": tell(settings)})
        except ExtractError as error:
            rows.append({"kept": name, "what": str(error)})
        except ModuleNotFoundError:
            rows.append({"kept": name, "what": "not known without the extra llm"})
    return rows


def _cache(settings: Settings) -> str:
    from extract.engines.llm.stack import cache_of  # of the extra llm

    if not settings.cache:
        return "off"
    known = cache_of(settings).info()
    return f"{known.entries:,} answers, {known.size / 1e6:.1f} MB, in {known.directory}"


def _prices(settings: Settings) -> str:
    from extract.engines.llm.stack import prices_of  # of the extra llm

    prices = prices_of(settings)
    price = prices.price(settings.model) if settings.model else None
    known = f"{settings.model}: ${price.input} in, ${price.output} out per million tokens" if price else "this model is not in it"
    return f"{len(prices.models)} models as of {prices.date}, {known}"


def _lacking() -> Rows:
    """A row that says how to install the extra llm, where something of it is not there."""
    try:
        from extract.engines.llm import probing, stack  # noqa: F401  # of the extra llm
    except ModuleNotFoundError as error:
        return [{"tried": "extra llm", "answers": "no", "detail": str(without_llm(error))}]
    return []


def _probed(settings: Settings) -> tuple[Finding, ...]:
    from extract.engines.llm.probing import probe  # of the extra llm

    findings: list[Finding] = []
    for finding in probe(settings):
        notice(f"{finding.tried}: {finding.verdict}")
        findings.append(finding)
    return tuple(findings)


def _usable(findings: tuple[Finding, ...]) -> bool:
    from extract.engines.llm.probing import usable  # of the extra llm

    return usable(findings)


def _tables(report: Mapping[str, Rows], missing: str) -> Iterator[RenderableType]:
    for rows in report.values():
        if rows:
            shown = table(*rows[0])
            for row in rows:
                shown.add_row(*(Text(value, style=_STYLES.get(value, "")) for value in row.values()))
            yield shown
    if missing:
        yield Text(f"No model is configured: {missing}. Until then the rules read job postings, offline.")
