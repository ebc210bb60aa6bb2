"""A picture of the sheet as a program leaves it."""

import io
from typing import Final

import numpy as np
from PIL import Image

from jobs.cam.stock import Stock

_WOOD: Final = np.array([226.0, 196.0, 150.0])
_DEEP: Final = np.array([122.0, 82.0, 48.0])
_BOARD: Final = np.array([52.0, 64.0, 72.0])
_LONGEST_PX: Final = 1000


def stock_png(stock: Stock, thickness_mm: float) -> bytes:
    """Return a PNG seen from above: the deeper the darker, what is cut through as the board below."""
    height_mm = stock.heights_um[::-1].astype(np.float64) / 1000.0
    share = np.clip(-height_mm / thickness_mm, 0.0, 1.0)[..., None]
    slope = np.gradient(height_mm, stock.cell_mm)
    light = np.clip(1.0 + 0.12 * (slope[0] + slope[1]), 0.7, 1.15)[..., None]
    colours = (_WOOD * (1.0 - share) + _DEEP * share) * light
    colours = np.where(height_mm[..., None] <= -thickness_mm + 0.01, _BOARD, colours)
    picture = Image.fromarray(np.clip(colours, 0, 255).astype(np.uint8))
    picture.thumbnail((_LONGEST_PX, _LONGEST_PX))
    written = io.BytesIO()
    picture.save(written, "PNG", compress_level=3)
    return written.getvalue()
