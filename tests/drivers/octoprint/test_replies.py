"""OctoPrint's answers are hostile text too: any JSON is read, nothing is believed."""

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from drivers.octoprint.replies import (
    JobReport,
    Phase,
    Prints,
    read_job,
    read_names,
    read_prints,
    read_temperatures,
)
from drivers.types import Temperature

KEYS = [
    "state",
    "job",
    "file",
    "name",
    "progress",
    "completion",
    "filepos",
    "prints",
    "success",
    "failure",
    "files",
    "temperature",
    "tool0",
    "bed",
    "actual",
    "target",
    "error",
]
LEAVES = st.none() | st.booleans() | st.floats() | st.integers() | st.just(10**400) | st.text(max_size=9)
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, min_size=1, max_size=5)
    ),
    max_leaves=8,
)


def test_a_job_is_read():
    """As OctoPrint 1.11 tells it in the middle of a print."""
    reply = {
        "job": {"file": {"name": "a.gcode", "size": 2676}, "user": None},
        "progress": {"completion": 42.15, "filepos": 1128, "printTime": 0},
        "state": "Printing",
    }
    report = read_job(reply)
    assert report == JobReport(Phase.BUSY, "Printing", "a.gcode", pytest.approx(0.4215), 1128)


@pytest.mark.parametrize(
    ("state", "phase"),
    [
        ("Offline", Phase.CLOSED),
        ("Closed", Phase.CLOSED),
        ("Offline after error", Phase.BROKEN),
        ("Error: something", Phase.BROKEN),
        ("Opening serial connection", Phase.OPENING),
        ("Detecting serial connection", Phase.OPENING),
        ("Connecting", Phase.OPENING),
        ("Operational", Phase.READY),
        ("Starting", Phase.BUSY),
        ("Printing from SD", Phase.BUSY),
        ("Finishing", Phase.BUSY),
        ("Cancelling", Phase.BUSY),
        ("Resuming", Phase.BUSY),
        ("Pausing", Phase.PAUSED),
        ("Paused", Phase.PAUSED),
        ("Something new", Phase.BUSY),
    ],
)
def test_states_are_told_apart(state: str, phase: Phase):
    """A state that nobody knows counts as busy: nothing is started then."""
    assert read_job({"state": state}).phase is phase


def test_temperatures_have_the_names_of_our_own_printers():
    """The screens show a printer behind OctoPrint like any other."""
    reply = {
        "temperature": {
            "tool0": {"actual": 47.14, "offset": 0, "target": 60.0},
            "tool1": {"actual": 21.0, "target": None},
            "bed": {"actual": 30.5, "target": 0.0},
            "chamber": {"actual": None, "target": None},
        }
    }
    assert read_temperatures(reply) == {
        "hotend": Temperature(47.14, 60.0),
        "hotend1": Temperature(21.0, 0.0),
        "bed": Temperature(30.5, 0.0),
    }


def test_the_words_of_a_server_are_bounded():
    """They end on our screens."""
    report = read_job({"state": "Error: " + "x" * 9999, "error": "a\x1b[31mb\n" * 999})
    assert max(len(report.text), len(report.error)) <= 200
    assert report.error.isprintable()


def test_history_and_names_are_read():
    """A file that was never printed has no history at all."""
    assert read_prints({"prints": {"success": 1, "failure": 2, "last": {}}}) == Prints(1, 2)
    assert read_prints({"name": "a.gcode"}) == Prints()
    assert read_names({"files": [{"name": "a.gcode"}, {"name": "b.gcode"}], "free": 9}) == (
        "a.gcode",
        "b.gcode",
    )


@settings(max_examples=60)
@example({"progress": {"completion": 10**400, "filepos": -3}, "prints": {"success": 10**400}})
@given(JSON)
def test_any_json_is_read(reply: object):
    """Whatever a server sends, numbers are finite and within their limits, and nothing is raised."""
    report = read_job(reply)
    assert 0 <= report.fraction <= 1
    assert report.bytes_done >= 0
    json.dumps([read_names(reply), [reading.actual_c for reading in read_temperatures(reply).values()]])
    assert read_prints(reply).completed == int(read_prints(reply).completed)
