"""What a drawing looks like: JSON for its preview, SVG for lists."""

import json
from typing import Final
from xml.etree import ElementTree as ET

from jobs.cam.drawing import MARGIN_MM, Drawing, Role


def polylines_json(drawing: Drawing) -> bytes:
    """Return the drawing as JSON for a preview: sizes and points in millimetres, y up."""
    lines = [
        {"role": outline.role.value, "closed": outline.closed, "points": outline.points_mm}
        for outline in drawing.outlines
    ]
    whole = {"width_mm": round(drawing.width_mm, 3), "height_mm": round(drawing.height_mm, 3), "lines": lines}
    return json.dumps(whole, separators=(",", ":")).encode()


def picture_svg(drawing: Drawing) -> bytes:
    """Return a picture of the drawing made of our own numbers only."""
    height_mm = drawing.height_mm + 2 * MARGIN_MM
    root = ET.Element(
        "svg",
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {drawing.width_mm + 2 * MARGIN_MM:.2f} {height_mm:.2f}",
    )
    for outline in drawing.outlines:
        corners = " ".join(f"{x:.2f},{height_mm - y:.2f}" for x, y in outline.points_mm)
        attributes = {"class": outline.role.value, "points": corners, **_STYLES[outline.role]}
        ET.SubElement(root, "polygon" if outline.closed else "polyline", attributes)
    return ET.tostring(root)


_STYLES: Final[dict[Role, dict[str, str]]] = {
    Role.CUT: {"fill": "none", "stroke": "#c4302b", "stroke-width": "0.6"},
    Role.POCKET: {"fill": "#2f6db5", "stroke": "none"},
    Role.ENGRAVE: {"fill": "none", "stroke": "#333333", "stroke-width": "0.4"},
}
