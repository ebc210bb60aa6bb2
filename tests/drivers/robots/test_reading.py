"""Programs are read within limits; whatever else is refused with a code and a sentence."""

import contextlib
import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.robots.fitting import lacks, require
from drivers.robots.program import If, Move, Repeat, Side, When
from drivers.robots.reading import checked_program, read_program
from drivers.robots.refusals import ENGLISH, Refusal, RobotProgramError
from drivers.robots.schema import program_schema, schema_text
from drivers.robots.types import Abilities, Button, Sensor
from drivers.robots.writing import written_program
from tests.drivers.robots.programs import ABLE, SQUARE, program, whole_programs

PUBLISHED = Path(__file__).parents[3] / "docs" / "robots" / "program.schema.json"
MOVE = '{"do": "move", "mm": 10}'


def steps(*texts: str) -> str:
    """A program's text of such steps."""
    return f'{{"version": 1, "steps": [{", ".join(texts)}]}}'


def within(depth: int, inner: str) -> str:
    """The text of a step that lies so deep in repeats."""
    return '{"do": "repeat", "times": 2, "steps": [' * depth + inner + "]}" * depth


HOSTILE = {
    "a milliard repeats": (steps('{"do": "repeat", "times": 1000000000, "steps": []}'), Refusal.OUT_OF_RANGE),
    "nested 1,000 deep": (steps(within(1000, MOVE)), Refusal.TOO_DEEP),
    "brackets without end": ("[" * 40_000, Refusal.TOO_DEEP),
    "one too deep": (steps(within(8, MOVE)), Refusal.TOO_DEEP),
    "huge": (steps('{"do": "move", "mm": 1e308}'), Refusal.OUT_OF_RANGE),
    "beyond floats": (steps('{"do": "move", "mm": 1e999}'), Refusal.OUT_OF_RANGE),
    "beyond floats, whole": (steps(f'{{"do": "move", "mm": 1{"0" * 400}}}'), Refusal.OUT_OF_RANGE),
    "beyond integers": (steps(f'{{"do": "move", "mm": 1{"0" * 6000}}}'), Refusal.NOT_JSON),
    "NaN": (steps('{"do": "move", "mm": NaN}'), Refusal.NOT_JSON),
    "infinite": (steps('{"do": "wait", "s": -Infinity}'), Refusal.NOT_JSON),
    "negative times": (steps('{"do": "repeat", "times": -1, "steps": []}'), Refusal.OUT_OF_RANGE),
    "half a time": (steps('{"do": "repeat", "times": 1.5, "steps": []}'), Refusal.WRONG_TYPE),
    "negative wait": (steps('{"do": "wait", "s": -1}'), Refusal.OUT_OF_RANGE),
    "a word for a number": (steps('{"do": "move", "mm": "10"}'), Refusal.WRONG_TYPE),
    "true for a number": (steps('{"do": "move", "mm": true}'), Refusal.WRONG_TYPE),
    "a number for true": (steps('{"do": "pen", "down": 1}'), Refusal.WRONG_TYPE),
    "unknown step": (steps('{"do": "exec", "code": "import os"}'), Refusal.UNKNOWN_STEP),
    "a list for a step": (steps("[]"), Refusal.UNKNOWN_STEP),
    "a list for a name": (steps('{"do": []}'), Refusal.UNKNOWN_STEP),
    "unknown key": (steps('{"do": "move", "mm": 10, "eval": "1"}'), Refusal.UNKNOWN_KEY),
    "missing key": (steps('{"do": "move"}'), Refusal.MISSING_KEY),
    "key twice": (steps('{"do": "move", "mm": 10, "mm": 20}'), Refusal.DUPLICATE_KEY),
    "steps twice": ('{"version": 1, "steps": [], "steps": []}', Refusal.DUPLICATE_KEY),
    "unknown sensor": (
        steps('{"do": "if", "sensor": "camera", "is": "below", "value": 1, "then": []}'),
        Refusal.WRONG_TYPE,
    ),
    "when inside": (steps(within(1, '{"do": "when", "button": "a", "steps": []}')), Refusal.WHEN_INSIDE),
    "steps no list": (steps('{"do": "repeat", "times": 1, "steps": {}}'), Refusal.WRONG_TYPE),
    "too many": (steps(*[MOVE] * 501), Refusal.TOO_MANY),
    "too many, nested": (steps(*[within(3, MOVE)] * 130), Refusal.TOO_MANY),
    "10 MB": (steps(*[MOVE] * 400_000), Refusal.TOO_BIG),
    "markup for an id": (steps('{"do": "wait", "s": 1, "id": "<b> é"}'), Refusal.WRONG_TYPE),
    "a long id": (steps(f'{{"do": "wait", "s": 1, "id": "{"x" * 41}"}}'), Refusal.WRONG_TYPE),
    "another version": ('{"version": 2, "steps": []}', Refusal.VERSION),
    "true for a version": ('{"version": true, "steps": []}', Refusal.VERSION),
    "a list": ("[]", Refusal.NOT_A_PROGRAM),
    "null": ("null", Refusal.NOT_A_PROGRAM),
    "more keys": ('{"version": 1, "steps": [], "x": 1}', Refusal.NOT_A_PROGRAM),
    "no list": ('{"version": 1, "steps": 1}', Refusal.NOT_A_PROGRAM),
    "nothing": ("", Refusal.NOT_JSON),
    "cut short": ('{"version": 1, "steps": [{"do": "mo', Refusal.NOT_JSON),
    "no text": (b"\xff\xfe\x00{", Refusal.NOT_JSON),
    "half a sign": ('{"version": 1, "steps": "\ud800"}', Refusal.NOT_JSON),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_programs_are_refused(name: str) -> None:
    """Each with a stable code, from which a sentence is made that holds nothing of what was sent."""
    text, refusal = HOSTILE[name]
    with pytest.raises(RobotProgramError) as caught:
        read_program(text)
    assert caught.value.refusal is refusal
    assert str(caught.value).endswith((".", "them."))
    assert "{" not in str(caught.value)


def test_every_refusal_has_a_sentence() -> None:
    """No code is without its English."""
    assert set(ENGLISH) == set(Refusal)


def test_a_refusal_tells_where() -> None:
    """Step, block and key are told, and the limits that were not kept."""
    with pytest.raises(RobotProgramError) as caught:
        program(*SQUARE, {"do": "move", "mm": 5000, "id": "far"})
    error = caught.value
    assert (error.place.step, error.place.id, error.place.key) == (5, "far", "mm")
    assert error.numbers == {"low": -2000, "high": 2000}
    assert str(error) == "In step 5, mm must be between -2000 and 2000."


def test_steps_become_what_they_say() -> None:
    """Keys become fields, words become members, a missing else is empty."""
    read = program(
        {"do": "if", "sensor": "distance", "is": "below", "value": 100, "then": [{"do": "move", "mm": -5}]},
        {"do": "repeat", "times": 3.0, "steps": []},
        {"do": "when", "button": "centre", "steps": [], "id": "b"},
    )
    assert read.steps == (
        If(Sensor.DISTANCE, Side.BELOW, 100.0, (Move(-5.0),), ()),
        Repeat(3, ()),
        When(Button.CENTRE, (), "b"),
    )


def test_a_robot_that_lacks_something_is_told_before() -> None:
    """The first step that asks for more than the robot has is named."""
    with pytest.raises(RobotProgramError) as caught:
        require(program(*SQUARE), Abilities(gauge=None))
    assert (caught.value.refusal, caught.value.place.id) == (Refusal.NO_PEN, "pen")
    found = [error.refusal for error in lacks(program(*SQUARE), Abilities(gauge=None))]
    assert found == [Refusal.NO_PEN, Refusal.NO_WHEELS, Refusal.NO_WHEELS]
    require(program(*SQUARE), ABLE)


def test_the_published_schema_is_current() -> None:
    """Renew it with `python -m drivers.robots.schema docs/robots`."""
    assert PUBLISHED.read_text(encoding="utf-8") == schema_text()


@given(whole_programs)
def test_whatever_is_read_is_written_back(found: dict[str, object]) -> None:
    """Reading and writing are each other's inverse, and the schema agrees."""
    read = checked_program(found)
    assert checked_program(json.loads(json.dumps(written_program(read)))) == read
    jsonschema.Draft202012Validator(program_schema()).validate(found)


@pytest.mark.parametrize("name", [name for name, (_, refusal) in HOSTILE.items() if refusal in {
    Refusal.OUT_OF_RANGE, Refusal.UNKNOWN_STEP, Refusal.UNKNOWN_KEY, Refusal.MISSING_KEY, Refusal.VERSION}
])  # fmt: skip
def test_the_schema_refuses_alike(name: str) -> None:
    """What it can say at all, it says as the reader does."""
    found = json.loads(HOSTILE[name][0])
    assert list(jsonschema.Draft202012Validator(program_schema()).iter_errors(found))


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
        st.sampled_from(["do", "version", "steps", "times", "mm", "id", "then", "x"]), inner, max_size=4),
    max_leaves=20,
))  # fmt: skip
def test_any_json_is_read_or_refused(found: object) -> None:
    """Nothing else than a refusal ever comes out."""
    for text in (json.dumps(found), json.dumps({"version": 1, "steps": found})):
        with contextlib.suppress(RobotProgramError):
            checked_program(written_program(read_program(text)))
