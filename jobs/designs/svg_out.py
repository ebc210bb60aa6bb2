"""Writes outlines as an SVG in millimetres whose colours mean to our own reader what they mean here."""

from typing import Final
from xml.etree import ElementTree as ET

from jobs.cam.drawing import MARGIN_MM, Drawing, Role

_COLOURS: Final[dict[Role, dict[str, str]]] = {
    Role.CUT: {"fill": "none", "stroke": "#ff0000"},
    Role.POCKET: {"fill": "#0000ff", "stroke": "none"},
    Role.ENGRAVE: {"fill": "none", "stroke": "#000000"},
}


def svg_of(drawing: Drawing) -> bytes:
    """Return a drawing as an SVG file: red is cut, blue is a pocket, black is engraved."""
    width_mm, height_mm = (side + 2 * MARGIN_MM for side in (drawing.width_mm, drawing.height_mm))
    root = ET.Element(
        "svg",
        xmlns="http://www.w3.org/2000/svg",
        width=f"{width_mm:.3f}mm",
        height=f"{height_mm:.3f}mm",
        viewBox=f"0 0 {width_mm:.3f} {height_mm:.3f}",
    )
    for outline in drawing.outlines:
        corners = " ".join(f"{x:.3f},{height_mm - y:.3f}" for x, y in outline.points_mm)
        attributes = {"points": corners, "stroke-width": "0.2", **_COLOURS[outline.role]}
        ET.SubElement(root, "polygon" if outline.closed else "polyline", attributes)
    return ET.tostring(root)
