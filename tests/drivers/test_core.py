"""The shared core: pipes, pump, wire, each on a machine that only echoes."""

import asyncio
import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from drivers.errors import LinkLostError, PortBusyError, PortNotFoundError, TransportError
from drivers.loopback import Loopback
from drivers.pseudoterminal import PseudoTerminal
from drivers.pump import Pump
from drivers.transport import SocketTransport, Transport, open_transport

FAST_BPS = 1_000_000


class Parrot:
    """A machine that repeats what it hears and counts how often its port was opened."""

    def __init__(self) -> None:
        self.openings = 0
        self.heard = b""
        self.power_w = 0.0
        self._reply = b""

    def opened(self, _now_s: float) -> None:
        """Count."""
        self.openings += 1

    def receive(self, data: bytes, _now_s: float) -> None:
        """Listen."""
        self.heard += data
        self._reply += data

    def advance(self, _now_s: float) -> bytes:
        """Repeat."""
        said, self._reply = self._reply, b""
        return said


class Talker:
    """A protocol that sends its lines one after the other and reports what comes back."""

    def __init__(self, lines: Sequence[bytes] = ()) -> None:
        self.lines = list(lines)
        self.wake_s: float | None = None
        self.is_over = False

    def receive(self, data: bytes, _now_s: float) -> Sequence[bytes]:
        """Report."""
        return [data]

    def tick(self, _now_s: float) -> Sequence[bytes]:
        """Report the time once."""
        self.wake_s = None
        return [b"tick"]

    def take_output(self, _now_s: float) -> bytes:
        """Send the next line."""
        return self.lines.pop(0) if self.lines else b""

    def deadline_s(self) -> float | None:
        """When to tick."""
        return self.wake_s

    def say(self, line: bytes) -> Callable[[float], Sequence[bytes]]:
        """Make a command that sends one more line."""

        def command(_now_s: float) -> Sequence[bytes]:
            self.lines.append(line)
            return [b"said"]

        return command


class Ear:
    """Collects what a pump posts to the loop."""

    def __init__(self) -> None:
        self.heard = b""
        self.lost: list[LinkLostError] = []
        self.threads: set[int] = set()

    def event(self, data: bytes) -> None:
        """Keep it, and the thread that brought it."""
        self.heard += data
        self.threads.add(threading.get_ident())

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for it, 3 s at most."""
        async with asyncio.timeout(3):
            while not condition():  # noqa: ASYNC110 - the condition lives in other threads
                await asyncio.sleep(0.002)


@pytest.fixture
def parrot() -> Parrot:
    """Give a parrot."""
    return Parrot()


@pytest.fixture
def loopback(parrot: Parrot) -> Iterator[Loopback]:
    """Give a parrot on an in-process line."""
    machine = Loopback(parrot, FAST_BPS)
    yield machine
    machine.close()


@contextlib.contextmanager
def pumping(link: Transport, talker: Talker, ear: Ear, baud_bps: int = FAST_BPS) -> Iterator[Pump[bytes]]:
    """Run a pump and close it."""
    pump = Pump(link, talker, baud_bps, ear.event, ear.lost.append)
    pump.start()
    try:
        yield pump
    finally:
        pump.close()


async def test_lines_go_out_and_events_come_back_in_the_loop(loopback: Loopback):
    """Both directions work, and callbacks run in the loop's thread."""
    ear = Ear()
    with pumping(loopback.open(), Talker([b"one\n", b"two\n"]), ear) as pump:
        pump.submit(lambda _: [b"<command>"])
        await ear.until(lambda: b"two\n" in ear.heard and b"<command>" in ear.heard)
    assert ear.threads == {threading.get_ident()}
    assert ear.lost == []


async def test_the_rest_of_a_line_is_not_for_a_machine_that_restarted(parrot: Parrot):
    """Half of a line could be a command of its own to whoever has not heard the other half."""
    ear, talker = Ear(), Talker([b"N544 G1 X10 Y20 Z30 E40 " * 10 + b"\n"])
    machine = Loopback(parrot, 9600)

    def end(_now_s: float) -> Sequence[bytes]:
        talker.is_over = True
        return [b"<over>"]

    with contextlib.closing(machine), pumping(machine.open(), talker, ear, 9600) as pump:
        await asyncio.sleep(0.05)
        pump.submit(end)
        await ear.until(lambda: b"<over>" in ear.heard)
        await asyncio.sleep(0.3)
    assert b"\n" not in parrot.heard
    assert parrot.heard[:4] == b"N544"
    assert len(parrot.heard) < 200


async def test_a_protocol_gets_its_tick(loopback: Loopback):
    """The deadline of a protocol is kept without any byte."""
    ear, talker = Ear(), Talker()
    talker.wake_s = time.monotonic() + 0.05
    with pumping(loopback.open(), talker, ear):
        await ear.until(lambda: ear.heard == b"tick")


