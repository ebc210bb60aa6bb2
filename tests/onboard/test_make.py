"""`dipbike make`: the files it writes, and that a refusal writes none."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from jobs.cam.drawing import Role
from jobs.cam.svg import read_svg
from jobs.designs.catalogue import SHAPES
from jobs.intake.reading import read_mesh
from jobs.types import DesignKind
from onboard.cli.make import make_command
from tests.jobs.designs import sketches
from tests.jobs.designs.shapes import is_sound


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def make(*arguments: str) -> Result:
    """Run the command; standard error is kept apart."""
    return CliRunner().invoke(make_command, list(arguments))


def test_the_name_tag_of_the_handbook(here: Path) -> None:
    """The command of the page writes a closed mesh that our own intake reads."""
    command = [
        sys.executable,
        "-m",
        "onboard.cli.make",
        "name-tag",
        "--text",
        "Zoë & Łukasz",
        "-o",
        "tag.stl",
    ]
    root = Path(__file__).parents[2]
    done = subprocess.run(
        command, cwd=here, env={"PYTHONPATH": str(root)}, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("tag.stl: 70.0")
    is_sound(read_mesh((here / "tag.stl").read_bytes()))


@pytest.mark.parametrize("kind", list(SHAPES))
def test_every_shape_is_made_from_the_command_line(kind: DesignKind, here: Path) -> None:
    """Each one writes an STL of one closed part, and an SVG when it can be milled."""
    (here / "drawing.svg").write_bytes(sketches.HEART)
    (here / "map.mm").write_bytes(sketches.FREEMIND)
    options = {
        DesignKind.KEY_RING: ["--drawing", "drawing.svg"],
        DesignKind.COOKIE_CUTTER: ["--drawing", "drawing.svg"],
        DesignKind.MIND_MAP: ["--map", "map.mm"],
    }.get(kind, ["--text", "Zoé"])
    told = json.loads(make(kind, *options, "-o", "made.stl", "--json").stdout)
    mesh = read_mesh((here / "made.stl").read_bytes())
    is_sound(mesh)
    assert told["shape"] == kind
    assert told["triangles"] == len(mesh.triangles)
    assert told["size_mm"] == pytest.approx(mesh.size_mm, abs=0.01)
    if SHAPES[kind].milled:
        assert make(kind, *options, "-o", "made.svg").exit_code == 0
        roles = {outline.role for outline in read_svg((here / "made.svg").read_bytes()).outlines}
        assert roles == {Role.CUT, Role.ENGRAVE}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["name-tag"], "Write 1 to 16 letters"),
        (["name-tag", "--text", "Zoé", "--width", "1000"], "goes from 40 to 150 mm"),
        (["name-tag", "--text", "Zoé", "--size", "nan"], "goes from 40 to 150 mm"),
        (["name-tag", "--text", "Zoé", "--width", "wide"], "not a valid float"),
        (["name-tag", "--text", "Zoé", "--style", "golden"], "choose one of raised"),
        (["name-tag", "--text", "Zoé ♥"], "I cannot write: ♥"),
        (["name-tag", "--text", "Zoé", "-o", "tag.obj"], "must be .stl or .svg"),
        (["name-tag", "--text", "Zoé", "-o", "nowhere/tag.stl"], "cannot be written"),
        (["stamp", "--text", "Zoé", "-o", "stamp.svg"], "only be printed"),
        (["key-ring"], "Draw something first"),
        (["key-ring", "--drawing", "nothing.svg"], "does not exist"),
        (["key-ring", "--drawing", "empty.svg"], "is empty"),
        (["key-ring", "--drawing", "hostile.svg"], "DOCTYPE"),
        (["mind-map", "--map", "hostile.svg"], "DOCTYPE"),
        (["plant-label", "--text", "Thym", "--thickness", "3", "-o", "t.svg"], "unknown here: thickness_mm"),
        (["unicorn"], "No such command"),
    ],
)
def test_bad_settings_are_a_sentence_and_write_nothing(here: Path, arguments: list[str], said: str) -> None:
    """Exit code 2, one sentence, no file and no traceback."""
    (here / "hostile.svg").write_bytes(b"<!DOCTYPE svg [<!ENTITY a 'a'>]><svg>&a;</svg>")
    (here / "empty.svg").write_bytes(b"")
    before = sorted(here.iterdir())
    done = make(*arguments)
    assert done.exit_code == 2
    assert said in done.output
    assert "Traceback" not in done.output
    assert sorted(here.iterdir()) == before


def test_refusals_are_json_for_programs(here: Path) -> None:
    """With --json a refusal has its code."""
    done = make("name-tag", "--text", "♥", "--json")
    assert json.loads(done.stdout)["refused"] == "missing-letters"
    assert list(here.iterdir()) == []


def test_help_tells_the_bounds() -> None:
    """Every setting of every shape is told with its bounds."""
    for kind, shape in SHAPES.items():
        told = " ".join(make(kind, "--help").stdout.split())
        for setting in shape.printed.settings:
            assert setting.label.en in told
            if setting.unit:
                assert f"{setting.low:g} to {setting.high:g} mm" in told
    assert all(kind in make("--help").stdout for kind in SHAPES)
