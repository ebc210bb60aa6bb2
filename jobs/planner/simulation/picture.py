"""A halt as a picture: who was on which machine when, and what was left of the battery."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Final
from xml.sax.saxutils import escape

from PIL import Image, ImageDraw, ImageFont

from jobs.planner.simulation.play import Bar, Outcome
from jobs.planner.simulation.story import Story

LEFT, TOP, LANE, CURVE, WIDTH = 90, 34, 30, 150, 900
HEAT, RUN, LOST, PROMISE, LINE, HOME, FAINT, TEXT = (
    "#d9480f", "#1971c2", "#868e96", "#2b8a3e", "#1971c2", "#c92a2a", "#ced4da", "#212529",
)  # fmt: skip
_KEY: Final = ((HEAT, "heats"), (RUN, "makes"), (PROMISE, "was promised"), (LOST, "lost"))
KEY_LEFT, KEY_STEP = 480, 100
_SCALE: Final = 2
"""Pixels of the PNG for each unit of the drawing."""


@dataclass(frozen=True, slots=True)
class Box:
    """A filled rectangle with a word in it."""

    left: float
    top: float
    width: float
    height: float
    colour: str
    word: str = ""


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through some points."""

    points: tuple[tuple[float, float], ...]
    colour: str


@dataclass(frozen=True, slots=True)
class Label:
    """A word that begins, or ends, at a point."""

    left: float
    top: float
    word: str
    is_right: bool = False


Shape = Box | Stroke | Label


@dataclass(frozen=True, slots=True)
class Drawing:
    """A picture as shapes, which a file format only has to write down."""

    width: int
    height: int
    shapes: tuple[Shape, ...]


def draw(story: Story, outcome: Outcome) -> Drawing:
    """Machines above, energy below, the same minutes for both."""
    height = TOP + LANE * len(story.devices) + CURVE + 60
    shapes = (*_grid(story, height), *_bars(story, outcome), *_curve(story, outcome))
    return Drawing(WIDTH, height, shapes)


def _x(story: Story, minute: float) -> float:
    return LEFT + (WIDTH - LEFT - 20) * minute / max(story.end_min, 1)


def _grid(story: Story, height: int) -> Iterator[Shape]:
    yield Label(LEFT, 20, f"{story.end_min} min, {story.budget_wh:g} Wh for jobs, {story.power_cap_w:g} W")
    for place, (colour, word) in enumerate(_KEY):
        left = KEY_LEFT + KEY_STEP * place
        yield Box(left, 11, 14, 10, colour)
        yield Label(left + 19, 20, word)
    for minute in range(0, story.end_min + 1, 30):
        x = _x(story, minute)
        yield Stroke(((x, TOP), (x, height - 28)), FAINT)
        yield Label(x - 8, height - 10, f"{minute // 60}:{minute % 60:02}")


def _bars(story: Story, outcome: Outcome) -> Iterator[Shape]:
    for index, device in enumerate(story.devices):
        top = TOP + LANE * index
        yield Label(LEFT - 8, top + 18, device.id, is_right=True)
        for bar in outcome.bars:
            if bar.device.id == device.id:
                yield from _bar(story, bar, top)


def _bar(story: Story, bar: Bar, top: float) -> Iterator[Shape]:
    start, heated, end = (
        _x(story, minute) for minute in (bar.start_min, min(bar.heated_min, bar.end_min), bar.end_min)
    )
    colour = PROMISE if bar.work.job.promised else RUN
    yield Box(start, top, heated - start, LANE - 6, HEAT)
    yield Box(
        heated, top, end - heated, LANE - 6, LOST if bar.is_aborted else colour, bar.work.job.participant
    )


def _curve(story: Story, outcome: Outcome) -> Iterator[Shape]:
    top = TOP + LANE * len(story.devices) + 20
    whole = max(story.budget_wh, 1.0)

    def y(left_wh: float) -> float:
        return top + CURVE * (1 - min(max(left_wh / whole, -0.1), 1.0))

    for share in (0.0, 0.5, 1.0):
        yield Stroke(((LEFT, y(share * whole)), (WIDTH - 20, y(share * whole))), FAINT)
        yield Label(LEFT - 8, y(share * whole) + 4, f"{share * whole:.0f} Wh", is_right=True)
    points = (
        (_x(story, minute), y(story.budget_wh - spent)) for minute, spent in enumerate(outcome.spent_wh)
    )
    yield Stroke(tuple(points), LINE)
    yield Stroke(((LEFT, y(0.0)), (WIDTH - 20, y(0.0))), HOME)
    yield Label(LEFT + 6, y(0.0) - 5, "below: the energy for the ride home")


def svg(drawing: Drawing) -> str:
    """The picture as SVG."""
    size = f'width="{drawing.width}" height="{drawing.height}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {drawing.width} {drawing.height}">'
    ground = '<rect width="100%" height="100%" fill="#ffffff"/><g font-family="sans-serif" font-size="11">'
    return "\n".join([head, ground, *map(_as_svg, drawing.shapes), "</g></svg>\n"])


def _as_svg(shape: Shape) -> str:
    match shape:
        case Box(left, top, width, height, colour, word):
            place = f'x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}"'
            box = f'<rect {place} fill="{colour}"/>'
            inside = f'<text x="{left + 4:.1f}" y="{top + 16:.1f}" fill="#ffffff">{escape(word)}</text>'
            return box + (inside if word and width > 24 else "")
        case Stroke(points, colour):
            way = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
            return f'<polyline points="{way}" fill="none" stroke="{colour}" stroke-width="1.5"/>'
        case Label(left, top, word, is_right):
            anchor = "end" if is_right else "start"
            place = f'x="{left:.1f}" y="{top:.1f}" text-anchor="{anchor}"'
            return f'<text {place} fill="{TEXT}">{escape(word)}</text>'


def png(drawing: Drawing) -> bytes:
    """The picture as PNG."""
    image = Image.new("RGB", (drawing.width * _SCALE, drawing.height * _SCALE), "#ffffff")
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(11 * _SCALE)
    for shape in drawing.shapes:
        _paint(pen, font, shape)
    out = BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _paint(
    pen: ImageDraw.ImageDraw, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, shape: Shape
) -> None:
    match shape:
        case Box(left, top, width, height, colour, word):
            corners = [value * _SCALE for value in (left, top, left + width, top + height)]
            if width > 0:
                pen.rectangle(corners, fill=colour)
            if word and width > 24:
                pen.text(((left + 4) * _SCALE, (top + 5) * _SCALE), word, fill="#ffffff", font=font)
        case Stroke(points, colour):
            pen.line([(x * _SCALE, y * _SCALE) for x, y in points], fill=colour, width=3)
        case Label(left, top, word, is_right):
            anchor = "rs" if is_right else "ls"
            pen.text((left * _SCALE, top * _SCALE), word, fill=TEXT, font=font, anchor=anchor)
