"""What has come of the requests of a batch, counted."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field

from extract.result import Value

Count = Annotated[int, Field(ge=0, le=10**15)]
Counts = Annotated[dict[Annotated[str, Field(max_length=100)], Count], Field(max_length=1_000)]
Told = Annotated[str, Field(max_length=1_000)]
MOST_TOLD = 20
"""Messages of a tally."""


class Tally(Value):
    """What has come of requests, each counted once, and what else stood in the files.

    ``unusable`` were answered with something that is no record, by its kind; ``failed`` by the code of the endpoint; ``missing``
    are those that no line speaks of; ``queued`` those of batches that found no place in the provider's queue. Lines: ``unknown``
    are of requests that were not sent, ``duplicates`` of those that had come, ``broken`` are no lines at all. The tokens and the
    cost (US dollars, at half the price; None where a price is not known) are those of all answers that came. ``told``: what the
    endpoint said about batches as a whole.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(strict=True)

    answered: Count = 0
    unusable: Counts = Field(default={})
    failed: Counts = Field(default={})
    expired: Count = 0
    cancelled: Count = 0
    missing: Count = 0
    queued: Count = 0
    unknown: Count = 0
    duplicates: Count = 0
    broken: Count = 0
    input_tokens: Count = 0
    cached_tokens: Count = 0
    output_tokens: Count = 0
    cost: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = 0.0
    told: Annotated[tuple[Told, ...], Field(max_length=MOST_TOLD)] = ()

    def __add__(self, other: Tally) -> Tally:
        """Both together; money is unknown where one of them is."""
        numbers = [name for name, value in self if type(value) is int]
        return Tally(
            **{name: getattr(self, name) + getattr(other, name) for name in numbers},
            unusable=_together(self.unusable, other.unusable),
            failed=_together(self.failed, other.failed),
            cost=None if self.cost is None or other.cost is None else self.cost + other.cost,
            told=tuple(dict.fromkeys((*self.told, *other.told)))[:MOST_TOLD],
        )


def _together(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    return dict(sorted((Counter(one) + Counter(other)).items()))
