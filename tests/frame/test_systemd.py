"""The systemd units are valid, hardened and point at commands that exist."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from onboard.cli.main import COMMANDS

FOLDER = Path(__file__).parents[2] / "systemd"
SERVICES = sorted(path.name for path in FOLDER.glob("*.service"))
COMMAND = "/opt/dipbike/.venv/bin/dipbike"
EXPOSURE_LIMIT = 15  # tenths: systemd-analyze security calls 1.5 "OK", and its scale ends at 10

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed"
)


def unit(name: str) -> list[str]:
    """The lines of one unit."""
    return (FOLDER / name).read_text(encoding="utf-8").splitlines()


def analyze(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run systemd-analyze among the units of one folder."""
    return subprocess.run(
        ["systemd-analyze", "--no-pager", *arguments], cwd=folder, check=False, capture_output=True, text=True
    )


def test_there_is_a_unit_for_each_process():
    """Two processes on the bike and one in the city."""
    assert SERVICES == ["dipbike-city.service", "dipbike-daemon.service", "dipbike-kiosk.service"]


@needs_systemd
def test_units_are_valid(tmp_path: Path):
    """Nothing is wrong with any unit; only the installed command is replaced by one that exists."""
    for path in [*FOLDER.glob("*.service"), *FOLDER.glob("*.target")]:
        text = path.read_text(encoding="utf-8").replace(COMMAND, sys.executable)
        (tmp_path / path.name).write_text(text, encoding="utf-8")
    for path in sorted(tmp_path.iterdir()):
        done = analyze("verify", "--man=no", f"./{path.name}", folder=tmp_path)
        ours = [line for line in done.stderr.splitlines() if "dipbike" in line]
        assert (done.returncode, ours) == (0, []), path.name


@needs_systemd
@pytest.mark.parametrize("name", SERVICES)
def test_services_are_hardened(name: str):
    """No service is exposed more than the house allows."""
    done = analyze("security", "--offline=yes", f"--threshold={EXPOSURE_LIMIT}", f"./{name}", folder=FOLDER)
    assert done.returncode == 0, done.stdout[-200:] + done.stderr


@needs_systemd
def test_the_judge_of_hardening_can_say_no(tmp_path: Path):
    """A service without any hardening is refused by the same check."""
    (tmp_path / "bare.service").write_text("[Service]\nExecStart=/bin/true\n", encoding="utf-8")
    done = analyze(
        "security", "--offline=yes", f"--threshold={EXPOSURE_LIMIT}", "./bare.service", folder=tmp_path
    )
    assert done.returncode != 0


@pytest.mark.parametrize("name", SERVICES)
def test_services_use_options_that_exist(name: str):
    """Each ExecStart is a command of ours with options that it knows, with the sample's values filled in."""
    start = next(line for line in unit(name) if line.startswith("ExecStart="))
    sample = dict(
        re.findall(r"^(\w+)=(.*)$", (FOLDER / "city.env").read_text(encoding="utf-8"), re.MULTILINE)
    )
    line = re.sub(
        r"\$\{?(\w+)\}?", lambda found: sample[found[1]], start.removeprefix(f"ExecStart={COMMAND} ")
    )
    command, *options = line.split()
    known = subprocess.run(
        [sys.executable, "-m", COMMANDS[command].module, "--help"], check=True, capture_output=True, text=True
    ).stdout
    assert {option for option in options if option.startswith("--")} <= set(
        re.findall(r"--[a-z][a-z-]+", known)
    )


def test_the_daemon_is_watched():
    """A daemon whose control loop hangs is restarted within ten seconds, and tells when it is ready."""
    lines = unit("dipbike-daemon.service")
    assert {"Type=notify", "WatchdogSec=10", "Restart=always"} <= set(lines)


def test_udev_rules_have_no_open_ends():
    """Each line of the rules, also a commented example, is made of complete key-value pairs."""
    pair = r'[A-Z]+(\{[^}]+\})?(==|=|\+=|!=)"[^"]*"'
    lines = (FOLDER / "udev" / "99-dipbike.rules").read_text(encoding="utf-8").splitlines()
    rules = [line.lstrip("#") for line in lines if line.lstrip("#")[:1].isupper() and '=="' in line]
    assert len(rules) == 6
    for rule in rules:
        assert re.fullmatch(rf"{pair}(, {pair})*", rule), rule
