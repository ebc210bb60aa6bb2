"""Every shape of the catalogue at the corners of its settings: whole, closed, and what was asked for."""

import itertools
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.cam.drawing import Drawing, Role
from jobs.cam.plan import read_plan
from jobs.cam.svg import read_svg
from jobs.designs import pen
from jobs.designs.area import STROKE_MM
from jobs.designs.bring import bring
from jobs.designs.brought import Brought
from jobs.designs.catalogue import SHAPES, Source, mill_shape, print_shape
from jobs.designs.settings import Setting, SettingKind
from jobs.designs.svg_out import svg_of
from jobs.errors import DesignRefusedError
from jobs.intake.mesh import Mesh
from jobs.machines import MILL
from jobs.prepare.cutting import mill_drawing
from jobs.types import DesignKind, Parameter
from tests.jobs.designs import sketches
from tests.jobs.designs.shapes import Grid, holes, is_sound, raster

KINDS = list(SHAPES)
WORDS = "Œuf à Zoë"


def made(kind: DesignKind, sketch: bytes = b"", **parameters: Parameter) -> Mesh:
    """A printed shape."""
    return print_shape(kind, parameters, bring(kind, sketch))


def usual_sketch(kind: DesignKind) -> bytes:
    """A file that a shape can be made of."""
    match SHAPES[kind].source:
        case Source.NONE:
            return b""
        case Source.DRAWING | Source.DRAWING_OR_NOT:
            return sketches.HEART
        case Source.MIND_MAP:
            return sketches.FREEMIND


def ends(setting: Setting) -> list[Parameter]:
    """The extreme values of a setting."""
    match setting.kind:
        case SettingKind.NUMBER:
            return [setting.low, setting.high]
        case SettingKind.TEXT:
            return [WORDS]
        case SettingKind.CHOICE:
            return [option.value for option in setting.options]


def corners() -> Iterator[tuple[DesignKind, dict[str, Parameter]]]:
    """Every shape with every combination of its extreme settings."""
    for kind, shape in SHAPES.items():
        keys = [setting.key for setting in shape.printed.settings]
        for values in itertools.product(*(ends(setting) for setting in shape.printed.settings)):
            yield kind, dict(zip(keys, values, strict=True))


@pytest.mark.parametrize("kind", KINDS)
def test_shapes_are_sound_at_every_corner_of_their_settings(kind: DesignKind) -> None:
    """One closed part that fits the bed, or the sentence that its letters would be too small."""
    brought = bring(kind, usual_sketch(kind))
    outcomes = [outcome(kind, parameters, brought) for of, parameters in corners() if of is kind]
    assert outcomes.count("sound") >= 0.5 * len(outcomes)
    assert set(outcomes) <= {"sound", "too-small"}


def outcome(kind: DesignKind, parameters: dict[str, Parameter], brought: Brought) -> str:
    """The code of a refusal, or "sound"."""
    try:
        mesh = print_shape(kind, parameters, brought)
    except DesignRefusedError as refusal:
        return refusal.code
    is_sound(mesh)
    return "sound"


@pytest.mark.parametrize("name", sketches.DRAWINGS)
@pytest.mark.parametrize("style", ["raised", "engraved", "lines"])
def test_any_drawing_hangs_on_a_ring(name: str, style: str) -> None:
    """Open, closed and separate lines become one part, with one hole more than the drawing itself has."""
    drawn = sketches.DRAWINGS[name]
    mesh = made(DesignKind.KEY_RING, drawn, style=style)
    is_sound(mesh)
    closed = {"heart": 1, "face": 1}.get(name, 0) if style == "lines" else 0
    assert holes(raster(mesh, 0.3)) == closed + 1


points = st.tuples(st.integers(0, 40), st.integers(0, 40))
scribbles = st.lists(st.lists(points, min_size=2, max_size=8), min_size=1, max_size=5)


@settings(max_examples=40)
@given(scribbles, st.sampled_from(["raised", "engraved", "lines"]), st.sampled_from([25.0, 120.0]))
def test_any_scribble_becomes_a_sound_key_ring(
    lines: list[list[tuple[int, int]]], style: str, size_mm: float
) -> None:
    """Lines that cross, touch and double back: one closed part, or a refusal of what is no drawing."""
    drawn = sketches.svg(*("M " + " L ".join(f"{x} {y}" for x, y in line) for line in lines))
    try:
        mesh = made(DesignKind.KEY_RING, drawn, style=style, size_mm=size_mm)
    except DesignRefusedError as refusal:
        assert refusal.code in {"svg_empty", "svg_size", "no-drawing"}  # noqa: PT017 - both outcomes are right
    else:
        is_sound(mesh)


