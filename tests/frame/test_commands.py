"""Every command and every option is in docs/commands.md, and nothing else is."""

import re
import subprocess
import sys

import pytest

from onboard.cli.main import COMMANDS
from tests.frame import house

PAGE = (house.ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
SECTIONS = dict(re.findall(r"^## `dipbike ([\w-]+)[^`]*`\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]+")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run our own Python, as the subcommands are run."""
    command = [sys.executable, *arguments]
    return subprocess.run(command, cwd=house.ROOT, check=False, capture_output=True, text=True)


def dipbike(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command as it is installed."""
    return run("-c", "from onboard.cli.main import main; main()", *arguments)


def test_every_command_has_its_section():
    """The page has a section for each command, in the order of `dipbike --help`."""
    assert list(SECTIONS) == list(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_option_is_documented(name: str):
    """What `--help` offers and what the page says are the same options."""
    done = run("-m", COMMANDS[name].module, "--help")
    assert done.returncode == 0, done.stderr
    assert set(OPTION.findall(SECTIONS[name])) == set(OPTION.findall(done.stdout)) - {"--help"}


def test_the_command_becomes_its_subcommand():
    """What a subcommand prints and the code it ends with come through `dipbike`."""
    done = dipbike("estimate", "nothing-here.gcode")
    assert done.returncode == 2
    assert "nothing-here.gcode" in done.stderr


def test_an_unknown_command_is_a_sentence():
    """A misspelt command changes nothing and says where the list is."""
    done = dipbike("prinnt")
    assert done.returncode == 2
    assert "prinnt" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_readme_starts_with_the_two_commands():
    """Whoever opens the project sees first how to run it and how to check it."""
    lines = [line for line in (house.ROOT / "README.md").read_text(encoding="utf-8").splitlines() if line]
    assert lines[0].startswith("# ")
    assert lines[2].startswith("./dipbike demo")
    assert lines[3].startswith("./dipbike test")


@pytest.mark.parametrize(
    "page", ["README.md", "CONTRIBUTING.md", *(f"docs/{p.name}" for p in (house.ROOT / "docs").glob("*.md"))]
)
def test_links_lead_somewhere(page: str):
    """No page links to a file that is not there."""
    path = house.ROOT / page
    links = re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []
