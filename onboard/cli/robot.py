"""`dipbike robot`: plays a program on a robot, without the bike, or shows what it says."""

import asyncio
import signal
from pathlib import Path
from typing import Final, Literal

import click

from drivers.errors import DriverError
from drivers.robots.interpreter import End, Limits
from drivers.robots.listing import listed
from drivers.robots.player import Player
from drivers.robots.program import RobotProgram
from drivers.robots.reading import read_program
from drivers.robots.refusals import RobotProgramError
from onboard.cli.common import EXIT_REFUSED, fail
from onboard.config import RobotSection
from onboard.robots.opening import RobotSettingsError, open_robot

FAREWELL_S: Final = 0.3
"""The last bytes reach the robot before its port is closed."""
Action = Literal["run", "show"]
WORDS: Final[dict[End, str]] = {
    End.DONE: "done: all steps were played",
    End.TIME: "ended: its time is up",
    End.STEPS: "ended: it played as many steps as a program may",
    End.AREA: "ended: a step would have left the area",
    End.STOPPED: "stopped",
}


@click.command()
@click.argument("action", type=click.Choice(["run", "show"]))
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--port", default="sim://thymio", show_default=True, help="Where the robot is.")
@click.option(
    "--protocol",
    type=click.Choice(["thymio", "firmata", "micropython"]),
    default="thymio",
    show_default=True,
    help="How it is talked to.",
)
@click.option(
    "--profile", type=click.Path(exists=True, dir_okay=False), default=None, help="What hangs on its pins."
)
@click.option("--speed", "speed_mm_s", type=click.FloatRange(10, 500), default=150.0, show_default=True)
@click.option("--area", "area_mm", type=click.FloatRange(200, 10_000), default=1200.0, show_default=True)
def robot_command(
    *,
    action: Action,
    file: Path,
    port: str,
    protocol: Literal["thymio", "firmata", "micropython"],
    profile: str | None,
    speed_mm_s: float,
    area_mm: float,
) -> None:
    """Run FILE on a robot, or show it as text; Ctrl-C stops the robot. Exit code 0 only if all was played."""
    section = RobotSection(
        protocol=protocol, port=port, profile=profile or "", speed_mm_s=speed_mm_s, area_mm=area_mm
    )
    try:
        program = read_program(file.read_bytes())
        if action == "show":
            click.echo(listed(program, "en"), nl=False)
            return
        end = asyncio.run(_play(section, program))
    except (RobotProgramError, RobotSettingsError) as error:
        fail(str(error), EXIT_REFUSED)
    except DriverError as error:
        fail(str(error))
    click.echo(WORDS[end])
    raise SystemExit(0 if end is End.DONE else 1)


async def _play(section: RobotSection, program: RobotProgram) -> End:
    """Play so that Ctrl-C and SIGTERM put the robot to rest."""
    kit = open_robot("robot", section)
    limits = Limits(section.program_s, speed_mm_s=section.speed_mm_s, half_mm=section.area_mm / 2)
    player = Player(kit, program, limits, lambda step: click.echo(f"step {step}") if step else None)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, player.finish)
    try:
        await kit.connect()
        for lack in kit.snapshot.degraded:
            click.echo(f"note: {lack}", err=True)
        return await player.play()
    finally:
        await asyncio.sleep(FAREWELL_S)
        await kit.close()


if __name__ == "__main__":
    robot_command(prog_name="dipbike robot")
