"""A model that answers what a test tells it to, in the place of an endpoint."""

from __future__ import annotations

import json
from collections.abc import Mapping

from extract.engines.llm.seam import Completion, Request
from extract.errors import CallError
from extract.result import Usage

USED = Usage(calls=1, input_tokens=10, output_tokens=5, cost=0.25)
"""What each answer used."""


class Scripted:
    """A model that answers what it is told to, in order, and keeps the requests."""

    def __init__(self, *answers: Completion | CallError) -> None:
        self.answers = list(answers)
        self.requests: list[Request] = []

    def complete(self, request: Request) -> Completion:
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, CallError):
            raise answer
        return answer


def answer(**content: object) -> Completion:
    """A whole answer."""
    return Completion(json.dumps(content), usage=USED)


def answered(content: Mapping[str, object]) -> Completion:
    """A whole answer whose keys are no names, as those of a repair are."""
    return Completion(json.dumps(content), usage=USED)
