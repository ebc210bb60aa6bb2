"""What forms may say, which machine a file is for, and what a child may change of a design."""

import pytest

from drivers.types import DeviceKind
from jobs.designs.catalogue import SHAPES, Source, mill_shape, print_shape
from jobs.errors import DesignRefusedError
from jobs.types import Design, DesignKind
from kiosk.models import brought, key_of, wished
from kiosk.participant.knobs import MOST_SLIDERS, machines_for, panel_of
from kiosk.ways.words import legible

TAG = Design(DesignKind.NAME_TAG, DeviceKind.PRINTER)
BOTH = frozenset({DeviceKind.PRINTER, DeviceKind.MILL})


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("  Léo ", "Léo"), ("Lé  o", "Lé o"), ("E\u0301lise", "Élise"), ("<b>", "<b>"), ("Œuf", "Œuf")],
)
def test_a_word_is_tidied_not_changed(typed: str, kept: str) -> None:
    """Spaces and composed letters are put right; the rest is the child's own."""
    assert wished({"text": typed}, TAG).parameters == {"text": kept}


@pytest.mark.parametrize("typed", ["", "   ", "a\u202eb", "a\x07", "x" * 17])
def test_a_word_that_cannot_be_written_is_refused(typed: str) -> None:
    """Nothing to see, hidden direction marks and bells are no name tags."""
    with pytest.raises(DesignRefusedError):
        wished({"text": typed}, TAG)


@pytest.mark.parametrize(
    "fields",
    [
        {"width_mm": "wide"},
        {"width_mm": "nan"},
        {"width_mm": "1e999"},
        {"style": "golden"},
        {"device": "laser"},
        {"gcode": "M104 S300"},
        {"set": "gcode=M104 S300"},
    ],
)
def test_what_is_no_setting_is_refused(fields: dict[str, str]) -> None:
    """A form may only say what its page offers."""
    with pytest.raises(DesignRefusedError):
        wished(fields, TAG)


@pytest.mark.parametrize("key", ["", "short", "a b c d e f", "x" * 65])
def test_a_form_without_its_key_is_refused(key: str) -> None:
    """Without the key, sending twice would make two."""
    with pytest.raises(DesignRefusedError):
        key_of({"key": key})


def test_a_button_sets_one_value_after_the_fields() -> None:
    """A mending button wins over the field that still shows the old value; a comma is a point."""
    design = wished({"text": "Zoé", "width_mm": "70,5", "set": "width_mm=56"}, TAG)
    assert design.parameters == {"text": "Zoé", "width_mm": 56.0}
    assert wished({"width_mm": "70,5"}, TAG).parameters == {"width_mm": 70.5}


def test_another_machine_keeps_the_words_and_begins_anew_with_sizes() -> None:
    """A tag of 70 mm is too small for a bit, and the mill knows no raised letters."""
    printed = wished({"text": "Zoé", "width_mm": "70", "style": "raised"}, TAG)
    milled = wished({"device": "mill"}, printed)
    assert milled == Design(DesignKind.NAME_TAG, DeviceKind.MILL, None, {"text": "Zoé", "style": "engraved"})


def test_a_size_in_percent_is_a_scale_and_back() -> None:
    """A child moves a slider in percent; what no slider shows stays."""
    mesh = Design(DesignKind.MESH, DeviceKind.PRINTER, "0" * 32, {"supports": "none"})
    half = wished({"percent": "50"}, mesh)
    assert half.parameters == {"supports": "none", "scale": 0.5}
    assert [knob.value for knob in panel_of(half, BOTH).sliders] == [50.0, 1.0]
    assert wished({"percent": "100"}, half).parameters == {"supports": "none"}


@pytest.mark.parametrize("kind", [kind for kind in SHAPES if SHAPES[kind].source is not Source.MIND_MAP])
def test_every_page_asks_for_what_its_shape_can_be_made_of(kind: DesignKind) -> None:
    """At most three sliders, and the values shown first make the shape on each of its machines."""
    for device in machines_for(kind):
        panel = panel_of(Design(kind, device), BOTH)
        assert len(panel.sliders) <= MOST_SLIDERS
        fields = {knob.setting.key: str(knob.value or "Ida") for knob in panel.knobs}
        if SHAPES[kind].source is Source.DRAWING:
            continue
        values = dict(wished(fields, Design(kind, device)).parameters)
        values.pop("quality", None)
        values.pop("material", None)
        (print_shape if device is DeviceKind.PRINTER else mill_shape)(kind, values)


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
    design = legible(wished({"text": word}, TAG))
    assert design.parameters["width_mm"] == width_mm
    print_shape(DesignKind.NAME_TAG, design.parameters)
