"""What the bike keeps of what it learnt of its machines."""

from pathlib import Path

import numpy as np
import pytest

from drivers.types import DeviceState, Temperature
from jobs.energy.live import Doing, Warmth, live_loads
from jobs.energy.loads import battery_prices
from jobs.energy.supply import INVERTER
from jobs.machines import I3, MILL
from onboard.energy.learning import Learning, Seen

PRINTING = Seen(
    DeviceState.RUNNING,
    {"bed": Temperature(60, 60), "hotend": Temperature(205, 205)},
    Doing(moves=True, fan=0.8, flow_mm_s=1.0),
)
RESTING = Seen(DeviceState.IDLE, {})


def learning(folder: Path) -> Learning:
    """Know a printer and a mill."""
    return Learning(folder / "learnt.json", {"printer": I3, "mill": MILL}, 10.0)


def an_hour(folder: Path, *, dearer: float) -> Learning:
    """Live an hour with a printer that draws more than it should, while the mill rests."""
    known = learning(folder)
    warmth = {"bed": Warmth(60, 60, 60), "hotend": Warmth(205, 205, 205)}
    watts = 10 + dearer * float(battery_prices(I3, INVERTER) @ live_loads(1, PRINTING.doing, warmth))
    watts += float(battery_prices(MILL, INVERTER) @ live_loads(1, RESTING.doing, {}))
    for second in range(3600):
        known.watch(float(second), watts * second / 3600, {"printer": PRINTING, "mill": RESTING})
    return known


def test_a_dear_printer_is_found_out_and_remembered(tmp_path: Path):
    """Readings each second make windows; a restart forgets nothing."""
    known = an_hour(tmp_path, dearer=1.3)
    known.finished("printer", 1000, 1100)
    known.save()
    again = learning(tmp_path)
    again.load()
    hour = live_loads(3600, PRINTING.doing, {"bed": Warmth(60, 60, 60), "hotend": Warmth(205, 205, 205)})
    truth_wh = 1.3 * float(battery_prices(I3, INVERTER) @ hour) / 3600
    assert again.energy.predict("printer", hour).wh == pytest.approx(truth_wh, rel=0.03)
    assert again.paces == known.paces
    assert again.paces["printer"].jobs == 1


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"energy": 3, "paces": {}}', '{"energy": {}, "paces": 1}', "\x00"]
)
def test_a_broken_file_is_learnt_anew(text: str, tmp_path: Path):
    """Garbage on disk is a line in the log and no crash."""
    (tmp_path / "learnt.json").write_text(text)
    known = learning(tmp_path)
    known.load()
    loads = np.ones(11)
    assert known.energy.predict("printer", loads) == learning(tmp_path).energy.predict("printer", loads)


def test_a_long_silence_teaches_nothing(tmp_path: Path):
    """Nobody knows what happened while the monitor was away."""
    known = learning(tmp_path)
    assert not known.watch(0, 0, {"printer": PRINTING})
    assert not known.watch(3600, 500, {"printer": PRINTING})
    assert known.watch(3610, 500.5, {"printer": PRINTING})
