"""Where the names of points go in a picture, so that they cover neither one another nor a point."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

Point = tuple[float, float]

GAPS = (6, *range(18, 110, 5))
"""How far above or below its point a label may stand. From the second on, an upright line joins them."""
SHIFTS = ((0.5, 0.0, 1.0, 0.25, 0.75), (0.0, 1.0), (1.0, 0.0), (0.0,), (1.0,))
"""Which part of such a label may stand to the left of the point: what is tried one after the other, the best first."""
MARGIN = 2.0  # around the text of a label
MARKER = 4.0  # the radius of a point
ZONE = 12.0  # a label that is nearer than this to the point of another would be read as its name


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle by its lower left corner and its size."""

    x: float
    y: float
    width: float
    height: float

    def overlaps(self, other: Box) -> bool:
        """Whether the two share more than an edge."""
        beside = self.x >= other.x + other.width or other.x >= self.x + self.width
        return not beside and self.y < other.y + other.height and other.y < self.y + self.height

    def is_inside(self, other: Box) -> bool:
        """Whether nothing of this one is outside of the other."""
        return (
            other.x <= self.x
            and other.y <= self.y
            and self.x + self.width <= other.x + other.width
            and self.y + self.height <= other.y + other.height
        )


@dataclass(frozen=True, slots=True)
class Place:
    """Where a label may stand, the line that joins it to its point, if any, and how far it is away."""

    box: Box
    line: Box | None
    gap: float

    @property
    def parts(self) -> tuple[Box, ...]:
        return (self.box, self.line) if self.line else (self.box,)


def place_labels(points: Sequence[Point], sizes: Sequence[Point], *, frame: Box) -> list[Place]:
    """A place for the label of each point, given its size: inside the frame, on no other label, point or line.

    Labels choose one after the other, in several orders and by several preferences; that choice counts in which they end up
    nearest to their points. Where no place is free, a label stands to the right of its point, whatever is there.
    """
    from_left = sorted(range(len(points)), key=lambda at: points[at])
    turns = [from_left[at:] + from_left[:at] for at in range(len(points))]
    orders = (*turns, *(turn[::-1] for turn in turns))
    tried = [_placed(points, sizes, frame=frame, order=order, shifts=shifts) for order, shifts in product(orders, SHIFTS)]
    return min(tried, key=lambda places: sum(place.gap for place in places), default=[])


def _placed(
    points: Sequence[Point], sizes: Sequence[Point], *, frame: Box, order: Sequence[int], shifts: Sequence[float]
) -> list[Place]:
    chosen: dict[int, Place] = {}
    for at in order:
        others = [*points[:at], *points[at + 1 :]]
        taken = [part for place in chosen.values() for part in place.parts]
        free = (
            place
            for place in _places(points[at], sizes[at], shifts=shifts)
            if _is_free(place, others=others, taken=taken, frame=frame)
        )
        x, y = points[at]
        beside = Box(x + GAPS[0], y - sizes[at][1] / 2, *sizes[at])
        chosen[at] = next(free, Place(beside, None, 10 * GAPS[-1]))
    return [chosen[at] for at in range(len(points))]


def _is_free(place: Place, *, others: Sequence[Point], taken: Sequence[Box], frame: Box) -> bool:
    if not place.box.is_inside(frame) or any(part.overlaps(box) for part in place.parts for box in taken):
        return False
    near = any(place.box.overlaps(_around(point, ZONE)) for point in others)
    return not near and not (place.line and any(place.line.overlaps(_around(point, MARKER)) for point in others))


def _around(point: Point, radius: float) -> Box:
    return Box(point[0] - radius, point[1] - radius, 2 * radius, 2 * radius)


def _places(point: Point, size: Point, *, shifts: Sequence[float]) -> Iterator[Place]:
    """Where a label may stand, the best place first: to the right or left of its point, then above or below it."""
    (x, y), (width, height) = point, size
    for left in (x + GAPS[0], x - GAPS[0] - width):
        yield Place(Box(left, y - height / 2, width, height), None, GAPS[0])
    for gap, part, up in product(GAPS, shifts, (True, False)):
        bottom = y + gap if up else y - gap - height
        line = Box(x - 1, y + MARKER if up else y - gap, 2, gap - MARKER) if gap > GAPS[0] else None
        left = x - MARGIN - part * (width - 2 * MARGIN)  # the line meets the text, not its margin
        yield Place(Box(left, bottom, width, height), line, gap)
