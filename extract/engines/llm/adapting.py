"""How many attempts an endpoint takes at once, found out from those that it turns away with 429.

The share of 429s decides, and not each of them. TCP halves at each loss and adds one for a round without any: where one answer in
twenty is a 429 at random, that ends at about five at once, whatever the endpoint would take. Here

- more than 15 % in a window: as many as it took, at once and not step by step;
- at most 5 %: an eighth more, at least one, up to what is set;
- in between: it stays.

A window is the first attempts that begin after the last one was decided: as many as are under way at once, and eight at least. It
is decided as soon as those of them that have not ended cannot change the outcome. It is made of attempts that begin and not of
answers that come, since a 429 is back in milliseconds and an answer in seconds: of the first to come back nearly all are 429s,
whatever their share is. What began before has been judged already, or left when more were allowed, and does not count again.

While a window waits for answers, attempts that begin after it may be turned away one after the other. So it is decided as well
when 429s are more than 15 % of all that have begun since it did.
"""

from __future__ import annotations

from dataclasses import dataclass, field

_SMALLEST_WINDOW = 8
_FEW, _MANY = 5, 15  # percent


@dataclass(slots=True)
class _Window:
    """The attempts that are judged together, what became of them, and the most that were under way at once.

    ``first`` is the number of the first, ``all_throttled`` how many were turned away of all that began since.
    """

    first: int
    members: set[int] = field(default_factory=set)
    taken: int = 0
    throttled: int = 0
    all_throttled: int = 0
    at_once: int = 0

    @property
    def size(self) -> int:
        return max(_SMALLEST_WINDOW, self.at_once)


class Adapting:
    """How many attempts may be under way, from what became of those before. One thread at a time may ask it.

    It begins with ``most`` and returns to it. None = any number, until the endpoint turns too many away: then what it took, and
    from there on more without end.
    """

    def __init__(self, most: int | None) -> None:
        self._most = most
        self._allowed = most
        self._under_way: set[int] = set()
        self._begun = 0
        self._window = _Window(0)

    @property
    def allowed(self) -> int | None:
        """How many may be under way now, at least one; None = any number."""
        return self._allowed

    @property
    def under_way(self) -> int:
        """How many have started and not ended."""
        return len(self._under_way)

    def start(self) -> int:
        """The number of an attempt that begins now."""
        number, window = self._begun, self._window
        self._begun += 1
        self._under_way.add(number)
        window.at_once = max(window.at_once, len(self._under_way))
        if len(window.members) < window.size:
            window.members.add(number)
        return number

    def ended(self, number: int, *, throttled: bool | None) -> None:
        """That attempt is over; None = its end says nothing about how many the endpoint takes."""
        self._under_way.remove(number)
        window = self._window
        if number < window.first:
            return
        if throttled is None:
            window.members.discard(number)  # the next one takes its place
            return
        window.all_throttled += throttled
        if number in window.members:
            window.throttled += throttled
            window.taken += not throttled
        self._decide(window, number)

    def _decide(self, window: _Window, last: int) -> None:
        since = max(window.size, self._begun - window.first)
        if 100 * window.throttled > _MANY * window.size or 100 * window.all_throttled > _MANY * since:
            self._allow(self._fewer(window, last))
        elif 100 * window.taken >= (100 - _FEW) * window.size:
            self._allow(self._more())
        elif window.throttled + window.taken == window.size:
            self._allow(self._allowed)

    def _allow(self, allowed: int | None) -> None:
        self._allowed = allowed
        self._window = _Window(self._begun)

    def _fewer(self, window: _Window, last: int) -> int:
        """As many as were taken of those that were under way at once.

        Their share says it where answers take no longer than 429s. Where they do, one attempt too many brings 429 after 429 while
        the others are answered: then it is those that began before the last 429 and still wait.
        """
        by_share = window.at_once * window.taken // (window.taken + window.all_throttled)
        waiting = sum(number < last for number in self._under_way)
        return max(1, by_share, waiting)

    def _more(self) -> int | None:
        if self._allowed is None:
            return None
        more = self._allowed + max(1, self._allowed // 8)
        return more if self._most is None else min(self._most, more)
