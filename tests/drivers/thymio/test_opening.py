"""From a word in dipbike.toml to a Thymio that draws a square."""

import json
from pathlib import Path

import pytest

from drivers.errors import PortNotFoundError, TransportError
from drivers.kits import open_kit
from drivers.pseudoterminal import PseudoTerminal
from drivers.robots.body import Body, retraced
from drivers.robots.interpreter import USUAL, End
from drivers.robots.player import Player
from drivers.robots.types import Drive, Gauge
from drivers.simulator import BlackBox
from drivers.thymio.motors import TYPICAL
from drivers.thymio.opening import VIRTUAL_BPS
from drivers.thymio.sim import VirtualThymio
from drivers.types import DeviceState
from tests.drivers.robots.drawn import square_error
from tests.drivers.robots.programs import SQUARE, program
from tests.drivers.robots.tethered import until

FAST = {"do": "speed", "mm_s": 150}


async def test_a_virtual_robot_draws_what_a_program_says(tmp_path: Path):
    """Through interpreter, player, kit, bytes and byte code: a square, if a busy computer's a little off.

    That it is one within one hundredth is judged by an injected clock, in test_protocol. A computer that
    sleeps for 0.6 s in between finds the robot stopped by itself, which the box then says.
    """
    path = tmp_path / "box.jsonl"
    kit = open_kit("thymio", "thymio", f"sim://thymio?blackbox={path}")
    await kit.connect()
    try:
        assert await Player(kit, program(FAST, *SQUARE[1:]), USUAL).play() is End.DONE
    finally:
        await kit.close()
    box = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    has_slept = any(entry["kind"] == "deadman" for entry in box)
    assert has_slept or square_error(retraced(box, Body(TYPICAL)), 200) < 0.1


async def test_faults_may_be_ordered_with_the_address():
    """A robot that restarts in its third second, for training."""
    kit = open_kit("thymio", "thymio", "sim://thymio?fault=reset@3")
    await kit.connect()
    await until(lambda: kit.snapshot.state is DeviceState.FAULT, "the restart")
    await kit.close()


async def test_a_robot_on_a_serial_port_is_driven_lost_and_found_again(tmp_path: Path):
    """A pseudo-terminal stands for the name that udev gives to its cable."""
    box, port = BlackBox(), tmp_path / "thymio"
    cable = PseudoTerminal(port, VirtualThymio(box), VIRTUAL_BPS)
    kit = open_kit("thymio", "thymio", str(port))

    def turns() -> list[object]:
        return [entry["left_mm_s"] for entry in box.entries if entry["kind"] == "wheels"]

    try:
        await kit.connect()
        await kit.act(Drive(100.0, 100.0))
        await until(lambda: turns() == [100.0], "it drives")
        cable.unplug()
        await until(lambda: kit.snapshot.state is DeviceState.OFFLINE, "the loss")
        await until(lambda: turns() == [100.0, 0.0], "it stands")
        cable.plug()
        await kit.connect()
        await kit.act(Drive(50.0, 50.0))
        await until(lambda: turns()[-1] == 50.0, "it drives again")
        kit.stop()
        await until(lambda: turns()[-1] == 0.0, "the stop")
        await kit.close()
    finally:
        cable.close()


async def test_a_robot_s_own_measures_may_be_told():
    """A wheel that is slower than most."""
    kit = open_kit("thymio", "thymio", "sim://thymio", gauge=Gauge(track_mm=95.0, top_mm_s=180.0))
    await kit.connect()
    assert kit.snapshot.abilities.gauge == Gauge(track_mm=95.0, top_mm_s=180.0)
    await kit.close()


@pytest.mark.parametrize(
    ("port", "says"),
    [
        ("sim://thymio?wings=2", "there is no wings"),
        ("sim://thymio?fault=fire@3", "there is no fault fire"),
        ("sim://firmata", "no virtual Thymio"),
    ],
)
def test_an_address_that_makes_no_sense_is_told(port: str, says: str):
    """Before anything is opened."""
    with pytest.raises(TransportError, match=says):
        open_kit("thymio", "thymio", port)


async def test_a_port_that_is_not_there_is_told_when_it_is_opened():
    """With what to check."""
    kit = open_kit("thymio", "thymio", "/dev/serial/by-id/usb-Mobsya_Thymio-II")
    with pytest.raises(PortNotFoundError, match="check the cable"):
        await kit.connect()
