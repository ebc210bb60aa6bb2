"""Drawings that come in: where they land, what they mean, and what is refused."""

import json
import math
import random
import time
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from jobs.cam.drawing import MARGIN_MM, Drawing, Role, with_roles
from jobs.cam.svg import Reading, read_svg
from jobs.cam.svg_guard import MAX_BYTES
from jobs.errors import DesignRefusedError
from jobs.prepare.drawing_picture import picture_svg, polylines_json

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
SHEET = f'{SVG} width="100mm" height="100mm" viewBox="0 0 100 100">'


def drawn(body: str, head: str = SHEET) -> Drawing:
    """Read a drawing from its shapes."""
    return read_svg(f"{head}{body}</svg>".encode())


def refusal(data: bytes) -> str:
    """Return the code with which data is refused, and check that it speaks both languages."""
    with pytest.raises(DesignRefusedError) as refused:
        read_svg(data)
    assert refused.value.sentence.fr
    assert refused.value.sentence.en
    return refused.value.code


def bomb(levels: int, copies: int) -> bytes:
    """Write nested groups that unfold into copies to the power of levels."""
    groups = '<g id="a0"><rect width="1" height="1"/></g>'
    for level in range(1, levels):
        groups += f'<g id="a{level}">' + f'<use xlink:href="#a{level - 1}"/>' * copies + "</g>"
    return f'{SVG}><defs>{groups}</defs><use xlink:href="#a{levels - 1}"/></svg>'.encode()


def test_a_rotated_rectangle_lands_right():
    """A 30 × 10 rectangle turned by 30° has the corners trigonometry gives it, y upwards."""
    drawing = drawn('<rect x="20" y="20" width="30" height="10" transform="rotate(30 20 20)"/>')
    cosine, sine = math.cos(math.pi / 6), math.sin(math.pi / 6)
    corners = [(0, 0), (30 * cosine, 30 * sine), (30 * cosine - 10 * sine, 30 * sine + 10 * cosine)]
    corners.append((-10 * sine, 10 * cosine))
    left, top = min(x for x, _ in corners), max(y for _, y in corners)
    expected = [(x - left + MARGIN_MM, top - y + MARGIN_MM) for x, y in corners]
    assert np.allclose(sorted(drawing.outlines[0].points_mm), sorted(expected), atol=0.002)
    assert drawing.width_mm == pytest.approx(30 * cosine + 10 * sine, abs=0.001)


@pytest.mark.parametrize(
    ("head", "size_mm"),
    [
        (f"{SVG}>", 96 * 25.4 / 96),
        (f'{SVG} viewBox="0 0 96 96">', 25.4),
        (f'{SVG} width="96mm" height="96mm" viewBox="0 0 96 96">', 96.0),
        (f'{SVG} width="2in" height="2in" viewBox="0 0 96 96">', 50.8),
    ],
)
def test_sizes_follow_the_units(head: str, size_mm: float):
    """Without a unit a drawing has 96 points an inch."""
    assert drawn('<rect width="96" height="96"/>', head).width_mm == pytest.approx(size_mm, rel=1e-5)


def test_curves_stay_within_their_tolerance():
    """No corner or chord of a flattened circle strays more than 0.03 mm from it."""
    points = np.array(drawn('<circle cx="50" cy="50" r="40"/>').outlines[0].points_mm) - (40 + MARGIN_MM)
    middles = (points + np.roll(points, 1, axis=0)) / 2
    assert np.abs(np.hypot(*points.T) - 40).max() < 0.03
    assert np.abs(np.hypot(*middles.T) - 40).max() < 0.03


def test_colours_give_roles():
    """Red stroke is cut, blue fill is a pocket, the rest is engraved."""
    drawing = drawn(
        '<rect width="9" height="9" fill="none" stroke="red"/><circle cx="30" cy="9" r="5" fill="#00f"/>'
        '<path d="M40 0 h9" stroke="black"/><path d="M60 0 h9 v9 z" fill="none" stroke="green"/>'
    )
    assert [outline.role for outline in drawing.outlines] == [
        Role.CUT,
        Role.POCKET,
        Role.ENGRAVE,
        Role.ENGRAVE,
    ]


def test_a_drawing_without_these_colours_is_cut_along_its_closed_lines():
    """A plain black drawing is useful as it is."""
    drawing = drawn('<circle cx="30" cy="9" r="5"/><path d="M40 0 h9" stroke="black" fill="none"/>')
    assert [(outline.role, outline.closed) for outline in drawing.outlines] == [
        (Role.CUT, True),
        (Role.ENGRAVE, False),
    ]


def test_what_is_not_shown_is_not_cut():
    """Definitions, clipping shapes, hidden groups and shapes without paint are no lines."""
    drawing = drawn(
        '<defs><rect width="1" height="1"/></defs><g display="none"><rect width="2" height="2"/></g>'
        '<clipPath id="c"><rect width="5" height="5"/></clipPath><rect width="6" height="6" fill="none"/>'
        '<rect x="3" width="9" height="9"/>'
    )
    assert len(drawing.outlines) == 1


