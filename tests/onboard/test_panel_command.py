"""`dipbike panel` turns the contacts of a virtual panel, and nothing else."""

from contextlib import closing
from pathlib import Path

from click.testing import CliRunner

from drivers.panel.sim_socket import PanelSocket
from drivers.panel.types import Input
from drivers.simulator import BlackBox
from onboard.cli.panel import panel_command


def test_a_hand_on_the_contacts_from_the_command_line(tmp_path: Path):
    """A press is both contacts open; a misspelt contact is a sentence and changes nothing."""
    link, box = str(tmp_path / "panel"), BlackBox()
    with closing(PanelSocket(tmp_path / "panel", box)) as plug:
        shown = CliRunner().invoke(panel_command, ["--link", link, "mushroom_a=open", "mushroom_b=open"])
        assert shown.exit_code == 0
        assert "mushroom_a open" in shown.output
        assert [e["name"] for e in box.entries if e["kind"] == "input"] == ["mushroom_a", "mushroom_b"]
        refused = CliRunner().invoke(panel_command, ["--link", link, "lid=open", "cover=open"])
        assert refused.exit_code == 2
        assert plug.panel.levels[Input.LID]
    gone = CliRunner().invoke(panel_command, ["--link", link])
    assert gone.exit_code == 1
    assert "no virtual panel" in gone.output
