"""`dipbike simulate`: puts virtual machines on serial lines of their own."""

import signal
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from threading import Event
from typing import Final

import click

from drivers.marlin.sim_faults import Faults
from drivers.pseudoterminal import PseudoTerminal
from drivers.registry import BATTERY_BPS, FASTEST, SLOWEST, make_pack, make_simulator, open_blackbox
from drivers.simulator import Simulator
from onboard.cli.common import fail

MARLIN_BPS: Final = 250_000
GRBL_BPS: Final = 115_200
CAPACITY_WH: Final = 960.0
SOC_PCT: Final = 78.0
BASE_LOAD_W: Final = 10.0

KINDS: Final = ("marlin", "grbl", "battery", "bike")


@click.command()
@click.argument("kind", type=click.Choice(KINDS))
@click.option(
    "--link", type=click.Path(path_type=Path), required=True, help="The port to make; a folder for `bike`."
)
@click.option(
    "--black-box", type=click.Path(path_type=Path), help="Record what happens; a folder for `bike`."
)
@click.option("--speed", type=click.FloatRange(SLOWEST, FASTEST), default=1.0, show_default=True)
@click.option("--baud", type=click.IntRange(9600, 2_000_000), help="Pace of the bytes.")
@click.option(
    "--corrupt", type=click.FloatRange(0, 1), default=0.0, help="Chance that a line arrives damaged."
)
@click.option("--drop-ok", type=click.FloatRange(0, 1), default=0.0, help="Chance that an `ok` is lost.")
@click.option("--seed", type=int, default=0, help="Makes the faults repeatable.")
def simulate_command(  # noqa: PLR0913 - one argument an option
    *,
    kind: str,
    link: Path,
    black_box: Path | None,
    speed: float,
    baud: int | None,
    corrupt: float,
    drop_ok: float,
    seed: int,
) -> None:
    """Run a virtual machine of KIND until SIGTERM; `bike` is all three, with one battery that they drain."""
    faults = Faults(seed=seed, damage_in=corrupt, drop_ok=drop_ok)
    with ExitStack() as running:
        plug = Plugs(running, speed)
        try:
            match kind:
                case "marlin":
                    plug.in_(
                        link, make_simulator("marlin", open_blackbox(black_box), faults), baud or MARLIN_BPS
                    )
                case "grbl":
                    plug.in_(link, make_simulator("grbl", open_blackbox(black_box)), baud or GRBL_BPS)
                case "battery":
                    plug.in_(link, make_pack(CAPACITY_WH, SOC_PCT, lambda: BASE_LOAD_W, speed), BATTERY_BPS)
                case _:
                    plug_bike(plug, link, black_box, faults)
        except OSError as error:
            fail(f"{link} cannot be made: {error}")
        click.echo(f"{link} is ready; Ctrl-C ends it.")
        wait_for_the_end()


class Plugs:
    """Pseudo-terminals that are closed together."""

    def __init__(self, running: ExitStack, speed: float) -> None:
        self._running = running
        self.speed = speed

    def in_(self, link: Path, simulator: Simulator, baud_bps: int) -> Simulator:
        """Give a simulator a port of its own."""
        self._running.callback(PseudoTerminal(link, simulator, baud_bps, self.speed).close)
        return simulator


def plug_bike(plug: Plugs, folder: Path, black_boxes: Path | None, faults: Faults) -> None:
    """Printer, mill and a battery that feeds both and the bike's own computer."""
    for made in filter(None, (folder, black_boxes)):
        made.mkdir(parents=True, exist_ok=True)

    def box(name: str) -> Path | None:
        return black_boxes / f"{name}.jsonl" if black_boxes else None

    marlin = make_simulator("marlin", open_blackbox(box("marlin")), faults)
    grbl = make_simulator("grbl", open_blackbox(box("grbl")))
    load: Callable[[], float] = lambda: BASE_LOAD_W + marlin.power_w + grbl.power_w  # noqa: E731 - one sum, one line
    plug.in_(folder / "marlin", marlin, MARLIN_BPS)
    plug.in_(folder / "grbl", grbl, GRBL_BPS)
    plug.in_(folder / "battery", make_pack(CAPACITY_WH, SOC_PCT, load, plug.speed), BATTERY_BPS)


def wait_for_the_end() -> None:
    """Sleep until SIGTERM or SIGINT."""
    ended = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: ended.set())
    ended.wait()


if __name__ == "__main__":
    simulate_command(prog_name="dipbike simulate")
