"""From JSON that anybody may have written to a program within the limits."""

import json
import re
from collections.abc import Callable, Sequence
from typing import Final, assert_never

from drivers.robots.program import RobotProgram, Step
from drivers.robots.refusals import Place, Refusal, RobotProgramError
from drivers.robots.shape import (
    KINDS,
    LONGEST_ID,
    MOST_BYTES,
    MOST_DEEP,
    MOST_STEPS,
    VERSION,
    Inner,
    Number,
    Part,
    Truth,
    Word,
)

BRACKETS_A_STEP: Final = 2
ID: Final = re.compile(rf"[!-~]{{1,{LONGEST_ID}}}")
"""Visible ASCII, whatever it be: pages write it as text, never as markup."""
QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)


def read_program(text: str | bytes) -> RobotProgram:
    """Return the program that a JSON text is.

    Raises:
        RobotProgramError: it is none, or it asks for more than a robot may be asked.
    """
    raw = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
    if len(raw) > MOST_BYTES:
        raise RobotProgramError(Refusal.TOO_BIG, most=MOST_BYTES)
    return checked_program(_parsed(raw))


def checked_program(found: object) -> RobotProgram:
    """Return the program that a parsed JSON text is; raises as `read_program` does."""
    if not isinstance(found, dict) or found.keys() != {"version", "steps"}:
        raise RobotProgramError(Refusal.NOT_A_PROGRAM)
    if found["version"] != VERSION or isinstance(found["version"], bool):
        raise RobotProgramError(Refusal.VERSION, known=VERSION)
    return RobotProgram(_Reader().steps(found["steps"], 1, Place(key="steps")))


def _parsed(raw: bytes) -> object:
    """No number that is none, no key twice, and no depth that would exhaust the stack of the parser."""
    try:
        text = raw.decode("utf-8")
        if _depth(text) > BRACKETS_A_STEP * (MOST_DEEP + 1):
            raise RobotProgramError(Refusal.TOO_DEEP, most=MOST_DEEP)
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_no_number)
    except ValueError as error:
        raise RobotProgramError(Refusal.NOT_JSON) from error


def _depth(text: str) -> int:
    deepest = depth = 0
    for sign in QUOTED.sub("", text):
        if sign in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif sign in "]}":
            depth -= 1
    return deepest


def _unique(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise RobotProgramError(Refusal.DUPLICATE_KEY)
    return found


def _no_number(_: str) -> object:
    raise RobotProgramError(Refusal.NOT_JSON)


class _Reader:
    """Counts the steps of one program as it reads them."""

    def __init__(self) -> None:
        self._count = 0

    def steps(self, found: object, depth: int, place: Place) -> tuple[Step, ...]:
        """Read a list of steps that lies so deep."""
        if not isinstance(found, list):
            raise RobotProgramError(Refusal.WRONG_TYPE if place.step else Refusal.NOT_A_PROGRAM, place)
        if depth > MOST_DEEP and found:
            raise RobotProgramError(Refusal.TOO_DEEP, place, most=MOST_DEEP)
        return tuple(self._step(each, depth) for each in found)

    def _step(self, found: object, depth: int) -> Step:
        self._count += 1
        if self._count > MOST_STEPS:
            raise RobotProgramError(Refusal.TOO_MANY, most=MOST_STEPS)
        place = Place(self._count)
        if not isinstance(found, dict):
            raise RobotProgramError(Refusal.UNKNOWN_STEP, place)
        place = Place(self._count, _id(found, place))
        do = found.get("do")
        kind = KINDS.get(do) if isinstance(do, str) else None
        if kind is None:
            raise RobotProgramError(Refusal.UNKNOWN_STEP, place)
        if found.keys() - kind.parts.keys() - {"do", "id"}:
            raise RobotProgramError(Refusal.UNKNOWN_KEY, place)
        if do == "when" and depth > 1:
            raise RobotProgramError(Refusal.WHEN_INSIDE, place)
        said = {
            name: self._part(part, found, depth, Place(place.step, place.id, key))
            for key, (name, part) in kind.parts.items()
        }
        make: Callable[..., Step] = kind.step
        return make(**said, id=place.id)

    def _part(self, part: Part, found: dict[str, object], depth: int, place: Place) -> object:
        if place.key not in found:
            if part == Inner(is_needed=False):
                return ()
            raise RobotProgramError(Refusal.MISSING_KEY, place)
        value = found[place.key]
        match part:
            case Number():
                return _number(part, value, place)
            case Word():
                return _word(part, value, place)
            case Truth():
                if isinstance(value, bool):
                    return value
                raise RobotProgramError(Refusal.WRONG_TYPE, place)
            case Inner():
                return self.steps(value, depth + 1, place)
            case _:
                assert_never(part)


def _id(found: dict[str, object], place: Place) -> str:
    identity = found.get("id", "")
    if identity != "" and not (isinstance(identity, str) and ID.fullmatch(identity)):
        raise RobotProgramError(Refusal.WRONG_TYPE, Place(place.step, key="id"))
    return str(identity)


def _number(part: Number, value: object, place: Place) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RobotProgramError(Refusal.WRONG_TYPE, place)
    if not part.low <= value <= part.high:
        raise RobotProgramError(Refusal.OUT_OF_RANGE, place, low=part.low, high=part.high)
    if part.is_whole and value != int(value):
        raise RobotProgramError(Refusal.WRONG_TYPE, place)
    return int(value) if part.is_whole else float(value)


def _word(part: Word, value: object, place: Place) -> object:
    if isinstance(value, str) and value in {word.value for word in part.words}:
        return part.words(value)
    raise RobotProgramError(Refusal.WRONG_TYPE, place)
