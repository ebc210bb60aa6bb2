"""How fast Arduino and micro:bit robots stop on their real firmware: `python -m tests.bench.kits [ROUNDS]`.

From the stop to still pins, by the simulated chip itself; and, for the micro:bit, from the last sign of life
to its own dead-man. Fails when a stop takes more than 200 ms or the dead-man more than 750 ms.
"""

import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

from drivers.firmata.kit import FIRMATA_BPS, firmata_kit
from drivers.firmata.sample import SAMPLE
from drivers.transport import open_transport
from drivers.types import DeviceState
from tests.drivers.robots.tethered import until
from tests.peers import arduino, microbit
from tests.peers.test_micropython import AHEAD, LEVELS, PINS, STILL
from tests.peers.test_micropython import microbit as microbit_robot

STOP_MS = 200.0
DEADMAN_MS = 750.0
STILL_FRAMES = 10
WHEELS = ("D9", "D10")


async def arduino_stops(board: arduino.Arduino) -> float:
    """Return, by the chip's clock, how long after the stop's last byte a pulse ended."""
    kit = firmata_kit("turtle", lambda: open_transport(str(board.port), FIRMATA_BPS), SAMPLE)
    await kit.connect()
    seen = len(board.entries())
    await kit.act(AHEAD)
    await until(lambda: bool(board.pulses_us("D10", seen)), "it moves")
    seen = len(board.entries())
    kit.stop()
    await until(lambda: kit.snapshot.state is DeviceState.STOPPED, "the stop")
    await until(lambda: board.received(seen).endswith(bytes.fromhex("ff900000910000")), "the stop")
    entries = board.entries()[seen:]
    stopped_s = next(float(str(entry["t"])) for entry in reversed(entries) if entry["kind"] == "rx")
    await kit.connect()
    await until(lambda: len(board.pulses_us("D11", seen)) > STILL_FRAMES, "time passes")
    await kit.close()
    ends = [at_s for pin in WHEELS for at_s, _ in board.edges(pin, seen)]
    return max(0.0, max(ends, default=stopped_s) - stopped_s) * 1000


async def microbit_stops(*, by_itself: bool) -> float:
    """Return how long after a stop, or after the last sign of life, all pins were low."""
    with tempfile.TemporaryDirectory() as folder, microbit.qemu(Path(folder)) as board:
        return await _stops(board, by_itself=by_itself)


async def _stops(board: microbit.Qemu, *, by_itself: bool) -> float:
    kit = microbit_robot(board.port)
    await kit.connect()
    await kit.act(AHEAD)
    begun_s = time.monotonic()
    await until(lambda: board.levels(*PINS) == LEVELS[AHEAD], "it moves")
    if not by_itself:
        begun_s = time.monotonic()
        kit.stop()
    await until(lambda: board.levels(*PINS) == LEVELS[STILL], "it stands")
    took_ms = (time.monotonic() - begun_s) * 1000
    await kit.close()
    return took_ms


async def main(rounds: int) -> int:
    """Print the figures; 1 when one is too slow."""
    arduino.install()
    microbit.install()
    with tempfile.TemporaryDirectory() as folder, arduino.arduino(Path(folder)) as uno:
        firmata = [await arduino_stops(uno) for _ in range(rounds)]
    stops = [await microbit_stops(by_itself=False) for _ in range(rounds)]
    alone = [await microbit_stops(by_itself=True) for _ in range(rounds)]
    is_late = False
    for name, found, limit_ms in (
        ("StandardFirmata: stop to last pulse", firmata, STOP_MS),
        ("micro:bit: stop to low pins", stops, STOP_MS),
        ("micro:bit: last sign of life to low pins", alone, DEADMAN_MS),
    ):
        is_late = is_late or max(found) > limit_ms
        print(f"{name}: median {statistics.median(found):.1f} ms, worst {max(found):.1f} ms, n {len(found)}")  # noqa: T201 - what a person reads
    return int(is_late)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 20)))
