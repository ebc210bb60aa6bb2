"""One line asked, one line answered, whatever arrives."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from drivers.errors import DeviceBusyError
from jobs.errors import JobError, Sentence
from onboard.control.client import ControlClient, DaemonUnreachableError
from onboard.control.messages import Accepted, CloseHalt, GetStatus, Reply, Request, StopEverything
from onboard.control.server import ControlServer


async def answer(request: Request) -> Reply:
    """Stand at the desk: refuse, fault, fail or accept."""
    match request:
        case CloseHalt():
            raise JobError("no-halt", Sentence("Pas de halte.", "No halt."))
        case GetStatus():
            raise DeviceBusyError
        case StopEverything():
            return Reply(accepted=Accepted())
        case _:
            raise ZeroDivisionError


@pytest_asyncio.fixture
async def socket_path(tmp_path: Path) -> AsyncIterator[Path]:
    """Serve a desk on a socket of its own."""
    path = tmp_path / "control.sock"
    listening = asyncio.Event()
    task = asyncio.create_task(ControlServer(path, answer).serve(listening.set))
    await listening.wait()
    yield path
    task.cancel()
    await asyncio.wait([task])


async def test_a_request_is_answered(socket_path: Path) -> None:
    """The usual case."""
    assert (await ControlClient(socket_path).ask(StopEverything())).accepted is not None


async def test_a_job_error_speaks_both_languages(socket_path: Path) -> None:
    """What the desk refuses reaches the person who asked."""
    refusal = (await ControlClient(socket_path).ask(CloseHalt())).refusal
    assert refusal is not None
    assert (refusal.code, refusal.text_fr, refusal.text_en) == ("no-halt", "Pas de halte.", "No halt.")


async def test_a_machine_error_is_a_refusal(socket_path: Path) -> None:
    """A busy machine is no reason to close the connection."""
    refusal = (await ControlClient(socket_path).ask(GetStatus())).refusal
    assert refusal is not None
    assert "busy" in refusal.text_en


@pytest.mark.parametrize(
    "line", [b"", b"garbage\n", b'{"op":"launch"}\n', b'{"op":"stop","x":1}\n', b"\xff\n"]
)
async def test_junk_is_refused_and_the_next_request_served(socket_path: Path, line: bytes) -> None:
    """Nobody can talk the server to death."""
    reader, writer = await asyncio.open_unix_connection(socket_path)
    writer.write(line)
    writer.write_eof()
    assert b"bad-request" in await reader.read()
    writer.close()
    assert (await ControlClient(socket_path).ask(StopEverything())).accepted is not None


async def test_an_endless_line_is_cut(socket_path: Path) -> None:
    """A megabyte without a newline costs no megabyte."""
    _, writer = await asyncio.open_unix_connection(socket_path)
    try:
        writer.write(b"x" * 1_000_000)
        await writer.drain()
    except ConnectionError:
        pass  # the server closed first, which is its right
    writer.close()
    assert (await ControlClient(socket_path).ask(StopEverything())).accepted is not None


async def test_nobody_there_is_said(tmp_path: Path) -> None:
    """A page must know that the daemon is down."""
    with pytest.raises(DaemonUnreachableError, match="does not answer"):
        await ControlClient(tmp_path / "none.sock").ask(GetStatus())


def test_only_the_bikes_group_may_open_the_socket(socket_path: Path) -> None:
    """Whoever opens it may start machines."""
    assert socket_path.stat().st_mode & 0o777 == 0o660
