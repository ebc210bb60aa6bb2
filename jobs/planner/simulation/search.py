"""Whether so many people can have a whole object each, which weights of rooms alone cannot rule out."""

from collections.abc import Sequence
from typing import Final

Shares = tuple[float, ...]
"""What an object takes of each room, one for a full room."""

STEPS: Final = 4000
"""So many choices are looked at before a search is given up."""

_EPSILON: Final = 1e-6


class Search:
    """A count of people that is not ruled out may still be impossible: whoever gives up says yes.

    One person after the other is let in with one of the objects or left out, as long as those who are still
    needed could fit into each room by itself; people who are surely let in come first.

    Args:
        surely: The objects of each person who has to be among the served.
        others: The objects of each other person, the cheapest person first.
        steps: Choices that are looked at.
    """

    def __init__(
        self, surely: Sequence[Sequence[Shares]], others: Sequence[Sequence[Shares]], steps: int = STEPS
    ) -> None:
        self._people = [*surely, *others]
        self._surely = len(surely)
        self._steps = steps
        self._least = _least_of_the_rest(self._people)

    def may_fit(self, count: int) -> bool:
        """Can `count` people be served, as far as anybody has looked?"""
        if not self._surely <= count <= len(self._people):
            return False
        return count == 0 or self._fits(0, count, (1.0,) * len(self._people[0][0]))

    def _fits(self, one: int, needed: int, left: Shares) -> bool:
        if needed == 0:
            return True
        if len(self._people) - one < needed or self._is_too_much(one, needed, left):
            return False
        self._steps -= 1
        if self._steps < 0:
            return True
        for taken in self._people[one]:
            after = tuple(have - take for have, take in zip(left, taken, strict=True))
            if min(after) >= -_EPSILON and self._fits(one + 1, needed - 1, after):
                return True
        return one >= self._surely and self._fits(one + 1, needed, left)

    def _is_too_much(self, one: int, needed: int, left: Shares) -> bool:
        """Do the smallest shares of those who are still to come overfill a room?"""
        least = self._least[one][needed - 1]
        return any(take > have + _EPSILON for take, have in zip(least, left, strict=True))


def _least_of_the_rest(people: Sequence[Sequence[Shares]]) -> list[list[Shares]]:
    """For each person on: what one, two, three of those who follow take of each room at the very least."""
    smallest = [tuple(map(min, zip(*of_one, strict=True))) for of_one in people]
    out = []
    for one in range(len(people)):
        rooms = [sorted(room) for room in zip(*smallest[one:], strict=True)]
        sums = [[sum(room[: count + 1]) for count in range(len(room))] for room in rooms]
        out.append(list(zip(*sums, strict=True)))
    return out
