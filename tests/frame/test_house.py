"""The limits of the house hold, and the check of them finds what is too long."""

import subprocess
import sys
from pathlib import Path

from tests.frame import house


def test_the_house_keeps_its_limits():
    """No file has more than 300 lines and no function more than 40."""
    assert list(house.breaches(house.tracked(house.ROOT))) == []


def test_a_file_over_the_limit_is_found(tmp_path: Path):
    """One line too many is one sentence."""
    path = tmp_path / "long.css"
    path.write_text("a\n" * (house.LIMIT_FILE + 1), encoding="utf-8")
    assert len(list(house.breaches([path]))) == 1


def test_a_function_over_the_limit_is_found(tmp_path: Path):
    """The limit holds for methods and coroutines as well, and one of exactly the limit passes."""
    path = tmp_path / "long.py"
    body = "        pass\n"
    path.write_text(
        "class A:\n    async def long(self):\n"
        + body * house.LIMIT_FUNCTION
        + "    def fits(self):\n"
        + body * (house.LIMIT_FUNCTION - 1),
        encoding="utf-8",
    )
    assert [line.split(": ")[1].split()[0] for line in house.breaches([path])] == ["long"]


def test_the_layers_hold():
    """import-linter keeps every contract of pyproject.toml."""
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-cache"], cwd=house.ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_scripts_are_plain_shell():
    """The two scripts that run before anything is installed can be read by the shells they name."""
    for shell, script in (("sh", "dipbike"), ("bash", ".ci/run")):
        done = subprocess.run(
            [shell, "-n", script], cwd=house.ROOT, check=False, capture_output=True, text=True
        )
        assert (done.returncode, done.stderr) == (0, ""), script
        assert (house.ROOT / script).stat().st_mode & 0o111, f"{script} is not executable"
