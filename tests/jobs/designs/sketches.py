"""Drawings and mind maps as the files that a tablet or a mind map program would send."""

import random
from collections.abc import Mapping


def svg(*paths: str) -> bytes:
    """A file of strokes."""
    drawn = "".join(f'<path d="{path}" fill="none" stroke="black"/>' for path in paths)
    return f'<svg xmlns="http://www.w3.org/2000/svg">{drawn}</svg>'.encode()


def scribble(count: int) -> bytes:
    """One line of so many points, each somewhere else."""
    dice = random.Random(count)  # noqa: S311 - a drawing, no secret
    return svg("M" + " L".join(f"{dice.random() * 500:.1f} {dice.random() * 500:.1f}" for _ in range(count)))


HEART = svg("M 50 90 C 0 50 5 10 30 10 C 45 10 50 25 50 30 C 50 25 55 10 70 10 C 95 10 100 50 52 89")
FACE = svg(
    "M 10 50 A 40 40 0 1 1 90 50 A 40 40 0 1 1 10 50",
    "M 35 38 L 36 44",
    "M 65 38 L 66 44",
    "M 30 60 Q 50 85 70 60",
)
ANGLE = svg("M 0 0 L 0 100 L 60 100")
"""A long stroke on the left, a short one at the bottom: turned or mirrored, it is another shape."""
BOLT = svg("M 0 0 L 40 40 L 10 50 L 50 100")

DRAWINGS: Mapping[str, bytes] = {"heart": HEART, "face": FACE, "angle": ANGLE, "bolt": BOLT}

FREEMIND = b"""<map version="1.0.1">
<!-- written by Freeplane -->
<node TEXT="Le lavoir num&#xe9;rique"><node TEXT="Imprimer" POSITION="right">
<node TEXT="porte-cl&#xe9;s"/><node TEXT="&#x153;ufs &amp; m&#xe9;dailles"/></node>
<node POSITION="left"><richcontent TYPE="NODE"><html><head/><body><p>Programmer</p>
<p>un robot</p></body></html></richcontent>
<richcontent TYPE="NOTE"><html><body><p>a note</p></body></html></richcontent><hook NAME="x"/></node>
<node TEXT="&lt;html&gt;&lt;b&gt;R&amp;eacute;parer&lt;/b&gt;"/></node></map>"""
OPML = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>Été</title></head><body>
<outline text="Vélo"><outline text="Énergie"/></outline>
<outline text="Atelier" type="rss"/></body></opml>""".encode()
JSON = '{"text": "Vélo", "children": [{"text": "Énergie", "children": []}, {"text": "Atelier"}]}'.encode()