def test_what_cannot_be_milled_is_said():
    """A picture inside the drawing and a clip are named; the rest is read."""
    drawing = drawn(
        '<image href="data:image/png;base64,AAAA" width="9" height="9"/><clipPath id="c"/>'
        '<rect width="9" height="9" clip-path="url(#c)"/>'
    )
    assert len(drawing.outlines) == 1
    assert [note.en for note in drawing.notes] == [
        "This drawing holds a clip-path: the mill ignores it.",
        "This drawing holds a picture: the mill ignores it.",
    ]


def test_the_size_can_be_chosen():
    """A width or a factor scales the drawing, and its curves keep their tolerance."""
    svg = f'{SVG}><circle cx="50" cy="50" r="40"/></svg>'.encode()
    assert read_svg(svg).unitless
    assert not drawn('<circle r="9"/>').unitless
    assert read_svg(svg, Reading(scale=0.5)).width_mm == pytest.approx(40 * 25.4 / 96, abs=0.02)
    wide = read_svg(svg, Reading(width_mm=200.0))
    assert (wide.width_mm, wide.height_mm) == pytest.approx((200, 200), abs=0.1)
    points = np.array(wide.outlines[0].points_mm) - (100 + MARGIN_MM)
    middles = (points + np.roll(points, 1, axis=0)) / 2
    assert np.abs(np.hypot(*middles.T) - 100).max() < 0.05


def test_roles_can_be_chosen_by_hand():
    """All lines or single ones get another role; what is not there or open is refused."""
    drawing = drawn('<circle cx="30" cy="9" r="5"/><path d="M40 0 h9" stroke="black" fill="none"/>')
    chosen = with_roles(drawing, Role.ENGRAVE, {0: Role.POCKET})
    assert [outline.role for outline in chosen.outlines] == [Role.POCKET, Role.ENGRAVE]
    assert [outline.role for outline in with_roles(drawing, Role.POCKET, {}).outlines] == [
        Role.POCKET,
        Role.ENGRAVE,
    ]
    for wrong in ({2: Role.CUT}, {1: Role.POCKET}):
        with pytest.raises(DesignRefusedError):
            with_roles(drawing, None, wrong)


FRENCH = "Éèêëàâçîïôûùü ŒœÆæ «Ça» l’été…"


@pytest.mark.parametrize("one_line", [False, True])
def test_every_french_letter_is_drawn(one_line: bool):
    """Each letter leaves its own ink, and an accent adds to its letter."""
    for sign in dict.fromkeys(FRENCH.replace(" ", "")):
        assert letter(sign, one_line=one_line).outlines
    for plain, accented in ("eé", "cç", "aà", "EÉ", "uû"):
        assert len(letter(accented, one_line=one_line).outlines) >= len(
            letter(plain, one_line=one_line).outlines
        )
        assert letter(accented, one_line=one_line).height_mm > letter(plain, one_line=one_line).height_mm


def letter(sign: str, *, one_line: bool) -> Drawing:
    """Read a drawing of one letter."""
    svg = f'{SHEET}<text x="20" y="50" font-size="30">{sign}</text></svg>'
    return read_svg(svg.encode(), Reading(one_line=one_line))


def test_letters_are_engraved_even_in_a_plain_drawing():
    """The plate is cut, its letters are not; a font of single lines gives open lines."""
    drawing = drawn('<rect width="60" height="20"/><text y="15" font-family="Hershey Sans">nv</text>')
    assert [
        (line.role, line.closed) for line in drawing.outlines if not line.closed or line.role is Role.CUT
    ] == [
        (Role.CUT, True),
        *[(Role.ENGRAVE, False)] * (len(drawing.outlines) - 1),
    ]


def test_used_shapes_are_drawn():
    """An honest `use` is followed."""
    drawing = drawn(
        '<defs><rect id="r" width="9" height="9"/></defs><use href="#r" x="1"/><use href="#r" x="30"/>'
    )
    assert len(drawing.outlines) == 2
    assert drawing.width_mm == pytest.approx(38)


def test_the_preview_is_made_of_our_own_numbers():
    """Nothing of the upload but its geometry reaches a screen."""
    drawing = drawn(
        '<title>alert</title><rect id="alert" width="9" height="9" style="stroke:red" class="alert"/>'
    )
    picture = picture_svg(drawing)
    assert {element.tag.rpartition("}")[2] for element in ET.fromstring(picture).iter()} == {"svg", "polygon"}  # noqa: S314 - our own picture
    assert b"alert" not in picture
    whole = json.loads(polylines_json(drawing))
    assert whole["width_mm"] == pytest.approx(9)
    assert whole["lines"][0]["role"] == "cut"
    assert whole["lines"][0]["points"][0] == [MARGIN_MM, MARGIN_MM + 9]


