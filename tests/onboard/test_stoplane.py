"""A stop's own lane: no loop, no queue and no other command stands in its way."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from drivers.types import DeviceState
from onboard.control.stoplane import press, stop_lane
from tests.onboard.rig import Rig, until
from tests.onboard.test_stop import killed, printing

HUNG_S = 0.4
PATIENCE_S = 5.0


class Presses:
    """Counts what the lane calls; the first call may fail."""

    def __init__(self, *, fails: bool = False) -> None:
        self._fails = fails
        self._pressed = threading.Semaphore(0)
        self.threads: list[str] = []

    def __call__(self) -> None:
        """Be pressed."""
        self.threads.append(threading.current_thread().name)
        self._pressed.release()
        if self._fails and len(self.threads) == 1:
            raise OSError("the port is gone")

    def one_more(self) -> bool:
        """Wait for a press."""
        return self._pressed.acquire(timeout=PATIENCE_S)


@contextmanager
def lane(folder: Path, presses: Presses) -> Iterator[Path]:
    """A lane in a folder."""
    path = folder / "run" / "stop.sock"
    with stop_lane(path, presses):
        yield path


def test_a_press_stops_in_a_thread_of_its_own(tmp_path: Path) -> None:
    """Each press is one call, and not by whoever pressed."""
    presses = Presses()
    with lane(tmp_path, presses) as path:
        assert press(path)
        assert presses.one_more()
        assert press(path)
        assert presses.one_more()
    assert presses.threads == ["stop lane"] * 2
    assert not path.exists()


def test_nobody_there_is_told_at_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Without a daemon a press returns, and the log says where it looked."""
    assert not press(tmp_path / "stop.sock")
    assert "stop.sock" in caplog.text


@pytest.mark.parametrize("junk", [b"", b"sto", b"stopp", b"STOP", b"end", b"\xff" * 2000])
def test_junk_neither_stops_nor_ends_the_lane(tmp_path: Path, junk: bytes) -> None:
    """Only the one word counts, and the next press is still heard."""
    presses = Presses()
    with lane(tmp_path, presses) as path:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as stranger:
            stranger.sendto(junk, str(path))
        assert press(path)
        assert presses.one_more()
    assert len(presses.threads) == 1


def test_a_lane_ends_also_when_its_file_went_and_leaves_the_next_one_at_its_place(tmp_path: Path) -> None:
    """Who ends may hold up no cooling of machines, nor mute the lane of another daemon."""
    first, second = Presses(), Presses()
    with ExitStack() as next_lane:
        with lane(tmp_path, first) as path:
            path.unlink()
            next_lane.enter_context(lane(tmp_path, second))
        assert press(path)
        assert second.one_more()
    assert not first.threads


def test_a_machine_that_fails_does_not_end_the_lane(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The failure is in the log, the next press works."""
    presses = Presses(fails=True)
    with lane(tmp_path, presses) as path:
        for _ in range(2):
            assert press(path)
            assert presses.one_more()
    assert "the port is gone" in caplog.text


def test_only_the_bikes_group_may_press(tmp_path: Path) -> None:
    """It is the kiosk's and the daemon's, like the control socket."""
    with lane(tmp_path, Presses()) as path:
        assert path.stat().st_mode & 0o777 == 0o660


def test_a_lane_left_by_a_killed_daemon_is_taken_over(tmp_path: Path) -> None:
    """The file of a socket that nobody serves is in nobody's way."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as dead:
        (tmp_path / "run").mkdir()
        dead.bind(str(tmp_path / "run" / "stop.sock"))
    presses = Presses()
    with lane(tmp_path, presses) as path:
        assert press(path)
        assert presses.one_more()


async def test_a_stop_does_not_wait_for_a_loop_that_hangs(rig: Rig, tmp_path: Path) -> None:
    """The board is killed while the daemon's loop does something else; then all is as after any stop."""
    await printing(rig, "stop-hung")
    path = tmp_path / "stop.sock"
    with stop_lane(path, rig.bike.stop):
        assert press(path)
        time.sleep(HUNG_S)  # noqa: ASYNC251 - the fault under test
        assert killed(rig)
    assert rig.cold()
    assert rig.bike.stopped
    await until(lambda: rig.station().device.snapshot.state is DeviceState.STOPPED)