@settings(max_examples=25)
@given(st.text(st.sampled_from("aeioué àŒçŁ&gj8B.'!-"), min_size=1, max_size=24), st.sampled_from(KINDS))
def test_any_words_stand_on_any_shape(words: str, kind: DesignKind) -> None:
    """Whatever is written on a stamp, a medal or a label: one closed part, or a sentence."""
    if kind not in {DesignKind.STAMP, DesignKind.MEDAL, DesignKind.PLANT_LABEL}:
        return
    try:
        mesh = made(kind, text=words)
    except DesignRefusedError as refusal:
        assert refusal.code in {"too-small", "text-length", "no-drawing"}  # noqa: PT017 - both are right
    else:
        is_sound(mesh)


def left_and_low(shape: Grid) -> tuple[float, float]:
    """How much of a shape lies in the left half of its box, and how much in the lower half."""
    rows, columns = np.nonzero(shape)
    left = float((columns < (columns.min() + columns.max()) / 2).mean())
    return left, float((rows < (rows.min() + rows.max()) / 2).mean())


def test_a_stamp_is_mirrored_and_a_medal_is_not() -> None:
    """The long stroke of an angle stands right on the stamp, left on paper; so does the stem of an L."""
    left, low = left_and_low(raster(made(DesignKind.STAMP, sketches.ANGLE), 19.5))
    assert left < 0.4
    assert low > 0.5
    assert left_and_low(raster(made(DesignKind.STAMP, text="L"), 19.5))[0] < 0.4
    assert (
        left_and_low(raster(made(DesignKind.MEDAL, sketches.ANGLE, ribbon_mm=8), 3.5)[60:220, 20:220])[0]
        > 0.6
    )


def test_a_stamp_prints_without_supports() -> None:
    """No layer reaches further than its own height over the one below, but for the relief on top."""
    stamp = made(DesignKind.STAMP, text="Lu")
    below = raster(stamp, 0.5, 0.25)
    for z_mm in np.arange(1.0, 18.0, 0.5):
        here = raster(stamp, float(z_mm), 0.25)
        grown = np.zeros_like(below)
        for rows, columns in itertools.product((-2, 0, 2), repeat=2):
            grown |= np.roll(below, (rows, columns), axis=(0, 1))
        assert not (here & ~grown).any()
        below = here


def test_a_cookie_cutter_is_a_wall_round_a_hole() -> None:
    """Flange below, wall above, 0.8 mm at the edge, and nothing in the middle at any height."""
    cutter = made(DesignKind.COOKIE_CUTTER, sketches.HEART)
    flange, wall, edge = (raster(cutter, z_mm, 0.2) for z_mm in (1.0, 8.0, 13.5))
    assert flange.sum() > 2.5 * wall.sum() > 2.5 * edge.sum() > 0
    assert [holes(raster(cutter, z_mm, 0.6)) for z_mm in (1.0, 8.0, 13.5)] == [1, 1, 1]
    assert widest(edge, 0.2) == pytest.approx(STROKE_MM, abs=0.25)
    assert widest(wall, 0.2) == pytest.approx(1.2, abs=0.25)


