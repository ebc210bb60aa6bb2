"""The only place that builds simulated machines, from words on a command line or in a `sim://` URL."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias, assert_never
from urllib.parse import parse_qs, urlsplit

from drivers.battery.lies import parse_pack_faults
from drivers.battery.sim import INVERTER, VirtualPack
from drivers.errors import TransportError
from drivers.grbl.sim import VirtualGrbl
from drivers.grbl.sim_options import parse_mill, parse_mill_faults
from drivers.loopback import Loopback
from drivers.marlin.sim import VirtualMarlin
from drivers.marlin.sim_options import parse_faults, parse_profile
from drivers.simulator import BlackBox, Simulator

SimulatorKind: TypeAlias = Literal["marlin", "grbl"]
KINDS: Final[tuple[SimulatorKind, ...]] = ("marlin", "grbl")
SLOWEST: Final = 0.1
FASTEST: Final = 50.0
KEPT_ENTRIES: Final = 10_000
"""A machine without a file for its black box keeps the last of it in memory."""
_WORDS: Final = frozenset(
    {"speed", "blackbox", "seed", "latency_ms", "crumbs", "fault", "board", "damage", "drop_ok"}
)


@dataclass(frozen=True, slots=True)
class Traits:
    """What a simulated machine is and suffers, in the words of its package's `sim_options`."""

    seed: int = 0
    board: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()


def make_simulator(kind: SimulatorKind, blackbox: BlackBox, traits: Traits | None = None) -> Simulator:
    """Build the machine's side of the wire."""
    match kind:
        case "marlin":
            return make_printer(blackbox, traits or Traits())
        case "grbl":
            return make_mill(blackbox, traits or Traits())
        case _:
            assert_never(kind)


def make_printer(blackbox: BlackBox, traits: Traits) -> VirtualMarlin:
    """Build a printer.

    Raises:
        ValueError: there is no such trait or fault.
    """
    return VirtualMarlin(blackbox, parse_faults(traits.seed, traits.faults), parse_profile(traits.board))


def make_mill(blackbox: BlackBox, traits: Traits) -> VirtualGrbl:
    """Build a mill.

    Raises:
        ValueError: there is no such trait or fault.
    """
    return VirtualGrbl(blackbox, parse_mill(traits.board), parse_mill_faults(traits.seed, traits.faults))


def make_pack(
    capacity_wh: float,
    soc_pct: float,
    load: Callable[[], float],
    speed: float,
    blackbox: BlackBox | None = None,
    faults: Iterable[str] = (),
) -> Simulator:
    """Build a pack behind an inverter with its monitor; `load` is asked for the watts that machines draw.

    Raises:
        ValueError: there is no such fault.
    """
    box = blackbox or BlackBox(keep=KEPT_ENTRIES)
    lies = parse_pack_faults(faults)
    return VirtualPack(capacity_wh, soc_pct, load, INVERTER, speed, box, faults=lies)


def open_blackbox(path: Path | None) -> BlackBox:
    """Record into a file, line by line, or the last entries into memory."""
    return BlackBox(path.open("a", encoding="utf-8")) if path else BlackBox(keep=KEPT_ENTRIES)


def simulated(url: str, baud_bps: int) -> tuple[Loopback, float]:
    """Let a machine live in this process; return its line and how much faster than life it runs.

    `sim://marlin?speed=10&blackbox=/path.jsonl&seed=1&fault=corrupt-in=0.01&fault=reset@200&board=instant`;
    `latency_ms` is the USB chip's, `crumbs` seeds reads of a few bytes, `damage` and `drop_ok` are short
    for the commonest faults.

    Raises:
        TransportError: the address makes no sense.
    """
    parts = urlsplit(url)
    try:
        words = parse_qs(parts.query, strict_parsing=bool(parts.query))
        return _plugged(_kind(parts.netloc), _known(words), baud_bps)
    except (ValueError, OSError) as error:
        message = f"{url!r} is no simulated machine: {error} Write sim://marlin?speed=10."
        raise TransportError(message) from error


def _kind(name: str) -> SimulatorKind:
    for kind in KINDS:
        if kind == name:
            return kind
    raise ValueError(f"{name!r} is none of {', '.join(KINDS)}.")


def _known(words: dict[str, list[str]]) -> dict[str, list[str]]:
    if unknown := set(words) - _WORDS:
        raise ValueError(f"there is no {', '.join(sorted(unknown))}.")
    return words


def _plugged(kind: SimulatorKind, words: dict[str, list[str]], baud_bps: int) -> tuple[Loopback, float]:
    speed = min(FASTEST, max(SLOWEST, float(_last(words, "speed", "1"))))
    box = _last(words, "blackbox", "")
    simulator = make_simulator(kind, open_blackbox(Path(box) if box else None), _traits(words))
    crumbs = _last(words, "crumbs", "")
    line = Loopback(
        simulator,
        baud_bps,
        speed,
        latency_s=float(_last(words, "latency_ms", "0")) / 1000,
        crumbs=int(crumbs) if crumbs else None,
    )
    if isinstance(simulator, VirtualMarlin):
        simulator.unplug = line.replug
    return line, speed


def _traits(words: dict[str, list[str]]) -> Traits:
    short = {"damage": "corrupt-in", "drop_ok": "drop-ok"}
    faults = [f"{name}={_last(words, word, '0')}" for word, name in short.items()]
    return Traits(int(_last(words, "seed", "0")), _all(words, "board"), (*faults, *_all(words, "fault")))


def _last(words: dict[str, list[str]], name: str, default: str) -> str:
    return words.get(name, [default])[-1]


def _all(words: dict[str, list[str]], name: str) -> tuple[str, ...]:
    found: Iterable[str] = words.get(name, [])
    return tuple(found)
