"""From settings to the model that is asked: an endpoint behind its wrappers, one for all documents and threads of a process."""

from __future__ import annotations

import threading
from functools import lru_cache
from weakref import WeakSet

from extract.engines.llm.answer_cache import AnswerCache, default_directory
from extract.engines.llm.cached import Cached
from extract.engines.llm.counted import Budget, Counted, Meter
from extract.engines.llm.gated import Gated
from extract.engines.llm.limited import Limited, Limits
from extract.engines.llm.openai_model import OpenAIModel
from extract.engines.llm.prices import PriceTable, load_prices
from extract.engines.llm.retrying import Retrying, RetryPolicy
from extract.engines.llm.seam import Model
from extract.settings import Settings

_lock = threading.Lock()
_SAMPLING = ("temperature", "top_p", "seed", "reasoning_effort")
_OF_A_REQUEST = ("prompt", "ask", *_SAMPLING, "max_output_tokens", "repeat", "max_repairs")
_UNSET = {name: Settings.model_fields[name].default for name in _OF_A_REQUEST}
_networks: WeakSet[OpenAIModel] = WeakSet()


def model_of(settings: Settings) -> Model:
    """The endpoint of the settings behind its wrappers, one object for all settings that differ only in what is asked.

    From the outside in: what was answered before is not asked; faults are asked again; limits hold for every attempt; after a
    refusal none leaves; every one that does is counted.
    """
    with _lock:  # two models for the same settings would have two budgets
        return _model_of(settings.model_copy(update=_UNSET))


@lru_cache(maxsize=16)
def _model_of(settings: Settings) -> Model:
    network = OpenAIModel(settings)
    _networks.add(network)
    counted = Counted(
        network,
        prices=prices_of(settings),
        meter=Meter(),
        budget=Budget(max_cost=settings.max_cost, max_tokens=settings.max_tokens),
    )
    limits = Limits(
        concurrency=settings.concurrency,
        requests_per_minute=settings.requests_per_minute,
        tokens_per_minute=settings.tokens_per_minute,
    )
    policy = RetryPolicy(max_attempts=settings.max_attempts, deadline=settings.deadline)
    gated = Gated(counted)
    asked = Retrying(Limited(gated, limits), policy, sleep=gated.wait)
    return Cached(asked, cache_of(settings)) if settings.cache else asked


def close_models() -> None:
    """Closes the connections of all models of this process; the next document opens new ones."""
    _model_of.cache_clear()
    for network in list(_networks):
        network.close()


def cache_of(settings: Settings) -> AnswerCache:
    """The cache of the settings."""
    return AnswerCache(settings.cache_dir or default_directory())


@lru_cache(maxsize=16)
def prices_of(settings: Settings) -> PriceTable:
    """The price table of the settings."""
    return load_prices(settings.prices)
