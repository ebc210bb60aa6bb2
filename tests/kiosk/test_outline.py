"""Indented lines become a mind map, whatever people put before their words."""

import json

import pytest

from jobs.designs.mind_map_file import read_mind_map
from jobs.designs.topics import Topic
from kiosk.participant.outline import LONGEST, mind_map_of


def read(lines: str) -> Topic:
    """What the design reads of the lines."""
    mind_map = mind_map_of(lines)
    assert mind_map is not None
    return read_mind_map(mind_map)


@pytest.mark.parametrize(
    "lines",
    [
        "Mer\n  poisson\n    rouge\n  bateau",
        "\n\nMer\n\tpoisson\n\t\trouge\n\tbateau\n",
        "Mer\npoisson\n rouge\nbateau",
        "Mer\r\n- poisson\r\n-- rouge\r\n- bateau",
        "  Mer\n    •  poisson\n      •  rouge\n    •  bateau",
    ],
)
def test_what_stands_further_right_belongs_to_the_line_above(lines: str) -> None:
    """Spaces, tabs, dashes and dots all do; the first line is the middle."""
    assert read(lines) == Topic("Mer", (Topic("poisson", (Topic("rouge"),)), Topic("bateau")))


def test_words_are_tidied_and_accents_composed() -> None:
    """Signs that cannot be seen are taken out, letters and accents that came apart are joined."""
    assert read("Re\u0301cre\u0301\u200b   ation\n a\x07b") == Topic("Récré ation", (Topic("a b"),))


@pytest.mark.parametrize("nothing", ["", " \n\t\n", "\u200b\n"])
def test_no_words_are_no_map(nothing: str) -> None:
    """There is nothing to make a plate of."""
    assert mind_map_of(nothing) is None


def test_the_deepest_stairs_of_the_longest_form_are_still_json() -> None:
    """However deep lines are indented, the design gets to say that it is too deep."""
    lines, depth = "a", 1
    while len(lines) + depth + 2 < LONGEST:
        lines += "\n" + " " * depth + "a"
        depth += 1
    mind_map = mind_map_of(lines)
    assert mind_map is not None
    assert json.dumps(json.loads(mind_map)).count("children") == depth
