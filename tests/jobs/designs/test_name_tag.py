"""Name tags: closed, printable, and honest about letters the font lacks."""

import time

import pytest

from jobs.designs.letters import Letters
from jobs.designs.name_tag import LONGEST_TEXT, name_tag, read_parameters
from jobs.errors import DesignRefusedError
from jobs.intake.mesh import open_edges
from jobs.types import Parameter

FRENCH = "àâäæçéèêëîïôœùûüÿÀÂÄÆÇÉÈÊËÎÏÔŒÙÛÜŸ«»’€&Łłżśńáíóúñãõßøå"


def refused(parameters: dict[str, Parameter]) -> DesignRefusedError:
    """The refusal of parameters that must not be made."""
    with pytest.raises(DesignRefusedError) as caught:
        name_tag(read_parameters(parameters))
    return caught.value


@pytest.mark.parametrize(
    "text", ["Zoë & Łukasz", "Œuvre été", "i", "%", "a b", "Ω≈ Ж", "Noe\u0308l", "MMMMMMMM"]
)
def test_tags_are_closed_and_fit_the_bed(text: str) -> None:
    """Every tag is watertight, right side out, and stands at z = 0."""
    tag = name_tag(read_parameters({"text": text, "width_mm": 90}))
    width_mm, depth_mm, height_mm = tag.size_mm
    assert open_edges(tag) == 0
    assert tag.volume_mm3 > 0
    assert tag.low_mm[2] == 0
    assert height_mm == pytest.approx(3)
    assert width_mm <= 90.01
    assert depth_mm <= 26.01


def test_a_tag_takes_less_than_a_third_of_a_second() -> None:
    """Sixteen letters, ring hole and plate are made in 0.3 s of processor time."""
    parameters = read_parameters({"text": "Œuvre ét & Éloïé", "width_mm": 150})
    spent_s = []
    for _ in range(3):
        started_s = time.process_time()
        name_tag(parameters)
        spent_s.append(time.process_time() - started_s)
    assert min(spent_s) < 0.3


def test_the_font_writes_french_and_its_neighbours() -> None:
    """Accents, œ and Ł have glyphs; none of them would be dropped."""
    assert Letters().missing(FRENCH) == ""


def test_an_accent_changes_the_shape() -> None:
    """É is more than E: the accent is really there."""
    letters = Letters()
    assert letters.outline("É").area() > letters.outline("E").area() * 1.05
    assert letters.outline("E\u0301").area() == pytest.approx(letters.outline("É").area())


def test_missing_letters_are_named() -> None:
    """Signs the font lacks are named, not dropped."""
    why = refused({"text": "Zoë ♥ שלום"})
    assert why.code == "missing-letters"
    assert "♥ ש ל ו ם" in why.sentence.fr


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({}, "text-length"),
        ({"text": "   "}, "text-length"),
        ({"text": "x" * (LONGEST_TEXT + 1)}, "text-length"),
        ({"text": 5}, "parameters"),
        ({"text": "Zoé", "height": 3}, "parameters"),
        ({"text": "Zoé", "width_mm": 39}, "width"),
        ({"text": "Zoé", "width_mm": 1e9}, "width"),
        ({"text": "Zoé", "width_mm": float("nan")}, "width"),
        ({"text": "Zoé", "width_mm": True}, "width"),
        ({"text": "Zoé", "width_mm": "70"}, "width"),
        ({"text": "W" * 16, "width_mm": 40}, "too-small"),
        ({"text": "a\x00b"}, "missing-letters"),
    ],
)
def test_parameters_are_bounded(parameters: dict[str, Parameter], code: str) -> None:
    """Whatever a form sends, a tag is bounded or refused."""
    assert refused(parameters).code == code
