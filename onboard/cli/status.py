"""`dipbike status`: shows the running bike."""

import asyncio
from pathlib import Path

import click

from onboard.cli.common import config_option, fail, json_option
from onboard.cli.settings import settings_of
from onboard.control.client import ControlClient, DaemonUnreachableError
from onboard.control.messages import BikeStatus, GetStatus, MachineView, RobotView


@click.command()
@config_option
@json_option
def status_command(config_path: Path, as_json: bool) -> None:  # noqa: FBT001 - a command-line flag
    """Show machines, battery, halt and queue of the running bike."""
    settings = settings_of(config_path)
    try:
        reply = asyncio.run(ControlClient(settings.paths.control_socket).ask(GetStatus()))
    except DaemonUnreachableError as error:
        fail(str(error))
    if reply.status is None:
        fail(reply.refusal.text_en if reply.refusal else "The daemon gave no status.")
    click.echo(reply.status.model_dump_json() if as_json else describe(reply.status))


def describe(status: BikeStatus) -> str:
    """A few lines for a person."""
    lines = [
        f"{status.bike} ({status.city})" + (" - STOPPED, waits to be re-armed" if status.stopped else "")
    ]
    halt = status.halt
    lines.append(
        f"halt     {halt.place}, {halt.host_city}: {halt.left_s / 60:.0f} min left"
        if halt
        else "halt     none"
    )
    battery = status.battery
    lines.append(
        f"battery  {battery.soc_pct:.0f} %, {battery.power_w:.0f} W" if battery.known else "battery  unknown"
    )
    lines.extend(_machine(machine) for machine in status.machines)
    lines.extend(_robot(robot) for robot in status.robots)
    if status.panel is not None:
        lines.append("panel    " + (" ".join(hazard.text_en for hazard in status.panel) or "all well"))
    lines.append(f"queue    {len(status.held)} held, {len(status.starts)} planned")
    return "\n".join(lines)


def _machine(machine: MachineView) -> str:
    heat = " ".join(f"{name} {h.actual_c:.0f}/{h.target_c:.0f} °C" for name, h in machine.heaters.items())
    work = f"{machine.ticket or 'a job'} {machine.fraction:.0%}" if machine.job else machine.message
    return f"{machine.name:<8} {machine.state:<10} {heat} {work}".rstrip()


def _robot(robot: RobotView) -> str:
    charge = "" if robot.battery_pct is None else f"{robot.battery_pct:.0f} %"
    lent = f"{robot.ticket}, {(robot.left_s or 0) / 60:.0f} min left" if robot.loan else robot.message
    state = "stopped" if robot.stopped else "plays" if robot.playing else robot.state
    return f"{robot.name:<8} {state:<10} {charge} {lent}".rstrip()


if __name__ == "__main__":
    status_command(prog_name="dipbike status")
