"""One picture of all screens: pairs of thumbnails, French beside English, each pair named."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw, ImageFont

THUMB_PX: Final = (300, 188)
NAME_PX: Final = 22
GAP_PX: Final = 8
PAIRS: Final = 3
COLOURS: Final = 160
PAPER: Final = (236, 226, 204)
INK: Final = (29, 53, 64)

Shots = Mapping[str, Sequence[bytes]]


def contact_sheet(shots: Shots, path: Path) -> None:
    """Write the thumbnails of all screens, each in its languages, as one PNG with few colours."""
    languages = max(len(pictures) for pictures in shots.values())
    pair_px = languages * THUMB_PX[0] + 3 * GAP_PX
    row_px = THUMB_PX[1] + NAME_PX + GAP_PX
    rows = -(-len(shots) // PAIRS)
    sheet = Image.new("RGB", (PAIRS * pair_px, rows * row_px), PAPER)
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(14)
    for number, (name, pictures) in enumerate(shots.items()):
        left, top = number % PAIRS * pair_px, number // PAIRS * row_px
        pen.text((left + GAP_PX, top + 3), name, INK, font)
        for place, picture in enumerate(pictures):
            small = _thumbnail(picture)
            beside = (THUMB_PX[0] - small.width) // 2
            sheet.paste(small, (left + GAP_PX + place * (THUMB_PX[0] + GAP_PX) + beside, top + NAME_PX))
    sheet.quantize(COLOURS).save(path, optimize=True)


def _thumbnail(picture: bytes) -> Image.Image:
    with Image.open(BytesIO(picture)) as whole:
        small = whole.convert("RGB")
    small.thumbnail(THUMB_PX)
    return small
