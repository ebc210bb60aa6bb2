"""What the pages for drawings and maps promise holds in the designs, and what they send is checked again."""

import httpx
import pytest

from jobs.designs.catalogue import SHAPES
from jobs.designs.mind_map import LARGEST_CAPITAL_MM, MARGIN_MM, SMALLEST_CAPITAL_MM
from jobs.designs.pen import BITS_MM, least_capital_mm
from jobs.designs.settings import Setting, read_values
from jobs.types import DesignKind
from kiosk.participant.sketches import THINGS, SketchForm, Slug, Thing, made_here
from kiosk.ways.mind_map import PLATES, Plate
from onboard.config import Config, MachineSection

KEY = "0123456789abcdef"
SVG = {"file": ("dessin.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0h9"/></svg>')}
PRINTED = [thing for thing in THINGS.values() if not thing.milled]


def setting(kind: DesignKind, key: str) -> Setting:
    """One setting of a printed shape."""
    return next(setting for setting in SHAPES[kind].printed.settings if setting.key == key)


@pytest.mark.parametrize("thing", PRINTED, ids=lambda thing: thing.slug)
def test_lines_and_sizes_are_within_the_design(thing: Thing) -> None:
    """Every width that may be chosen is one that the design takes, and the sizes are its own."""
    if thing.size_mm is not None:
        bounds = setting(thing.design, "size_mm")
        assert thing.size_mm == (bounds.low, bounds.high)
    for line_mm in thing.lines_mm:
        bounds = setting(thing.design, "line_mm")
        assert bounds.low <= line_mm <= bounds.high


@pytest.mark.parametrize("plate", PLATES.values(), ids=lambda plate: plate.size)
def test_the_picture_of_a_plate_knows_the_plate(plate: Plate) -> None:
    """Sizes are accepted by the design, and its smallest letters are the picture's."""
    shape = SHAPES[DesignKind.MIND_MAP]
    milled = shape.milled
    assert milled is not None
    settings = milled.settings if plate.machine == "mill" else shape.printed.settings
    values = read_values(settings, {"width_mm": plate.width_mm, "height_mm": plate.height_mm})
    assert plate.margin_mm == MARGIN_MM
    assert plate.largest_mm == LARGEST_CAPITAL_MM
    bit_mm = BITS_MM[values.text("tool")] if plate.machine == "mill" else None
    assert plate.least_mm == (least_capital_mm(bit_mm) if bit_mm else SMALLEST_CAPITAL_MM)


@pytest.mark.parametrize("thing", THINGS.values(), ids=lambda thing: thing.slug)
@pytest.mark.parametrize("size_mm", [0.1, 55.5, 999.0])
def test_whatever_size_was_drawn_the_design_takes_it(thing: Thing, size_mm: float) -> None:
    """A tablet may say what it likes: what is asked of the bike is within bounds."""
    form = SketchForm(key=KEY, thing=thing.slug, size_mm=size_mm, line_mm=size_mm / 10, engraved=True)
    asked = form.parameters()
    if thing.milled:
        assert asked == {"role": "engrave"}
    else:
        read_values(SHAPES[thing.design].printed.settings, asked)


def test_only_what_the_bike_can_make_is_offered(config: Config) -> None:
    """A bike with nothing but a printer offers no wood; one without machines shows everything."""
    printer = MachineSection(protocol="marlin", port="sim://marlin", profile="i3")
    alone = config.model_copy(update={"machines": {"prusa": printer}})
    assert [made_here(alone, THINGS[slug].device) for slug in (Slug.STAMP, Slug.PLATE)] == [True, False]
    assert all(made_here(config, thing.device) for thing in THINGS.values())


@pytest.mark.parametrize("slug", list(Slug))
async def test_every_thing_has_a_sheet(client: httpx.AsyncClient, slug: Slug) -> None:
    """From the question to the sheet, and a picture for each."""
    assert f'href="/dessiner/{slug}"' in (await client.get("/dessiner")).text
    page = await client.get(f"/dessiner/{slug}")
    assert page.status_code == 200
    assert f'name="thing" value="{slug}"' in page.text


@pytest.mark.parametrize(
    ("fields", "files", "status", "said"),
    [
        ({"thing": "plaque"}, {"file": ("a.png", b"x")}, 422, "un fichier SVG"),
        ({"thing": "fusee"}, SVG, 422, "Il manque quelque chose"),
        ({"thing": "plaque", "size_mm": "nan"}, SVG, 422, "Il manque quelque chose"),
        ({"thing": "plaque", "width_mm": "3"}, SVG, 422, "Il manque quelque chose"),
        ({}, SVG, 422, "Il manque quelque chose"),
        ({"thing": "plaque"}, SVG, 503, "Le vélo ne répond pas"),
    ],
)
async def test_a_bad_drawing_is_refused_with_a_sentence_and_leaves_nothing(
    client: httpx.AsyncClient,
    config: Config,
    fields: dict[str, str],
    files: dict[str, tuple[str, bytes]],
    status: int,
    said: str,
) -> None:
    """Wrong kind, wrong words, or nobody there: no file stays in the spool."""
    answer = await client.post("/dessiner", data={"key": KEY, **fields}, files=files)
    assert answer.status_code == status
    assert said in answer.text
    assert list(config.paths.spool.glob("*")) == []


@pytest.mark.parametrize(
    ("fields", "status", "said"),
    [
        ({"lines": " \n - \n"}, 422, "un mot au milieu"),
        ({"lines": "a" * 8001}, 422, "Il manque quelque chose"),
        ({"lines": "a", "plate": "marbre"}, 422, "Il manque quelque chose"),
        ({"lines": "a"}, 503, "Le vélo ne répond pas"),
    ],
)
async def test_a_bad_map_is_refused_with_a_sentence_and_leaves_nothing(
    client: httpx.AsyncClient, config: Config, fields: dict[str, str], status: int, said: str
) -> None:
    """No words, too many, an unknown plate, or nobody there."""
    answer = await client.post("/carte-mentale", data={"key": KEY, **fields})
    assert answer.status_code == status
    assert said in answer.text
    assert list(config.paths.spool.glob("*")) == []
