"""From a design to the files of a job, through the caged child."""

import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path

import pytest

from drivers.types import DeviceKind
from jobs.allow.gate import check_program
from jobs.errors import DesignRefusedError, JobError, PreparationFailedError, ProgramRefusedError
from jobs.machines import I3, MILL, PROFILES
from jobs.prepare import cage
from jobs.prepare.parent import prepare
from jobs.prepare.request import PrepareRequest
from jobs.prepare.wire import LAYERS, PATHS, Limits
from jobs.types import Design, DesignKind, Parameter, Prepared
from tests.jobs import meshes

SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="60mm" height="40mm" viewBox="0 0 60 40">'
    b"<title>Zoe-Martin</title><!-- Zoe-Martin -->"
    b'<rect x="2" y="2" width="50" height="30" stroke="red" fill="none"/></svg>'
)
TAG: dict[str, Parameter] = {"text": "Zo\u00eb & \u0141ukasz"}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """The job's own empty folder."""
    folder = tmp_path / "job"
    folder.mkdir()
    return folder


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where children work, so that what they leave can be seen."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def request(
    out: Path, kind: DesignKind, data: bytes | None = None, profile: str = "i3", **parameters: Parameter
) -> PrepareRequest:
    """A request for a design; `data` is what was uploaded."""
    source = out.parent / "0123456789abcdef"
    if data is not None:
        source.write_bytes(data)
    device = PROFILES[profile].kind
    return PrepareRequest(Design(kind, device, None, parameters), profile, source if data else None, out)


def ignore(_stage: str, _share: float) -> None:
    """Progress that nobody reads."""


async def problem(asked: PrepareRequest, limits: Limits | None = None) -> JobError:
    """What preparing raises; the folder stays empty."""
    with pytest.raises(JobError) as caught:
        await prepare(asked, ignore, limits)
    assert names_in(asked.out) == []
    return caught.value


def names_in(folder: Path) -> list[str]:
    """What lies in a folder."""
    return [path.name for path in folder.iterdir()]


