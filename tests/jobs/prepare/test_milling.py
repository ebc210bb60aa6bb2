"""Settings of a milled drawing: size, material, bit, tabs, roles, letters; and what a person is told."""

import io

import numpy as np
import pytest
from PIL import Image

from jobs.errors import DesignRefusedError
from jobs.machines import MILL
from jobs.prepare.cutting import Milled
from jobs.prepare.milling import mill
from jobs.types import Parameter

PLATE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 100">'
    b'<rect width="200" height="100" fill="none" stroke="red"/>'
    b'<text x="20" y="60" font-size="40">Zo\xc3\xa9</text></svg>'
)


def made(data: bytes = PLATE, **parameters: Parameter) -> Milled:
    """Mill a drawing with settings."""
    return mill(data, parameters, MILL, lambda _stage, _share: None)


def depths(milled: Milled) -> list[float]:
    """Return every height that a program goes down to."""
    words = [word for line in milled.program.data.decode().splitlines() for word in line.split()]
    return sorted({float(word[1:]) for word in words if word.startswith("Z-")})


def codes(milled: Milled) -> list[str]:
    """Return what a person is told, by code."""
    return [warning.code for warning in milled.warnings]


def test_the_size_without_a_unit_is_said_until_it_is_chosen():
    """96 points an inch is a guess, and says so."""
    assert codes(made(tool="flat-1")) == ["unitless"]
    assert codes(made(width_mm=80.0, letters="line", tool="flat-1")) == []


def test_material_and_bit_set_depths_and_speeds():
    """Thicker sheets are cut deeper; a finer bit goes slower and in thinner passes."""
    assert depths(made(material="ply-5", width_mm=80.0))[0] == -5.2
    usual, fine = made(width_mm=80.0), made(width_mm=80.0, tool="flat-1")
    assert len(depths(fine)) > len(depths(usual))
    assert b"F600" in usual.program.data
    assert b"F240" in fine.program.data
    assert fine.profile.tool_mm == 1.0


def test_a_vee_bit_engraves_and_says_what_is_left():
    """The outline is left to another program with a flat bit."""
    carved = made(width_mm=80.0, tool="vee-60")
    assert codes(carved) == ["engraving-only"]
    assert depths(carved)[0] >= -1.5


def test_roles_by_tap():
    """One line or all lines become something else."""
    assert depths(made(width_mm=80.0, role="engrave")) == [-0.4]
    assert depths(made(width_mm=80.0, **{"role.0": "pocket"}))[0] == -1.5


def test_single_lines_take_less_time_than_outlines():
    """Letters as a pen writes them need fewer words."""
    line, outline = made(width_mm=80.0, letters="line"), made(width_mm=80.0)
    assert len(line.program.data) < len(outline.program.data)


def test_slots_narrower_than_the_bit_are_said():
    """A notch of two millimetres stays, and a person is told."""
    notch = (
        b'<svg xmlns="http://www.w3.org/2000/svg" width="60mm" height="40mm" viewBox="0 0 60 40">'
        b'<path d="M0 0h60v40h-28v-25h-2v25h-30z" fill="none" stroke="red"/></svg>'
    )
    assert codes(made(notch)) == ["narrow"]
    assert codes(made(notch, tool="flat-1")) == []


def test_letters_too_small_for_the_bit_are_said():
    """A wide bit on the edges of small letters makes a blot; a fine one does not."""
    assert codes(made(width_mm=80.0)) == ["lines-merge"]
    assert codes(made(width_mm=80.0, tool="flat-1")) == []


def test_the_picture_shows_the_sheet():
    """Wood, engraving and the board below are there."""
    sheet = np.asarray(Image.open(io.BytesIO(made(width_mm=80.0).files["picture.png"])).convert("RGB"))
    colours = {tuple(colour) for colour in sheet.reshape(-1, 3)[::7].tolist()}
    assert (226, 196, 150) in colours
    assert (52, 64, 72) in colours


@pytest.mark.parametrize(
    "wrong",
    [
        {"tool": "laser"},
        {"material": "gold"},
        {"tabs": 99},
        {"tabs": "many"},
        {"width_mm": float("nan")},
        {"width_mm": 80.0, "scale": 2.0},
        {"scale": 0.0},
        {"pocket_mm": 2.9},
        {"role": "burn"},
        {"role.x": "cut"},
        {"role.99": "cut"},
        {"letters": "gothic"},
        {"anything": 1},
        {"tool": "vee-60", "role": "cut"},
        {"tool": "flat-1", "material": "ply-5"},
        {"width_mm": 400.0},
    ],
)
def test_settings_out_of_bounds_are_refused(wrong: dict[str, Parameter]):
    """Each with a sentence in both languages."""
    with pytest.raises(DesignRefusedError) as refused:
        made(**wrong)
    assert refused.value.sentence.fr
    assert refused.value.sentence.en
