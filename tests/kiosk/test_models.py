"""What forms may say, and which machine a file is for."""

import pytest
from pydantic import ValidationError

from drivers.types import DeviceKind
from jobs.designs import name_tag
from jobs.designs.catalogue import print_shape
from jobs.errors import DesignRefusedError
from jobs.types import DesignKind
from kiosk.models import LONGEST_TEXT, TagForm, brought


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("  Léo ", "Léo"), ("Lé  o", "Lé o"), ("E\u0301lise", "Élise"), ("<b>", "<b>"), ("Œuf", "Œuf")],
)
def test_a_word_is_tidied_not_changed(typed: str, kept: str) -> None:
    """Spaces and composed letters are put right; the rest is the child's own."""
    assert TagForm(key="12345678", text=typed).text == kept


@pytest.mark.parametrize("typed", ["", "   ", "a\u202eb", "a\x07", "x" * 17])
def test_a_word_that_cannot_be_written_is_refused(typed: str) -> None:
    """Nothing to see, hidden direction marks, bells and novels are no name tags."""
    with pytest.raises(ValidationError):
        TagForm(key="12345678", text=typed)


def test_the_form_and_the_design_agree_on_the_longest_word() -> None:
    """A word that the page takes is one that the tag holds."""
    assert LONGEST_TEXT == name_tag.LONGEST_TEXT


@pytest.mark.parametrize("suffix", [".stl", ".3mf", ".obj"])
def test_shapes_go_to_the_printer(suffix: str) -> None:
    """Three kinds of mesh are printed."""
    assert brought(suffix) == (DesignKind.MESH, DeviceKind.PRINTER)


def test_drawings_go_to_the_mill() -> None:
    """An SVG is cut."""
    assert brought(".svg") == (DesignKind.DRAWING, DeviceKind.MILL)


@pytest.mark.parametrize("suffix", ["", ".gcode", ".nc", ".exe", ".svgz", ".stl "])
def test_other_files_are_refused(suffix: str) -> None:
    """Above all G-code: participants bring shapes, never machine commands."""
    with pytest.raises(DesignRefusedError):
        brought(suffix)


@pytest.mark.parametrize(
    ("word", "width_mm"), [("Zoé", 70.0), ("Maximilien", 70.0), ("MAËLYS-CHARLOTTE", 104.0)]
)
def test_a_long_word_gets_a_wider_tag(word: str, width_mm: float) -> None:
    """Every name that fits into the field is printable, without a question that a child cannot answer."""
    form = TagForm(key="12345678", text=word)
    assert form.width_mm == width_mm
    print_shape(DesignKind.NAME_TAG, {"text": form.text, "width_mm": form.width_mm})
