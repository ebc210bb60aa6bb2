"""PrusaSlicer is believed only when there is a program that pushes plastic and passes the gate."""

from pathlib import Path

import pytest

from jobs.errors import DesignRefusedError, JobError, PreparationFailedError
from jobs.intake.choices import Quality
from jobs.intake.placing import place
from jobs.intake.reading import read_mesh
from jobs.intake.stl import write_stl
from jobs.machines import I3
from jobs.slicer import PROFILES, Manner, Slicer
from tests.jobs import meshes

GOOD = (
    "M104 S200\nG90\nM83\nG28\nM109 S200\nG1 Z0.2 F600\nG1 X10 Y10 F6000\nG1 X20 Y10 E0.5\nM104 S0\nM140 S0\n"
)


@pytest.fixture
def shape(tmp_path: Path) -> Path:
    """An STL of ours."""
    path = tmp_path / "shape.stl"
    path.write_bytes(meshes.cube())
    return path


@pytest.fixture
def slicer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A command that stands where PrusaSlicer is looked for; it does what the test writes into it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    return folder / "prusa-slicer"


def program_it(command: Path, does: str) -> None:
    """Make the command a shell script that knows its --output."""
    head = '#!/bin/sh\nwhile [ "$1" != --output ]; do shift; done\nout=$2\n'
    command.write_text(head + does)
    command.chmod(0o755)


def failure(shape: Path, tmp_path: Path) -> JobError:
    """What slicing raises."""
    with pytest.raises(JobError) as caught:
        Slicer(I3, tmp_path).slice(shape, Manner(), lambda _share: None)
    return caught.value


@pytest.mark.parametrize(
    ("does", "code"),
    [
        ("exit 0", "slicer-failed"),
        ("exit 1", "slicer-failed"),
        ("kill -9 $$", "slicer-failed"),
        (f"printf '{GOOD}' > $out; exit 1", "slicer-failed"),
        ("printf 'G90\\nG28\\nG1 X5 F600\\n' > $out", "nothing-to-print"),
        ("echo 'There is an object with no extrusions in the first layer.' >&2; exit 1", "nothing-to-print"),
        (f"printf '{GOOD}G1 Z300\\n' > $out", "slicer-range"),
        (f"printf '{GOOD}M500\\n' > $out", "slicer-command"),
    ],
)
def test_exit_codes_lie(shape: Path, slicer: Path, tmp_path: Path, does: str, code: str) -> None:
    """Exit 0 without a file, an empty print and a program beyond the machine are all failures."""
    program_it(slicer, does)
    assert failure(shape, tmp_path).code == code


def test_progress_never_goes_back(shape: Path, slicer: Path, tmp_path: Path) -> None:
    """Stage numbers come out of order: the share only grows."""
    program_it(
        slicer, f"echo '10 => a'; echo '70 => b'; echo '30 => c'; echo '90 => d'; printf '{GOOD}' > $out"
    )
    shares: list[float] = []
    program = Slicer(I3, tmp_path).slice(shape, Manner(), shares.append)
    assert shares == [0.1, 0.7, 0.9]
    assert program.line_count == GOOD.count("\n")


def test_without_prusaslicer_a_sentence_says_so(
    shape: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A bike without PrusaSlicer fails with the name of what to install."""
    monkeypatch.setenv("PATH", str(tmp_path))
    problem = failure(shape, tmp_path)
    assert isinstance(problem, PreparationFailedError)
    assert problem.code == "no-slicer"
    assert "prusa-slicer" in problem.sentence.en


@pytest.mark.slicer
def test_what_is_too_small_is_refused(tmp_path: Path) -> None:
    """A cube of 0.1 mm gives no layer: the child is told to enlarge it."""
    tiny = tmp_path / "tiny.stl"
    tiny.write_bytes(write_stl(place(read_mesh(meshes.cube(0.1)), I3.bed_mm).mesh))
    problem = failure(tiny, tmp_path)
    assert isinstance(problem, DesignRefusedError)
    assert problem.code == "nothing-to-print"


@pytest.mark.slicer
def test_a_shape_beyond_the_bed_never_becomes_a_program(tmp_path: Path) -> None:
    """Even if intake let it through, a shape off the bed does not pass."""
    wide = tmp_path / "wide.stl"
    wide.write_bytes(meshes.box(400, 20, 20))
    assert isinstance(failure(wide, tmp_path), JobError)


@pytest.mark.slicer
def test_progress_is_told_while_it_happens(tmp_path: Path) -> None:
    """PrusaSlicer keeps its words back in a pipe if we let it: the first comes before there is a program."""
    cube = tmp_path / "cube.stl"
    cube.write_bytes(write_stl(place(read_mesh(meshes.box(90, 90, 30)), I3.bed_mm).mesh))
    made_before: list[bool] = []
    Slicer(I3, tmp_path).slice(
        cube, Manner(), lambda _share: made_before.append((tmp_path / "sliced.gcode").exists())
    )
    assert made_before[0] is False


@pytest.mark.slicer
@pytest.mark.parametrize("quality", Quality)
def test_programs_are_as_the_machine_wants_them(tmp_path: Path, quality: Quality) -> None:
    """Plastic is counted anew on each layer, the time left is told, and no comment or picture travels on."""
    cube = tmp_path / "cube.stl"
    cube.write_bytes(write_stl(place(read_mesh(meshes.box(20, 20, 3)), I3.bed_mm).mesh))
    program = Slicer(I3, tmp_path).slice(cube, Manner(quality), lambda _share: None).data
    assert program.count(b"\nG92 E0\n") >= {"vite": 11, "normal": 15, "beau": 20}[quality.value]
    assert b"M73 P" in program
    assert b"M83" in program
    assert b";" not in program


def test_profiles_are_ours_alone() -> None:
    """No profile runs a program, takes anything from another one or feeds flexible filament."""
    whole = {path.stem: path.read_text(encoding="utf-8") for path in PROFILES.glob("*.ini")}
    assert set(whole) == {"i3", *(quality.value for quality in Quality)}
    settings = {
        line.partition("=")[0].strip(): line.partition("=")[2].strip()
        for text in whole.values()
        for line in text.splitlines()
        if line and not line.startswith("#")
    }
    assert settings["post_process"] == ""
    assert settings["filament_type"] == "PLA"
    assert "inherits" not in settings
