"""From a case and an engine to a result: a record with its scores, or a fault; whatever happens, there is one."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from pydantic import BaseModel

from extract.engines.base import Engine
from extract.errors import CallError, EndpointUnavailable, ExtractError, IncompleteRecord, RunStopped, UsageError
from extract.evals.cases import Case
from extract.evals.evidence import score_evidence
from extract.evals.runs import Result, Scores, Spent, Time
from extract.evals.scoring import score_record
from extract.evals.suites import Suite
from extract.pipeline import extract
from extract.report import leaves
from extract.result import Extraction, Fault, Status, Usage

ERROR = "error"
"""The status of a result without a record."""
Priced = Callable[[Usage], float | None]


@dataclass(frozen=True, slots=True)
class Extracting:
    """One way of filling records of a suite; ``engines`` has the engine of each repeat."""

    suite: Suite
    engines: tuple[Engine, ...]
    price: Priced = lambda _: 0.0

    def result(self, case: Case, repeat: int = 0) -> tuple[Result, Time]:
        """What becomes of a case. Raises only what ends a whole run: RunStopped, UsageError, and a fault of this machine."""
        started = time.perf_counter()
        used, told = Usage(), ""
        try:
            extraction = extract(case.opened, schema=self.suite.task.schema, engine=self.engines[repeat])
            used = extraction.usage
            result = self._with_record(case, repeat, extraction)
        except (RunStopped, UsageError):
            raise
        except (OSError, MemoryError) as error:  # a full disk, no memory: no mistake of the document
            raise RunStopped(f"{case.name}: {Fault.of(error).message}") from error
        except ExtractError as error:
            if isinstance(error, (CallError, IncompleteRecord)):
                used = error.usage or used
            told = Fault.of(error).message
            result = self._without_record(case, repeat, Fault.of(_cause(error)).model_copy(update={"code": error.code}), used)
        except Exception as error:  # noqa: BLE001  # a crash is a result of this document, and not the end of the others
            result = self._without_record(case, repeat, Fault.of(error), used)
        taken = Time(
            case=case.name,
            repeat=repeat,
            seconds=round(time.perf_counter() - started, 3),
            calls=used.calls,
            hits=used.cache_hits,
            cost=used.cost,
            told=told,
        )
        return result, taken

    def _with_record(self, case: Case, repeat: int, extraction: Extraction[BaseModel]) -> Result:
        return scored(
            self.suite,
            Result(
                case=case.name,
                repeat=repeat,
                status=extraction.status.value,
                record=extraction.record.model_dump(mode="json", by_alias=False),
                evidence={path: found for path, found in extraction.evidence.items() if found.status is not Status.ABSENT},
                issues=extraction.issues,
                spent=self._spent(extraction.usage),
            ),
        )

    def _without_record(self, case: Case, repeat: int, fault: Fault, used: Usage) -> Result:
        return scored(self.suite, Result(case=case.name, repeat=repeat, status=ERROR, fault=fault, spent=self._spent(used)))

    def _spent(self, used: Usage) -> Spent:
        tokens = used.input_tokens + used.saved_input_tokens, used.output_tokens + used.saved_output_tokens
        cost = self.price(Usage(input_tokens=tokens[0], output_tokens=tokens[1]))
        return Spent(input_tokens=tokens[0], output_tokens=tokens[1], cost=cost)


def scored(suite: Suite, result: Result) -> Result:
    """The result with its scores as gold and scorers say now, and with what the case says of itself."""
    case = suite.by_name[result.case]
    scores, fault = None, None
    if result.record is not None:
        try:
            scores = _scores(suite, case, result)
        except Exception as error:  # noqa: BLE001  # a scorer may be anybody's; its crash is told, and counts as nothing right
            fault = Fault.of(error)
    content = {name: getattr(result, name) for name in Result.model_fields}  # model_copy would keep what was worked out before
    told = {
        "scores": scores,
        "scoring_fault": fault,
        "tags": tuple(dict.fromkeys((*case.tags, *([case.format] if case.format else [])))),
        "cluster": case.cluster,
        "critical": tuple(sorted(suite.critical_of(case))),
    }
    return Result(**(content | told))


def _scores(suite: Suite, case: Case, result: Result) -> Scores:
    record = result.record or {}
    cells = score_record(case.expected, record, suite.scorers, accept=case.accept)
    values = {path: value for path, value in leaves(record) if value is not None}
    evidence = score_evidence(values, result.evidence, source=case.source, schema=suite.task.schema)
    return Scores(
        cells=cells,
        claimed=evidence.claimed,
        stated=evidence.stated,
        misplaced=evidence.wrong,
    )


def _cause(error: ExtractError) -> ExtractError:
    """What went wrong, without the seconds and attempts that it took, which differ each time."""
    return error.__cause__ if isinstance(error, EndpointUnavailable) and isinstance(error.__cause__, CallError) else error
