"""Pictures and photos of drawings become engravings of bounded time, or are refused with a sentence."""

import io
import time
import zlib

import numpy as np
import pytest
from PIL import Image, ImageDraw

from jobs.cam.cut import cut_along
from jobs.cam.picture import MAX_BYTES, is_picture, read_picture
from jobs.cam.plan import plan_for
from jobs.cam.relief import LONGEST_MIN, relief
from jobs.cam.stock import simulate
from jobs.cam.tools import FLAT_2, VEE_60, Tool
from jobs.cam.verify import verify_relief
from jobs.errors import DesignRefusedError, ProgramRefusedError
from jobs.machines import MILL
from jobs.prepare.milling import mill


def photo() -> bytes:
    """Photograph a drawing in bad light: a ring and a dot, with a shadow that is darker than some ink."""
    paper = Image.new("L", (800, 600), 235)
    pen = ImageDraw.Draw(paper)
    pen.ellipse((150, 100, 650, 500), outline=70, width=14)
    pen.ellipse((360, 260, 440, 340), fill=60)
    light = np.linspace(1.0, 0.45, 800)[None, :] * np.linspace(1.0, 0.85, 600)[:, None]
    noise = np.random.default_rng(1).normal(0, 4, (600, 800))
    return png(np.clip(np.asarray(paper) * light + noise, 0, 255).astype(np.uint8), "JPEG")


def png(pixels: np.ndarray, kind: str = "PNG") -> bytes:
    """Write pixels as a file."""
    written = io.BytesIO()
    Image.fromarray(pixels).save(written, kind)
    return written.getvalue()


def test_ink_is_found_in_bad_light():
    """The ring and the dot are ink, the shadowed paper is not."""
    ink = read_picture(photo(), ink=True)
    drawn = np.zeros((600, 800), np.bool_)
    rows, columns = np.mgrid[:600, :800]
    edge = np.hypot((columns - 400) / 250, (rows - 300) / 200)
    drawn |= (edge > 0.955) & (edge < 1.0)
    drawn |= np.hypot(columns - 400, rows - 300) < 40
    assert (ink[drawn] > 0.5).mean() > 0.97
    far = (edge > 1.06) | ((edge < 0.9) & (np.hypot(columns - 400, rows - 300) > 55))
    assert (ink[far] > 0.5).mean() < 0.002


@pytest.mark.parametrize("tool", [FLAT_2, VEE_60], ids=["flat", "vee"])
def test_dark_is_deep_and_nothing_too_deep(tool: Tool):
    """A bowl is reached within a tenth of a millimetre in its middle and never cut deeper than asked."""
    rows, columns = np.mgrid[-1:1:200j, -1:1:300j]
    bowl = np.clip(1.0 - np.hypot(rows, columns), 0.0, 1.0)
    plan = plan_for(tool=tool)
    planned = relief(bowl, 45.0, 1.5, plan)
    moves_mm = cut_along(planned.paths, MILL, plan).moves_mm
    stock = simulate(moves_mm, tool, (0, 0, 55, 40))
    verify_relief(stock, planned)
    for share in (0.0, 0.3, 0.6):
        place = np.array([[5 + 22.5 * (1 + share), 5 + 15.0]])
        assert stock.height_mm(place)[0] == pytest.approx(-1.5 * (1 - share), abs=0.2)
    deeper = moves_mm - np.array([0, 0, 0.3, 0, 0, 0.3])
    with pytest.raises(ProgramRefusedError):
        verify_relief(simulate(deeper, tool, (0, 0, 55, 40)), planned)


def test_a_photo_becomes_a_program():
    """From the upload to the files of a job, with the picture of the sheet."""
    made = mill(photo(), {"tool": "vee-60", "width_mm": 60.0}, MILL, lambda _stage, _share: None)
    assert made.profile.tool_mm == VEE_60.diameter_mm
    sheet = np.asarray(Image.open(io.BytesIO(made.files["picture.png"])).convert("L"), np.float64)
    assert sheet.std() > 5
    assert not made.warnings


def test_the_time_is_bounded():
    """A large dark picture gets coarser rows, a still larger one is refused."""
    dark = np.ones((300, 400))
    fine = plan_for(tool=FLAT_2)
    assert relief(dark, 60.0, 0.4, fine).minutes <= LONGEST_MIN
    with pytest.raises(DesignRefusedError) as refused:
        relief(dark, 250.0, 2.6, fine)
    assert refused.value.code == "picture_too_long"


def huge() -> bytes:
    """Declare a PNG of 60,000 x 60,000 pixels in a few bytes."""
    start = bytearray(png(np.zeros((4, 4), np.uint8)))
    start[16:24] = (60_000).to_bytes(4, "big") * 2
    start[29:33] = zlib.crc32(bytes(start[12:29])).to_bytes(4, "big")
    return bytes(start)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "picture_unreadable"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "picture_unreadable"),
        (b"\xff\xd8\xff" + b"\x01" * 500, "picture_unreadable"),
        (photo()[:3000], "picture_unreadable"),
        (huge(), "picture_unreadable"),
        (b"\xff\xd8\xff" + b"\x00" * MAX_BYTES, "picture_unreadable"),
        (b"GIF89a" + b"\x00" * 50, "picture_unreadable"),
        (png(np.full((40, 40), 250, np.uint8)), "picture_empty"),
    ],
    ids=["empty", "garbage", "jpeg-garbage", "truncated", "bomb", "heavy", "gif", "white"],
)
def test_bad_pictures_are_refused_quickly(data: bytes, code: str):
    """Damaged, huge and empty pictures cost nothing."""
    began_s = time.process_time()
    with pytest.raises(DesignRefusedError) as refused:
        read_picture(data, ink=True)
    assert refused.value.code == code
    assert time.process_time() - began_s < 1.0


def test_pictures_are_told_by_their_content():
    """The first bytes decide, not a name."""
    assert is_picture(photo())
    assert not is_picture(b"<svg/>")