def widest(wall: Grid, step_mm: float) -> float:
    """The median width of a wall along the row through its middle."""
    row = np.concatenate(([0], wall[wall.shape[0] // 2].astype(int), [0]))
    starts, stops = np.flatnonzero(np.diff(row) == 1), np.flatnonzero(np.diff(row) == -1)
    return float(np.median(stops - starts)) * step_mm


def test_a_cookie_cutter_wants_one_closed_line() -> None:
    """An open line and two separate circles are refused with a sentence each."""
    with pytest.raises(DesignRefusedError, match="not closed"):
        made(DesignKind.COOKIE_CUTTER, sketches.BOLT)
    two = sketches.svg("M0 0 h20 v20 h-20 z", "M50 0 h20 v20 h-20 z")
    with pytest.raises(DesignRefusedError, match="one cookie"):
        made(DesignKind.COOKIE_CUTTER, two)


def test_the_slot_of_a_medal_goes_through() -> None:
    """Every height shows exactly one hole in the medal: the ribbon's."""
    for style in ("raised", "engraved"):
        medal = made(DesignKind.MEDAL, text="1", style=style)
        assert [holes(raster(medal, z_mm)) for z_mm in (0.1, 1.5)] == [1, 1]


def test_the_inks_are_two_nozzles_wide() -> None:
    """The thinnest line that can be asked for is 0.8 mm."""
    ring = made(DesignKind.MEDAL, sketches.svg("M 0 0 L 100 0", "M 0 50 L 100 50"), line_mm=0.8)
    column = raster(ring, 3.5, 0.05)[:, 600].astype(int)
    lines = np.flatnonzero(np.diff(column) == -1) - np.flatnonzero(np.diff(column) == 1)
    assert len(lines) == 4  # the rim twice, the two lines
    assert (lines[1:3] * 0.05 >= 0.75).all()


def test_missing_letters_are_named_on_every_shape() -> None:
    """A heart as a letter is never dropped."""
    for kind in (DesignKind.STAMP, DesignKind.MEDAL, DesignKind.PLANT_LABEL):
        with pytest.raises(DesignRefusedError, match="♥"):
            made(kind, text="Zoé ♥")
    with pytest.raises(DesignRefusedError, match="♥"):
        made(DesignKind.MIND_MAP, b'{"text": "a", "children": [{"text": "\\u2665"}]}')


def milled(kind: DesignKind, **parameters: Parameter) -> Drawing:
    """A shape for the mill."""
    words = {"text": "Zoé"} if any(s.key == "text" for s in SHAPES[kind].printed.settings) else {}
    return mill_shape(kind, {**words, **parameters}, bring(kind, usual_sketch(kind)))


MILLED = [kind for kind, shape in SHAPES.items() if shape.milled]


@pytest.mark.parametrize("tool", pen.BITS_MM)
@pytest.mark.parametrize("kind", MILLED)
def test_milled_shapes_pass_the_checker_with_every_bit(kind: DesignKind, tool: str) -> None:
    """The program is replayed and leaves of the sheet what was drawn, or a finer bit is asked for."""
    try:
        drawing = milled(kind, tool=tool)
    except DesignRefusedError as refusal:
        assert (refusal.code, tool) in {("too-small", "flat-3.175"), ("too-small", "flat-2")}  # noqa: PT017 - right
        return
    cut = mill_drawing(drawing, MILL, lambda _stage, _share: None, read_plan({"tool": tool}))
    assert cut.warnings == ()
    assert len(cut.program.data) > 1000


def test_letters_cut_out_of_a_plate_pass_the_checker() -> None:
    """Bars, islands and letters leave room for the bit."""
    drawing = milled(DesignKind.NAME_TAG, style="cut-out")
    mill_drawing(drawing, MILL, lambda _stage, _share: None, read_plan({}))


def test_the_mill_names_missing_letters_and_bits_that_are_too_wide() -> None:
    """The single-line alphabet has no stars; a wide bit would fill its own letters."""
    for kind in (DesignKind.NAME_TAG, DesignKind.MEDAL, DesignKind.PLANT_LABEL):
        with pytest.raises(DesignRefusedError, match="write: 漢"):
            milled(kind, text="Zoé 漢")
    with pytest.raises(DesignRefusedError, match="finer"):
        milled(DesignKind.NAME_TAG, text="Zoé & Lucas & Ma", width_mm=60)


@pytest.mark.parametrize("kind", MILLED)
def test_what_is_milled_comes_back_from_its_own_svg(kind: DesignKind) -> None:
    """The SVG that is handed out holds the same lines with the same roles at the same size."""
    drawing = milled(kind)
    again = read_svg(svg_of(drawing))
    assert again.width_mm == pytest.approx(drawing.width_mm, abs=0.01)
    assert again.height_mm == pytest.approx(drawing.height_mm, abs=0.01)
    assert sorted(o.role for o in again.outlines) == sorted(o.role for o in drawing.outlines)
    assert any(o.role is Role.CUT and o.closed for o in drawing.outlines)


@pytest.mark.parametrize("kind", [DesignKind.STAMP, DesignKind.COOKIE_CUTTER])
def test_what_cannot_be_milled_says_so(kind: DesignKind) -> None:
    """A stamp and a cookie cutter stand up: the mill is refused with a sentence."""
    with pytest.raises(DesignRefusedError, match="only be printed"):
        milled(kind)


@pytest.mark.parametrize(
    ("kind", "sketch", "code"),
    [
        (DesignKind.KEY_RING, b"", "no-drawing"),
        (DesignKind.COOKIE_CUTTER, b"", "no-drawing"),
        (DesignKind.STAMP, b"", "no-drawing"),
        (DesignKind.MEDAL, b"", "no-drawing"),
        (DesignKind.MIND_MAP, b"", "no-mind-map"),
        (DesignKind.NAME_TAG, sketches.HEART, "needs-no-file"),
        (DesignKind.KEY_RING, b"<!DOCTYPE svg><svg/>", "svg_doctype"),
        (DesignKind.KEY_RING, b"<svg", "svg_malformed"),
        (DesignKind.KEY_RING, sketches.scribble(4500), "too-detailed"),
    ],
)
def test_what_is_no_drawing_is_refused(kind: DesignKind, sketch: bytes, code: str) -> None:
    """Nothing, hostile files and endless scribbles: a code and a sentence each."""
    with pytest.raises(DesignRefusedError) as caught:
        made(kind, sketch)
    assert caught.value.code == code