async def test_a_submitted_line_is_sent_at_once(loopback: Loopback):
    """A command wakes the pump out of its longest wait."""
    ear, talker = Ear(), Talker()
    with pumping(loopback.open(), talker, ear) as pump:
        await asyncio.sleep(0.02)
        begun_s = time.monotonic()
        pump.submit(talker.say(b"now\n"))
        await ear.until(lambda: b"now\n" in ear.heard)
        assert time.monotonic() - begun_s < 0.5


async def test_at_most_two_lines_wait_in_the_kernel():
    """Nobody reads slower than the baud rate says, so no more than that is written ahead."""
    ours, theirs = socket.socketpair()
    theirs.settimeout(0)
    line = b"G1 X10.000 Y10.000 E1.00000 F1200  N1\n"
    with pumping(SocketTransport(ours), Talker([line] * 1000), Ear(), 9600):
        await asyncio.sleep(0.1)
        early = len(theirs.recv(100_000))
    theirs.close()
    assert early <= 960 * 0.1 + 2 * len(line) + 40


async def test_urgent_bytes_overtake_the_queue_and_silence_the_pump(loopback: Loopback, parrot: Parrot):
    """After an urgent write nothing that was queued follows."""
    ear, talker = Ear(), Talker([b"x" * 30 + b"\n"] * 100_000)
    with pumping(loopback.open(), talker, ear, 115_200) as pump:
        await ear.until(lambda: len(parrot.heard) > 200)
        pump.urgent(b"\nM112\n")
        await ear.until(lambda: b"M112" in parrot.heard)
        await asyncio.sleep(0.05)
    assert parrot.heard.endswith(b"\nM112\n")


async def test_a_lost_link_is_told_once(loopback: Loopback):
    """Pulling the cable is one event, whatever else happens then."""
    ear = Ear()
    with pumping(loopback.open(), Talker(), ear) as pump:
        await asyncio.sleep(0.02)
        loopback.unplug()
        await ear.until(lambda: bool(ear.lost))
        with pytest.raises(LinkLostError):
            pump.urgent(b"stop")
    assert len(ear.lost) == 1


async def test_closing_is_no_loss(loopback: Loopback):
    """Whoever closes a port is not told that it is gone."""
    ear = Ear()
    with pumping(loopback.open(), Talker(), ear):
        pass
    await asyncio.sleep(0.02)
    assert ear.lost == []


async def test_a_command_for_a_closed_pump_reaches_no_other_file(loopback: Loopback):
    """The number of its pipe may be another port's by now."""
    ear = Ear()
    with pumping(loopback.open(), Talker(), ear) as pump:
        pass
    pipes = [os.pipe() for _ in range(8)]
    pump.submit(Talker().say(b"late\n"))
    for reader, writer in pipes:
        os.close(writer)
        assert os.read(reader, 1) == b""
        os.close(reader)


@pytest.fixture
def port(tmp_path: Path, parrot: Parrot) -> Iterator[tuple[PseudoTerminal, str]]:
    """Give a parrot behind a pseudo-terminal, and its path."""
    link = tmp_path / "usb-parrot"
    terminal = PseudoTerminal(link, parrot, FAST_BPS)
    yield terminal, str(link)
    terminal.close()


async def test_a_pseudo_terminal_notices_each_opening(port: tuple[PseudoTerminal, str], parrot: Parrot):
    """A board resets when its port is opened, and only then."""
    _, path = port
    assert parrot.openings == 0
    await _say_hello(path)
    await asyncio.sleep(0.1)
    assert parrot.openings == 1
    await _say_hello(path)
    assert parrot.openings == 2


async def _say_hello(path: str) -> None:
    ear = Ear()
    with pumping(open_transport(path, 115_200), Talker([b"hello\n"]), ear):
        await ear.until(lambda: ear.heard == b"hello\n")


async def test_an_unplugged_terminal_is_lost_and_comes_back_by_name(port: tuple[PseudoTerminal, str]):
    """The cable may be pulled and put back: same name, another terminal."""
    terminal, path = port
    ear = Ear()
    with pumping(open_transport(path, 115_200), Talker(), ear):
        await asyncio.sleep(0.05)
        terminal.unplug()
        await ear.until(lambda: bool(ear.lost))
    with pytest.raises(PortNotFoundError, match="There is no port"):
        open_transport(path, 115_200)
    terminal.plug()
    open_transport(path, 115_200).close()


def test_a_port_has_one_owner(port: tuple[PseudoTerminal, str]):
    """The second to open a port is told to go away."""
    owner = open_transport(port[1], 115_200)
    with pytest.raises(PortBusyError, match="Another program"):
        open_transport(port[1], 115_200)
    owner.close()


@pytest.mark.parametrize(
    "url", ["tty", "socket://nowhere", "socket://host:port", "http://x", "/etc/hostname"]
)
def test_nonsense_is_refused_in_a_sentence(url: str):
    """A wrong port never ends in a traceback."""
    with pytest.raises(TransportError) as caught:
        open_transport(url, 115_200)
    assert str(caught.value).endswith(".")


def test_a_closed_socket_address_is_not_found():
    """Nobody listens there."""
    with pytest.raises(PortNotFoundError, match="Nothing answers"):
        open_transport("socket://127.0.0.1:1", 115_200)
