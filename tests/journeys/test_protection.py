"""A cell fails in a print, with everything in processes of its own: the black boxes judge."""

import itertools
from pathlib import Path

import pytest

from drivers.types import DeviceState
from jobs.types import JobState
from onboard.demo.stage import Stage, start_daemon, start_machines
from tests.journeys.bikeside import BikeSide
from tests.journeys.black_box import entries, heater_targets
from tests.journeys.queued import PRINTER, queue_print

SPEED = 15.0
LOSS = "battery:drop=70.5@450"
"""Leaves about 12 Wh above the cut-off of 48 to a print that takes 24 more."""
LAYERS = 60
QUESTIONS = {"M105", "M114", "M400"}


def layered() -> bytes:
    """A print that is slow enough to be in the middle when the cell fails."""
    lines = [b"M140 S40", b"M104 S60", b"G28", b"M83"]
    for layer in range(LAYERS):
        lines += [b"G1 Z%.1f F600" % (0.2 + 0.2 * layer), b"G92 E0"]
        lines += [b"G1 X%d Y%d F3000" % (20 + 90 * (number % 2), layer) for number in range(50)]
    return b"\n".join(lines) + b"\nM104 S0\nM140 S0\n"


def told(box: Path) -> list[tuple[str, str]]:
    """What the printer executed and what its heaters were told, in order."""
    found = []
    for entry in entries(box):
        if entry["kind"] == "exec":
            found.append(("exec", str(entry["line"])))
        elif entry["kind"] == "heater":
            found.append(("heater", f"{float(str(entry['target'])):g}"))
    return found


@pytest.mark.thorough
async def test_a_failing_cell_ends_a_print_in_two_steps_and_nothing_heats_or_moves_after(lone: Stage):
    """First the layer is finished, the tool parks and people read why; then the heat goes off for good."""
    side, box = BikeSide(lone), lone.layout.black_boxes / "marlin.jsonl"
    await start_machines(lone, SPEED, LOSS)
    program = layered()
    job = queue_print(lone, "failing-cell", program)
    await start_daemon(lone)
    await side.go_on()
    await side.machine(PRINTER, lambda view: view.fraction > 0, "the print to begin")
    view = await side.machine(PRINTER, lambda view: view.state is DeviceState.PAUSED, "the soft threshold")
    assert view.reason is not None
    assert "Not enough battery to finish" in view.reason.text_en
    assert view.heaters["bed"].target_c == 40
    await side.job_is(job, JobState.PAUSED)

    ended = await side.job_is(job, JobState.INTERRUPTED)
    assert ended.problem is not None
    assert ended.problem.code == "battery-empty"
    assert "48" in ended.problem.fr
    await side.machine(PRINTER, lambda view: view.state is DeviceState.IDLE, "the printer to be safe")

    story = told(box)
    lines = [what for kind, what in story if kind == "exec"]
    parked = lines.index("G91")
    printed = [line.encode() for line in lines[lines.index("M140 S40") : parked] if line not in QUESTIONS]
    made = list(itertools.takewhile(lambda line: line in set(program.splitlines()), printed))
    assert made == program.splitlines()[: len(made)]
    assert made[-1].startswith(b"G1 Z"), "the pause begins between two layers"
    off = max(index for index, (kind, what) in enumerate(story) if (kind, what) == ("exec", "M140 S0"))
    assert not [what for kind, what in story[off:] if kind == "exec" and what.startswith(("G0", "G1"))]
    assert {what for kind, what in story[off:] if kind == "heater"} <= {"0"}
    assert set(heater_targets(box).values()) == {0.0}
    losses = [e for e in entries(lone.layout.black_boxes / "battery.jsonl") if e["kind"] == "fault"]
    assert [loss["drop_pct"] for loss in losses] == [70.5]
