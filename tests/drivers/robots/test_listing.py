"""A program as text says the same as its blocks, in both languages."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.robots.listing import listed, read_listing
from drivers.robots.program import If, Repeat, Step, When
from drivers.robots.reading import checked_program
from drivers.robots.refusals import Refusal, RobotProgramError
from tests.drivers.robots.programs import SQUARE, program, whole_programs

FRENCH = """\
baisse le stylo
répète 4 fois
  avance 200
  tourne à gauche 90
fin
"""
ENGLISH = """\
pen down
repeat 4 times
  forward 200
  turn left 90
end
"""


def bare(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The same steps without ids."""
    return tuple(_bare(step) for step in steps)


def _bare(step: Step) -> Step:
    match step:
        case Repeat() | When():
            return replace(step, steps=bare(step.steps), id="")
        case If():
            return replace(step, then=bare(step.then), otherwise=bare(step.otherwise), id="")
        case _:
            return replace(step, id="")


def test_a_square_reads_as_it_is_said() -> None:
    """The same program, in the words of both languages."""
    assert listed(program(*SQUARE), "fr") == FRENCH
    assert listed(program(*SQUARE), "en") == ENGLISH


@given(whole_programs, st.sampled_from(["fr", "en"]))
@settings(max_examples=60, deadline=None)
def test_text_and_program_are_each_others_inverse(found: dict[str, object], language: str) -> None:
    """Whatever is written out is read back the same."""
    whole = checked_program(found)
    assert bare(read_listing(listed(whole, language), language).steps) == bare(whole.steps)


def test_a_person_may_write_as_a_person_does() -> None:
    """Capitals, no accents, blanks, empty lines, a comma or a point, a note after a #."""
    written = (
        "\n  REPETE 2  fois # deux\n\nattends 0.5\nATTENDS 0,5\nsi Lumiere < 20\nsinon\nrecule 3\nfin\nfin\n"
    )
    read = read_listing(written, "fr")
    assert listed(read, "en") == (
        "repeat 2 times\n  wait 0.5\n  wait 0.5\n  if light < 20\n  else\n    back 3\n  end\nend\n"
    )
    assert read.steps[0].id == "l2"


@pytest.mark.parametrize(
    ("text", "refusal", "line"),
    [
        ("avance 10\nsaute", Refusal.UNREADABLE_LINE, 2),
        ("avance dix", Refusal.UNREADABLE_LINE, 1),
        ("fin", Refusal.UNREADABLE_LINE, 1),
        ("sinon", Refusal.UNREADABLE_LINE, 1),
        ("répète 2 fois\nsinon\nfin", Refusal.UNREADABLE_LINE, 2),
        ("répète 2 fois\nattends 1", Refusal.MISSING_END, 1),
        ("répète 5000 fois\nfin", Refusal.OUT_OF_RANGE, 1),
        ("si caméra < 3\nfin", Refusal.WRONG_TYPE, 1),
        ("avance 1\n" * 501, Refusal.TOO_MANY, 0),
        ("répète 2 fois\n" * 20 + "avance 1\n" + "fin\n" * 20, Refusal.TOO_DEEP, 8),
        ("#" * 100_000, Refusal.TOO_BIG, 0),
    ],
)
def test_what_cannot_be_read_is_told(text: str, refusal: Refusal, line: int) -> None:
    """With the line, or the step, at which it stands."""
    with pytest.raises(RobotProgramError) as caught:
        read_listing(text, "fr")
    assert caught.value.refusal is refusal
    assert caught.value.place.step == line
