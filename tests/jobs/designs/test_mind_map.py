"""Mind maps: three formats become the same topics, hostile ones are refused, and words stay legible."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.designs.brought import Brought
from jobs.designs.catalogue import print_shape
from jobs.designs.letters import Letters
from jobs.designs.mind_map_file import LONGEST_TOPIC, MAX_DEPTH, MAX_TOPICS, read_mind_map
from jobs.designs.mind_map_layout import Box, lay_out
from jobs.designs.topics import Topic
from jobs.errors import DesignRefusedError
from jobs.types import DesignKind
from tests.jobs.designs import sketches
from tests.jobs.designs.shapes import is_sound, raster


def chain(depth: int) -> Topic:
    """Topics under each other."""
    return Topic("a", (chain(depth - 1),) if depth > 1 else ())


def xml_of(topic: Topic) -> str:
    """A FreeMind node."""
    return f'<node TEXT="{topic.text}">{"".join(map(xml_of, topic.children))}</node>'


def test_freemind_with_rich_text_is_read() -> None:
    """Attributes, HTML and rich content are words; notes and hooks are not."""
    root = read_mind_map(sketches.FREEMIND)
    assert root.text == "Le lavoir numérique"
    assert [child.text for child in root.children] == ["Imprimer", "Programmer un robot", "Réparer"]
    assert [child.text for child in root.children[0].children] == ["porte-clés", "œufs & médailles"]


def test_opml_and_our_json_are_read() -> None:
    """Several top topics of an OPML hang on its title."""
    branches = (Topic("Vélo", (Topic("Énergie"),)), Topic("Atelier"))
    assert read_mind_map(sketches.OPML) == Topic("Été", branches)
    assert read_mind_map(sketches.JSON) == Topic("Vélo", (Topic("Énergie"), Topic("Atelier")))


def test_a_topic_without_words_is_shown() -> None:
    """A topic that holds only a picture is not dropped."""
    assert read_mind_map(b'<map><node TEXT="a"><node/></node></map>').children[0].text == "..."


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (b"<!DOCTYPE map [<!ENTITY a 'aaaa'>]><map><node TEXT='&a;'/></map>", "doctype"),
        (b"<map><node TEXT='a'>", "broken"),
        (b"<map>" + b"<font>" * 80, "broken"),
        (b"<map></map>", "not-a-mind-map"),
        (b"<svg><node TEXT='a'/></svg>", "not-a-mind-map"),
        (b"hello", "broken"),
        (b"", "broken"),
        (b'{"text": "a", "color": 3}', "broken"),
        (b'{"text": 3}', "broken"),
        (b'{"text": "a", "children": {}}', "broken"),
        (b'{"text": "a"', "broken"),
        (b'{"text": ' + b"[" * 100_000, "broken"),
        (f"<map>{xml_of(chain(MAX_DEPTH + 1))}</map>".encode(), "too-deep"),
        (f"<map>{xml_of(chain(80))}</map>".encode(), "too-many-topics"),
        (f"<map>{xml_of(Topic('a', (Topic('b'),) * MAX_TOPICS))}</map>".encode(), "too-many-topics"),
        (json.dumps({"text": "a", "children": [{"text": "b"}] * MAX_TOPICS}).encode(), "too-many-topics"),
        (f"<map>{xml_of(Topic('x' * (LONGEST_TOPIC + 1)))}</map>".encode(), "topic-length"),
        (b"<map>" + b" " * 2_000_000 + b"</map>", "too-heavy"),
    ],
)
def test_bad_maps_are_refused(file: bytes, code: str) -> None:
    """Bombs, broken files and novels: a code and a sentence each."""
    with pytest.raises(DesignRefusedError) as caught:
        read_mind_map(file)
    assert caught.value.code == code


topics = st.recursive(
    st.builds(
        Topic, st.text(st.sampled_from("abcdeé œ"), min_size=1, max_size=20).map(str.split).map(" ".join)
    ),
    lambda under: st.builds(Topic, st.just("une idée"), st.lists(under, max_size=4).map(tuple)),
    max_leaves=25,
)


def overlap(one: Box, other: Box) -> bool:
    """Whether two boxes share room."""
    return (
        abs(one.x - other.x) < (one.width + other.width) / 2 - 1e-9
        and abs(one.y - other.y) < (one.height + other.height) / 2 - 1e-9
    )


@settings(max_examples=60)
@given(topics, st.sampled_from([0.5, 1.0, 2.0]))
def test_no_two_topics_overlap_and_none_is_lost(root: Topic, shape: float) -> None:
    """Each topic has a box of its own with all its words, whatever the map and the plate."""
    layout = lay_out(root, Letters().width, shape)
    words = sorted(" ".join(box.lines) for box in layout.boxes)
    assert words == sorted(topic.text for topic in root.walk())
    assert len(layout.curves) == len(layout.boxes) - 1
    for row, box in enumerate(layout.boxes):
        assert not any(overlap(box, other) for other in layout.boxes[row + 1 :])


@pytest.mark.parametrize("style", ["raised", "engraved"])
def test_a_plate_is_sound_and_shows_every_word(style: str) -> None:
    """The usual plate is one closed part; its relief has the frame, ten lines and all letters."""
    brought = Brought(mind_map=read_mind_map(sketches.FREEMIND))
    plate = print_shape(DesignKind.MIND_MAP, {"style": style}, brought)
    is_sound(plate)
    assert plate.size_mm[:2] == pytest.approx((180, 120))
    shown = raster(plate, 2.4) if style == "raised" else ~raster(plate, 1.6)
    inside = shown[20:-20, 20:-20]
    assert 0.02 < np.mean(inside) < 0.3
    columns = np.flatnonzero(inside.any(axis=0))
    assert columns[0] < 80
    assert columns[-1] > inside.shape[1] - 80


def test_letters_that_would_be_too_small_are_refused() -> None:
    """Sixty ideas do not fit a hand: the sentence says how small they would be."""
    many = Topic("Carte", tuple(Topic("une idée", (Topic("une autre"),) * 4) for _ in range(11)))
    with pytest.raises(DesignRefusedError, match=r"only \d\.\d mm"):
        print_shape(DesignKind.MIND_MAP, {"width_mm": 80, "height_mm": 60}, Brought(mind_map=many))