STILL = f'<path id="p" d="M0 0 {"L1 1 " * 30_000}"/>'
USED = '<use href="#p"/>'
LONG_TEXT = f"<text>{'a' * 250}</text>"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "svg_malformed"),
        (b"hello", "svg_malformed"),
        (b"\x00" * 100, "svg_malformed"),
        (b"<html/>", "svg_malformed"),
        (b'<!DOCTYPE svg [<!ENTITY a "aaaa">]><svg>&a;</svg>', "svg_doctype"),
        (b" " * (MAX_BYTES + 1), "svg_too_large"),
        (f"{SHEET}</svg>".encode(), "svg_empty"),
        (f'{SHEET}<rect width="9" height="9" fill="white"/></svg>'.encode(), "svg_empty"),
        (f"{SHEET}<text>Salut \u4f60</text></svg>".encode(), "missing-letters"),
        (f"{SHEET}<text>{'a' * 301}</text></svg>".encode(), "too-much-text"),
        (f"{SHEET}<script>alert(1)</script></svg>".encode(), "svg_script"),
        (f'{SHEET}<rect width="9" height="9" onclick="alert(1)"/></svg>'.encode(), "svg_script"),
        (
            f'{SHEET}<a href=" java\nscript:alert(1)"><rect width="9" height="9"/></a></svg>'.encode(),
            "svg_script",
        ),
        (f'{SHEET}<image href="file:///etc/passwd" width="9" height="9"/></svg>'.encode(), "svg_foreign"),
        (f'{SHEET}<image href="a.png" width="9" height="9"/></svg>'.encode(), "svg_foreign"),
        (f'{SHEET}<rect width="9" height="9" style="fill:url(http://a/b)"/></svg>'.encode(), "svg_foreign"),
        (f"{SHEET}<style>@import 'http://a/b.css';</style></svg>".encode(), "svg_foreign"),
        (f'<?xml-stylesheet href="a.css"?>{SHEET}</svg>'.encode(), "svg_foreign"),
        (f"{SHEET}<foreignObject/></svg>".encode(), "svg_foreign"),
        (f'{SHEET}<p xmlns="http://www.w3.org/1999/xhtml"/></svg>'.encode(), "svg_foreign"),
        (f'{SHEET}<use href="http://example.org/a.svg#b"/></svg>'.encode(), "svg_foreign"),
        (f'{SHEET}<rect width="0.1" height="0.1"/></svg>'.encode(), "svg_size"),
        (f'{SHEET}<path d="M0 0 L1e300 5 L5 5 z"/></svg>'.encode(), "svg_malformed"),
        (f'{SHEET}<g id="a"><use href="#a"/></g></svg>'.encode(), "svg_too_complex"),
        (f"{SHEET}{'<g>' * 5000}{'</g>' * 5000}</svg>".encode(), "svg_too_complex"),
        (bomb(9, 10), "svg_too_complex"),
        (bomb(4, 60), "svg_too_complex"),
        (f'{SHEET}<path d="M0 0 {"L1 2 L3 4 " * 50_000}"/></svg>'.encode(), "svg_too_complex"),
        (f"{SHEET}{STILL}{USED * 20}</svg>".encode(), "svg_too_complex"),
        (f"{SHEET}<style>{'@a ' * 300_000}</style></svg>".encode(), "svg_empty"),
        (f"{SHEET}<style>{'a b{fill:red}' * 3000}</style>{'<g/>' * 3000}</svg>".encode(), "svg_too_complex"),
        (f"{SHEET}{LONG_TEXT * 5}</svg>".encode(), "too-much-text"),
    ],
)
def test_bad_drawings_are_refused_quickly(data: bytes, code: str):
    """Hostile, malformed and oversized files are refused before they cost anything."""
    began_s = time.process_time()
    assert refusal(data) == code
    assert time.process_time() - began_s < 2.0


def test_a_damaged_drawing_never_ends_in_a_traceback():
    """Whatever two random bytes do to a drawing, it is read or refused with a sentence."""
    chance = random.Random(7)  # noqa: S311 - repeatable damage, no secret
    whole = (
        SHEET
        + '<g transform="matrix(1 0 0 1 3 3)"><rect width="50" height="30" rx="3" transform="rotate(20)"/>'
        '</g><path d="M20 40 h10 a3 4 5 0 1 4 4 q 1 2 3 4 t 3 3 c 1 2 3 4 5 6 s 3 4 3 4"/></svg>'
    )
    read = 0
    for _ in range(300):
        damaged = list(whole)
        for _ in range(2):
            place = chance.randrange(len(SHEET), len(damaged))
            damaged[place] = chance.choice(
                ["", "nan", "inf", "1e999", "-", "9", "(", "%", "mm", "a", "Z", "#"]
            )
        try:
            read_svg("".join(damaged).encode())
        except DesignRefusedError:
            continue
        read += 1
    assert 20 < read < 280
