"""`dipbike robot` plays a program on a virtual robot, and refuses what no robot may be asked."""

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from shapely import MultiLineString

from drivers.robots.body import Body, retraced
from drivers.robots.types import Gauge
from tests.frame import house

SIDE_MM = 100
SQUARE = {
    "version": 1,
    "steps": [
        {"do": "speed", "mm_s": 100},
        {"do": "pen", "down": True},
        {"do": "repeat", "times": 4, "steps": [
            {"do": "move", "mm": SIDE_MM, "id": "side"}, {"do": "turn", "deg": 90, "id": "corner"}]},
    ],
}  # fmt: skip


def command(*arguments: str) -> list[str]:
    """Our own command."""
    return [sys.executable, "-m", "onboard.cli.robot", *arguments]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Let it run to its end."""
    return subprocess.run(command(*arguments), cwd=house.ROOT, check=False, capture_output=True, text=True)


def written(folder: Path, program: object) -> str:
    """A program in a file."""
    path = folder / "program.json"
    path.write_text(json.dumps(program), encoding="utf-8")
    return str(path)


def entries(box: Path) -> list[dict[str, object]]:
    """What the robot recorded, but a line that it is writing now."""
    lines = box.read_text(encoding="utf-8").splitlines(keepends=True) if box.exists() else []
    return [json.loads(line) for line in lines if line.endswith("\n")]


def test_a_square_is_driven(tmp_path: Path) -> None:
    """An Arduino with a pen draws it; each step with an id is told."""
    box = tmp_path / "robot.jsonl"
    port = f"sim://firmata?blackbox={box}"
    done = run("run", written(tmp_path, SQUARE), "--port", port, "--protocol", "firmata")
    assert done.returncode == 0, done.stderr
    assert re.findall(r"step (\w+)", done.stdout) == ["side", "corner"] * 4
    drawn_mm = MultiLineString(retraced(entries(box), Body(Gauge(105.0, 1000.0)))).length
    assert 4 * SIDE_MM * 0.95 < drawn_mm < 4 * SIDE_MM * 2
    assert run("show", written(tmp_path, SQUARE)).stdout.splitlines()[1:4] == [
        "pen down", "repeat 4 times", "  forward 100"]  # fmt: skip


def test_ctrl_c_puts_the_robot_to_rest(tmp_path: Path) -> None:
    """In the middle of a long turn the motors go off, and the exit code says that not all was played."""
    box = tmp_path / "robot.jsonl"
    long = {"version": 1, "steps": [{"do": "turn", "deg": 3600}]}
    arguments = command("run", written(tmp_path, long), "--port", f"sim://thymio?blackbox={box}")
    with subprocess.Popen(arguments, cwd=house.ROOT, stdout=subprocess.PIPE, text=True) as playing:
        deadline = time.monotonic() + 30
        while not any(entry["kind"] == "wheels" and entry["left_mm_s"] for entry in entries(box)):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        playing.send_signal(signal.SIGINT)
        assert playing.wait(30) == 1
        assert playing.stdout is not None
        assert "stopped" in playing.stdout.read()
    assert [entry["left_mm_s"] for entry in entries(box) if entry["kind"] == "wheels"][-1] == 0


def test_what_no_robot_may_be_asked_is_refused(tmp_path: Path) -> None:
    """With a sentence and exit code 2, before any port is opened."""
    huge = {"version": 1, "steps": [{"do": "repeat", "times": 10**9, "steps": []}]}
    done = run("run", written(tmp_path, huge), "--port", "/dev/nothing-here")
    assert (done.returncode, done.stdout) == (2, "")
    assert "between 0 and 1000" in done.stderr
    lacking = run("run", written(tmp_path, SQUARE))
    assert lacking.returncode == 2
    assert "has none" in lacking.stderr
