"""The monitor on a virtual panel: its relay needs a beat, and the panel's own black box judges."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from drivers.errors import TransportError
from drivers.panel.monitor import PanelMonitor
from drivers.panel.opening import open_panel
from drivers.panel.protocol import RELAY_S
from drivers.panel.sim import VirtualPanel
from drivers.panel.sim_socket import PanelSocket, SocketLines
from drivers.panel.types import Hazard, Input
from drivers.simulator import BlackBox

BEAT_S = 0.1


@pytest.fixture
def plug(tmp_path: Path) -> Iterator[PanelSocket]:
    """A virtual panel on its socket."""
    made = PanelSocket(tmp_path / "panel", BlackBox())
    yield made
    made.close()


@pytest.fixture
def told() -> list[frozenset[Hazard]]:
    """What the monitor told."""
    return []


@pytest.fixture
def monitor(plug: PanelSocket, tmp_path: Path, told: list[frozenset[Hazard]]) -> Iterator[PanelMonitor]:
    """A monitor that looks at it."""
    made = open_panel(f"sim://{tmp_path}/panel")
    made.start(told.append)
    yield made
    made.close()


def beats_until(monitor: PanelMonitor, condition: Callable[[], bool], within_s: float = 5.0) -> None:
    """Beat until something holds."""
    end_s = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < end_s
        monitor.beat()
        time.sleep(BEAT_S)


def test_the_relay_is_closed_by_beats_and_opens_without(monitor: PanelMonitor, plug: PanelSocket):
    """Nothing but a beat closes it; it opens by itself, and power goes with it."""
    time.sleep(0.4)
    assert monitor.state.hazards == {Hazard.RELAY_OPEN}
    beats_until(monitor, lambda: not monitor.state.hazards)
    assert plug.panel.has_power
    end_s = time.monotonic() + 3
    while plug.panel.has_power and time.monotonic() < end_s:
        time.sleep(0.01)
    assert not plug.panel.has_power


def test_a_press_is_told_and_cuts_power_by_itself(
    monitor: PanelMonitor, plug: PanelSocket, told: list[frozenset[Hazard]], tmp_path: Path
):
    """The mushroom stands in the supply: no software is asked."""
    beats_until(monitor, lambda: not monitor.state.hazards)
    hand = SocketLines(str(tmp_path / "panel"))
    hand.turn(Input.MUSHROOM_A, False)
    hand.turn(Input.MUSHROOM_B, False)
    beats_until(monitor, lambda: bool(told) and Hazard.MUSHROOM in told[-1])
    hand.close()
    assert not plug.panel.has_power


def test_a_panel_that_goes_away_is_unsafe_and_found_again(
    monitor: PanelMonitor, plug: PanelSocket, told: list[frozenset[Hazard]], tmp_path: Path
):
    """The last levels are never believed on."""
    beats_until(monitor, lambda: not monitor.state.hazards)
    plug.close()
    beats_until(monitor, lambda: told[-1] == {Hazard.SILENT})
    again = PanelSocket(tmp_path / "panel", BlackBox())
    beats_until(monitor, lambda: not monitor.state.hazards)
    again.close()


def test_the_relays_timer_in_its_own_time():
    """One change closes nothing, a level that stays is no beat; the box tells how old the last beat was."""
    box = BlackBox()
    panel = VirtualPanel(box)
    panel.hear(True, 1.0)
    panel.advance(1.1)
    assert not panel.has_power
    panel.hear(False, 1.2)
    assert panel.has_power
    for tick in range(100):
        panel.hear(False, 1.2 + tick / 100)
        panel.advance(1.2 + tick / 100)
    relays = [entry for entry in box.entries if entry["kind"] == "relay"]
    assert [entry["closed"] for entry in relays] == [True, False]
    assert float(str(relays[1]["beaten_s_ago"])) == pytest.approx(RELAY_S, abs=0.02)
    assert [entry["on"] for entry in box.entries if entry["kind"] == "power"] == [True, False]


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("gpio://", "is no panel"),
        ("sim://panel", "is no panel"),
        ("/dev/gpiochip0", "is no panel"),
        ("gpio://gpiochip0?cover=3", "no line cover"),
        ("gpio://gpiochip0?lid=x", "names no lines"),
        ("gpio://gpiochip0?lid=25", "a number of its own"),
    ],
)
def test_an_address_without_sense_is_a_sentence(url: str, says: str):
    """Nothing is opened."""
    with pytest.raises(TransportError, match=says):
        open_panel(url)


def test_a_chip_that_is_not_there_leaves_the_panel_silent(caplog: pytest.LogCaptureFixture):
    """The library's own refusal becomes a sentence, and nothing is safe."""
    monitor = open_panel("gpio://gpiochip99")
    monitor.start(lambda _hazards: None)
    end_s = time.monotonic() + 5
    while "/dev/gpiochip99 cannot be had" not in caplog.text:
        assert time.monotonic() < end_s
        time.sleep(0.01)
    assert monitor.state.hazards == {Hazard.SILENT}
    monitor.close()
