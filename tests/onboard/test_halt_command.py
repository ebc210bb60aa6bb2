"""`dipbike halt` on a running bike."""

import asyncio
from pathlib import Path

import pytest
from click.testing import CliRunner

from onboard.cli.halt import halt_command
from onboard.control.server import ControlServer
from tests.onboard.rig import Rig


async def dipbike_halt(rig: Rig, *arguments: str) -> tuple[int, str]:
    """Run the command beside the daemon; return its exit code and what it says."""
    paths = rig.bike.config.paths
    settings = paths.state / "dipbike.toml"
    settings.write_text(f'[paths]\nstate = "{paths.state}"\nrun = "{paths.run}"\n')
    done = await asyncio.to_thread(CliRunner().invoke, halt_command, [*arguments, "--config", str(settings)])
    return done.exit_code, done.output.strip()


async def test_a_halt_is_opened_extended_moved_and_closed(rig: Rig):
    """Each action answers with the halt as it is afterwards; a refusal is the daemon's own sentence."""
    listening = asyncio.Event()
    rig.start(ControlServer(rig.bike.config.paths.control_socket, rig.desk.answer).serve(listening.set))
    await listening.wait()
    assert await dipbike_halt(rig) == (0, "No halt is open.")
    opened = ("open", "--place", "Parc", "--city", "Antony", "--minutes", "60", "--reserve", "100")
    assert await dipbike_halt(rig, *opened, "--class", "lune") == (
        0,
        "Parc, Antony: 60 min left, 100 Wh kept, class lune",
    )
    assert "45 min left" in (await dipbike_halt(rig, "extend", "--minutes", "-15"))[1]
    code, words = await dipbike_halt(rig, "extend", "--minutes", "-90")
    assert (code, "close the halt instead" in words) == (2, True)
    await dipbike_halt(rig, "reserve", "--reserve", "55")
    await dipbike_halt(rig, "welcome", "--class", "nobody")
    moved = await dipbike_halt(rig, "move", "--place", "Mairie", "--city", "Sceaux")
    assert moved == (0, "Mairie, Sceaux: 45 min left, 55 Wh kept")
    assert await dipbike_halt(rig, "close") == (0, "No halt is open.")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["open", "--place", "Parc"], "open needs --city."),
        (["extend", "--minutes", "15", "--place", "Parc"], "extend takes no --place."),
        (["reserve", "--reserve", "-1"], "--reserve: Input should be greater than or equal to 0."),
        (["dance"], "is not one of"),
    ],
)
def test_what_cannot_be_meant_is_said_before_anything_is_asked(
    tmp_path: Path, arguments: list[str], words: str
):
    """No daemon runs: only the command itself can have answered."""
    done = CliRunner().invoke(halt_command, [*arguments, "--config", str(tmp_path / "none.toml")])
    assert done.exit_code == 2
    assert words in done.output
