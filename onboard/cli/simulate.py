"""`dipbike simulate`: puts virtual machines on serial lines of their own."""

import signal
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Final, TypeAlias

import click

from drivers.marlin.sim import VirtualMarlin
from drivers.panel.sim_socket import PanelSocket
from drivers.panel.supply import Supply
from drivers.pseudoterminal import PseudoTerminal
from drivers.registry import BATTERY_BPS
from drivers.simulated import (
    FASTEST,
    SLOWEST,
    Traits,
    make_mill,
    make_pack,
    make_printer,
    make_simulator,
    open_blackbox,
)
from drivers.simulator import Simulator
from onboard.cli.common import EXIT_REFUSED, fail

MARLIN_BPS: Final = 250_000
GRBL_BPS: Final = 115_200
CAPACITY_WH: Final = 960.0
SOC_PCT: Final = 78.0
BASE_LOAD_W: Final = 10.0
OF_BATTERY: Final = "battery:"
Words: TypeAlias = tuple[str, ...]

KINDS: Final = ("marlin", "grbl", "battery", "bike", "bike-with-panel")


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
@click.option(
    "--fault",
    "faults",
    multiple=True,
    help="NAME=CHANCE or NAME@MOVES of a printer, NAME=CODE@LINE of a mill, NAME@SECONDS of a battery "
    "(of a bike's: battery:NAME@SECONDS); docs/commands.md has all.",
)
@click.option(
    "--board",
    "board",
    multiple=True,
    help="A trait of the board, such as dialect=1.1, dialect=grblhal or instant.",
)
@click.option(
    "--latency-ms", type=click.FloatRange(0, 100), default=0.0, help="The USB chip's latency timer."
)
@click.option(
    "--soc", type=click.FloatRange(0, 100), default=SOC_PCT, show_default=True, help="Charge of the battery."
)
@click.option("--crumbs", is_flag=True, help="Let the host read 1 to 7 bytes at a time.")
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
    faults: tuple[str, ...],
    board: tuple[str, ...],
    latency_ms: float,
    soc: float,
    crumbs: bool,
) -> None:
    """Run a virtual machine of KIND until SIGTERM; `bike` is all three, with one battery that they drain.

    `bike-with-panel` hangs its machines on a relay, which a heartbeat on its panel holds closed.
    """
    traits = Traits(seed, board, (f"corrupt-in={corrupt}", f"drop-ok={drop_ok}", *faults))
    with ExitStack() as running:
        plug = Plugs(running, speed, latency_ms / 1000, seed if crumbs else None)
        try:
            match kind:
                case "marlin":
                    plug.printer(link, black_box, traits, baud or MARLIN_BPS)
                case "grbl":
                    plug.mill(link, black_box, traits, baud or GRBL_BPS)
                case "battery":
                    plug.pack(link, black_box, lambda: BASE_LOAD_W, soc, faults)
                case _:
                    plug_bike(plug, link, black_box, traits, soc, with_panel=kind == "bike-with-panel")
        except ValueError as error:
            fail(str(error), EXIT_REFUSED)
        except OSError as error:
            fail(f"{link} cannot be made: {error}")
        click.echo(f"{link} is ready; Ctrl-C ends it.")
        wait_for_the_end()


class Plugs:
    """Pseudo-terminals that are closed together."""

    def __init__(self, running: ExitStack, speed: float, latency_s: float, crumbs: int | None) -> None:
        self._running = running
        self._latency_s = latency_s
        self._crumbs = crumbs
        self.speed = speed

    def in_(self, link: Path, simulator: Simulator, baud_bps: int) -> PseudoTerminal:
        """Give a simulator a port of its own."""
        port = PseudoTerminal(
            link, simulator, baud_bps, self.speed, latency_s=self._latency_s, crumbs=self._crumbs
        )
        self._running.callback(port.close)
        return port

    def mill(self, link: Path, black_box: Path | None, traits: Traits, baud_bps: int) -> None:
        """Give a mill a port; its black box begins with the instant of its birth too."""
        recorder = open_blackbox(black_box)
        port = self.in_(link, make_simulator("grbl", recorder, traits), baud_bps)
        recorder.record(0.0, "born", monotonic_s=port.born_s, speed=self.speed)

    def printer(
        self,
        link: Path,
        black_box: Path | None,
        traits: Traits,
        baud_bps: int,
        has_power: Callable[[], bool] | None = None,
    ) -> VirtualMarlin:
        """Give a printer a port; its black box begins with the instant of its birth, to compare clocks."""
        recorder = open_blackbox(black_box)
        board = make_printer(recorder, traits)
        supplied = Supply(board, lambda _now_s: board.reset(), has_power) if has_power else board
        port = self.in_(link, supplied, baud_bps)
        recorder.record(0.0, "born", monotonic_s=port.born_s, speed=self.speed)
        board.unplug = port.replug
        return board

    def pack(
        self, link: Path, black_box: Path | None, load: Callable[[], float], soc_pct: float, faults: Words
    ) -> None:
        """Give the monitor of a pack a port."""
        recorder = open_blackbox(black_box)
        pack = make_pack(CAPACITY_WH, soc_pct, load, self.speed, recorder, faults)
        port = self.in_(link, pack, BATTERY_BPS)
        recorder.record(0.0, "born", monotonic_s=port.born_s, speed=self.speed)

    def panel(self, path: Path, black_box: Path | None) -> Callable[[], bool]:
        """Make a panel on a socket, and tell whether its relay gives power."""
        socket = PanelSocket(path, open_blackbox(black_box))
        self._running.callback(socket.close)
        return lambda: socket.panel.has_power


def of_bike(traits: Traits) -> tuple[Traits, Words]:
    """Part the faults of the printer from those of the battery."""
    lies = tuple(word.removeprefix(OF_BATTERY) for word in traits.faults if word.startswith(OF_BATTERY))
    others = tuple(word for word in traits.faults if not word.startswith(OF_BATTERY))
    return replace(traits, faults=others), lies


def plug_bike(
    plug: Plugs, folder: Path, black_boxes: Path | None, traits: Traits, soc_pct: float, *, with_panel: bool
) -> None:
    """Printer, mill and a battery that feeds both and the bike's own computer."""
    traits, lies = of_bike(traits)
    for made in filter(None, (folder, black_boxes)):
        made.mkdir(parents=True, exist_ok=True)

    def box(name: str) -> Path | None:
        return black_boxes / f"{name}.jsonl" if black_boxes else None

    has_power = plug.panel(folder / "panel", box("panel")) if with_panel else None
    marlin = plug.printer(folder / "marlin", box("marlin"), traits, MARLIN_BPS, has_power)
    mill = make_mill(open_blackbox(box("grbl")), Traits())
    grbl = Supply(mill, mill.opened, has_power) if has_power else mill
    load: Callable[[], float] = lambda: BASE_LOAD_W + marlin.power_w + grbl.power_w  # noqa: E731 - one sum, one line
    plug.in_(folder / "grbl", grbl, GRBL_BPS)
    plug.pack(folder / "battery", box("battery"), load, soc_pct, lies)


def wait_for_the_end() -> None:
    """Sleep until SIGTERM or SIGINT."""
    ended = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: ended.set())
    ended.wait()


if __name__ == "__main__":
    simulate_command(prog_name="dipbike simulate")