def left_running(folder: Path) -> list[str]:
    """Processes that still work below a folder."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                found.append(str((entry / "cwd").readlink()))
            except OSError:
                continue
    return [place for place in found if place.startswith(str(folder))]


def check_files(made: Prepared, out: Path, profile: str) -> None:
    """The files named are there and no others, the program passes the gate, nothing personal is in them."""
    assert {path.name for path in out.iterdir()} == {made.program, made.preview, made.picture, PATHS, LAYERS}
    program = (out / made.program).read_bytes()
    assert check_program(program, PROFILES[profile]).data == program
    assert all(b"Zoe" not in path.read_bytes() for path in out.iterdir())
    assert made.estimate.duration_low_s < made.estimate.duration_s < made.estimate.duration_high_s


@pytest.mark.slicer
@pytest.mark.parametrize(
    "data",
    [meshes.cube(), meshes.ascii_cube(), meshes.obj_cube(), meshes.three_mf()],
    ids=["stl", "ascii", "obj", "3mf"],
)
async def test_a_cube_becomes_a_program(out: Path, data: bytes) -> None:
    """Each format of a 20 mm cube becomes a checked program with the height of the cube."""
    seen: list[tuple[str, float]] = []
    made = await prepare(request(out, DesignKind.MESH, data), lambda *progress: seen.append(progress))
    check_files(made, out, "i3")
    assert made.estimate.bounds_mm is not None
    assert made.estimate.bounds_mm[5] == pytest.approx(20, abs=0.01)
    assert 2 < made.estimate.mass_g < 6
    assert (out / made.preview).read_bytes()[80:84] == (12).to_bytes(4, "little")
    assert (out / made.picture).read_bytes().startswith(b"\x89PNG")
    assert {stage for stage, _ in seen} == {"intake", "slice", "check", "estimate"}
    assert [share for _, share in seen] == sorted(share for _, share in seen)


@pytest.mark.slicer
async def test_a_name_tag_becomes_a_program(out: Path) -> None:
    """The text “Zoë & Łukasz” is shaped, sliced and estimated."""
    made = await prepare(request(out, DesignKind.NAME_TAG, **TAG), ignore)
    check_files(made, out, "i3")
    assert made.warnings == ()
    assert made.estimate.heat_s > 60


@pytest.mark.slicer
async def test_scripts_inside_a_3mf_never_run(out: Path, tmp_path: Path) -> None:
    """Post-processing settings of an uploaded 3MF are not looked at: no mark, no M500."""
    mark = tmp_path / "mark"
    made = await prepare(request(out, DesignKind.MESH, meshes.scripted_3mf(str(mark))), ignore)
    assert not mark.exists()
    check_files(made, out, "i3")


@pytest.mark.slicer
async def test_a_shape_in_metres_can_be_enlarged(out: Path) -> None:
    """A cube of 0.02 mm is refused for its likely unit, and made with `scale` 1000; an open one too."""
    assert (await problem(request(out, DesignKind.MESH, meshes.cube(0.02)))).code == "perhaps-metres"
    made = await prepare(request(out, DesignKind.MESH, meshes.open_box(0.02), scale=1000), ignore)
    assert made.estimate.bounds_mm is not None
    assert any("ouverts" in warning.fr for warning in made.warnings)


@pytest.mark.slicer
async def test_a_drawing_can_be_printed(out: Path) -> None:
    """An SVG for the printer gets a thickness."""
    made = await prepare(request(out, DesignKind.DRAWING, SVG), ignore)
    check_files(made, out, "i3")


async def test_a_drawing_is_milled(out: Path) -> None:
    """An SVG becomes a mill program, its preview our own lines."""
    made = await prepare(request(out, DesignKind.DRAWING, SVG, "mill"), ignore)
    check_files(made, out, "mill")
    assert json.loads((out / made.preview).read_bytes())["lines"]
    assert made.estimate.heat_s == 0


async def test_a_program_is_taken_over(out: Path) -> None:
    """G-code of a mediator is written anew, without its comments, and drawn from its own moves."""
    text = b"; Zoe-Martin\nG21 G90\nG0 Z3\nG0 X10 Y10\nM3 S10000\nG1 Z-1 F200\n"
    text += b"G1 X60 F600 (Zoe)\nG0 Z3\nM5\nM2\n"
    made = await prepare(request(out, DesignKind.GCODE, text, "mill"), ignore)
    check_files(made, out, "mill")
    assert made.preview == "preview.json"
    lines = json.loads((out / made.preview).read_bytes())["lines"]
    assert [60.0, 10.0] in [point for line in lines for point in line["points"]]


@pytest.mark.parametrize(
    ("kind", "data", "profile", "parameters", "code"),
    [
        (DesignKind.MESH, b"", "i3", {}, "empty"),
        (DesignKind.MESH, b"bonjour" * 50, "i3", {}, "not-a-shape"),
        (DesignKind.MESH, meshes.bomb_3mf(260), "i3", {}, "too-heavy"),
        (DesignKind.MESH, meshes.box(20, 20, 300), "i3", {}, "too-large"),
        (DesignKind.MESH, meshes.cube(), "mill", {}, "not-for-mill"),
        (DesignKind.MESH, meshes.cube(), "i3", {"scale": 0}, "out-of-bounds"),
        (DesignKind.MESH, meshes.cube(), "i3", {"post_process": "x"}, "parameters"),
        (DesignKind.NAME_TAG, None, "i3", {"text": "\u2665"}, "missing-letters"),
        (DesignKind.GCODE, b"G28\nM500\n", "i3", {}, "command"),
        (DesignKind.GCODE, b"G28\n", "i3", {}, "makes-nothing"),
        (DesignKind.DRAWING, b"<svg/>", "mill", {"depth": 3}, "svg_"),
    ],
)
async def test_bad_designs_are_refused_and_leave_nothing(
    out: Path, kind: DesignKind, data: bytes | None, profile: str, parameters: dict[str, Parameter], code: str
) -> None:
    """Each refusal comes through with its code and sentence, and the folder stays empty."""
    why = await problem(request(out, kind, data, profile, **parameters))
    assert why.code.startswith(code)
    assert isinstance(why, DesignRefusedError | ProgramRefusedError)
    assert why.sentence.fr != why.sentence.en


async def test_memory_is_bounded(out: Path, scratch: Path) -> None:
    """A shape that wants more memory than allowed is refused, without a word from the kernel."""
    cube = meshes.cube()
    data = cube[:80] + (12 * 45_000).to_bytes(4, "little") + cube[84:] * 45_000
    why = await problem(request(out, DesignKind.MESH, data), Limits(memory_bytes=200_000_000))
    assert why.code == "too-detailed"
    assert left_running(scratch) == []


async def test_processor_time_is_bounded(out: Path, scratch: Path) -> None:
    """A child that computes for too long is ended by the kernel."""
    data = meshes.three_mf(meshes.model(build='<item objectid="1"/>' * 9_000))
    why = await problem(request(out, DesignKind.MESH, data), Limits(cpu_s=1))
    assert isinstance(why, PreparationFailedError)
    assert why.code == "too-slow"
    assert names_in(scratch) == []


async def test_waiting_is_bounded(out: Path, scratch: Path) -> None:
    """A child that does not end in time is killed."""
    why = await problem(request(out, DesignKind.NAME_TAG, **TAG), Limits(wall_s=0.05))
    assert why.code == "too-slow"
    assert left_running(scratch) == []


@pytest.mark.slicer
async def test_cancelling_kills_child_and_slicer(out: Path, scratch: Path) -> None:
    """A job taken back while it is sliced leaves no process, no file and no scratch."""
    tasks: list[asyncio.Task[Prepared]] = []

    def cancel(stage: str, share: float) -> None:
        if stage == "slice" and share > 0.1:
            tasks[0].cancel()

    tasks.append(
        asyncio.create_task(prepare(request(out, DesignKind.MESH, meshes.box(150, 150, 150)), cancel))
    )
    with pytest.raises(asyncio.CancelledError):
        await tasks[0]
    async with asyncio.timeout(5):
        while left_running(scratch):  # noqa: ASYNC110 - the kernel buries a killed grandchild in its own time
            await asyncio.sleep(0.02)
    assert left_running(scratch) == []
    assert names_in(scratch) == names_in(out) == []


async def test_a_child_that_talks_nonsense_is_a_failure(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A result that names a file outside its folder is not believed."""
    fake = tmp_path / "fake.py"
    fake.write_text('print(\'{"result": {"program": "../../etc/passwd", "preview": "x", "picture": "x"}}\')')
    monkeypatch.setattr(cage, "command", lambda _kind, **_: [sys.executable, str(fake)])
    assert (await problem(request(out, DesignKind.NAME_TAG, **TAG))).code == "child-failed"


def test_kinds_of_machines_are_as_their_profiles_say() -> None:
    """The profiles used here are one printer and one mill."""
    assert (I3.kind, MILL.kind) == (DeviceKind.PRINTER, DeviceKind.MILL)
    assert os.nice(0) < 10
