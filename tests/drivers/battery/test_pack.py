"""The virtual pack: what leaves it, what it tells, what the years do to it, how it lies."""

import asyncio

import pytest

from drivers.batteries import open_battery
from drivers.battery.chemistry import LI_ION, LIFEPO4, NEW, Ageing, Chemistry
from drivers.battery.judge import Judge
from drivers.battery.lies import Fault, Lie, parse_pack_faults
from drivers.battery.protocol import VeDirectProtocol
from drivers.battery.quality import COUNTER, Quality
from drivers.battery.sample import Sample
from drivers.battery.sim import INVERTER, Build, VirtualPack
from drivers.errors import TransportError
from drivers.grbl.sim import VirtualGrbl
from drivers.marlin.sim import VirtualMarlin
from drivers.simulator import BlackBox
from jobs.energy.supply import INVERTER as INVERTER_SUPPLY
from jobs.energy.supply import Supply


def samples(pack: VirtualPack, duration_s: float, step_s: float = 0.5, from_s: float = 0.0) -> list[Sample]:
    """Let a pack live and return what its monitor tells."""
    protocol = VeDirectProtocol()
    instants = (from_s + n * step_s for n in range(int(duration_s / step_s) + 1))
    return [sample for now_s in instants for sample in protocol.receive(pack.advance(now_s), now_s)]


def live(pack: VirtualPack, duration_s: float, step_s: float = 0.5) -> list[float | None]:
    """Let a pack live and return the charge of each of its frames."""
    return [sample.soc_pct for sample in samples(pack, duration_s, step_s)]


def judged(pack: VirtualPack, duration_s: float) -> Judge:
    """Let a judge hear a pack from its birth."""
    judge = Judge(COUNTER, 960.0)
    for sample in samples(pack, duration_s, 1.0):
        judge.take(sample)
    return judge


def quality(judge: Judge) -> Quality:
    """Return what a judge thinks of the last sample."""
    return judge.doubt.quality if judge.doubt else Quality.GOOD


@pytest.mark.parametrize("chemistry", [LIFEPO4, LI_ION])
def test_a_slow_discharge_gives_what_the_pack_holds(chemistry: Chemistry):
    """From full to empty at 20 W, 960 Wh come out, less what the resistance keeps."""
    pack = VirtualPack(960.0, 100.0, lambda: 20.0, build=Build(chemistry))
    now_s = 0.0
    while pack.soc_pct > 0:
        now_s += 60.0
        pack.advance(now_s)
    assert pack.output_wh == pytest.approx(960.0, rel=0.01)


def test_energy_leaves_the_pack_through_the_inverter():
    """An hour behind an inverter costs 9 W and a quarter more; the flat middle of the curve is linear."""
    plain = VirtualPack(960.0, 80.0, lambda: 96.0)
    live(plain, 3600, 5.0)
    assert plain.output_wh == pytest.approx(96.0)
    assert plain.soc_pct == pytest.approx(70.0, abs=0.3)
    lossy = VirtualPack(960.0, 80.0, lambda: 96.0, losses=INVERTER)
    live(lossy, 3600, 5.0)
    assert lossy.output_wh == pytest.approx(Supply(9.0, 1.08, 0.87).battery_wh(96.0 * 3600, 3600))


def test_the_charge_forecast_by_watt_hours_is_true_within_five_percent():
    """Three hours of work: what the budget reckons in watt-hours, the pack does in ampere-hours."""
    for chemistry in (LIFEPO4, LI_ION):
        pack = VirtualPack(960.0, 85.0, lambda: 100.0, losses=INVERTER, build=Build(chemistry))
        live(pack, 3 * 3600, 10.0)
        forecast_pct = 85.0 - pack.output_wh / 9.6
        assert pack.soc_pct == pytest.approx(forecast_pct, abs=5.0)


def test_years_and_cycles_cost_capacity_and_voltage():
    """A pack of 3,000 cycles holds four fifths, and sags half as much again."""
    worn = Ageing(cycles=3000)
    assert worn.capacity(LIFEPO4) == pytest.approx(0.8)
    assert worn.resistance(LIFEPO4) == pytest.approx(1.5)
    assert Ageing(cycles=800, years=2).capacity(LI_ION) == pytest.approx(0.74)
    assert (NEW.capacity(LI_ION), NEW.resistance(LI_ION)) == (1.0, 1.0)
    new, old = (VirtualPack(960.0, 80.0, lambda: 300.0, build=Build(ageing=age)) for age in (NEW, worn))
    first, last = samples(new, 3600)[0], samples(old, 3600)[0]
    assert first.voltage_v is not None
    assert last.voltage_v is not None
    assert first.voltage_v - last.voltage_v == pytest.approx(0.01 * 11.5, abs=0.01)
    assert 80.0 - old.soc_pct == pytest.approx((80.0 - new.soc_pct) / 0.8, rel=0.02)


def test_a_heating_printer_drains_the_pack_by_the_formula_of_the_estimates():
    """The virtual printer's watts, step by step, through the supply that the planner reckons with."""
    printer = VirtualMarlin(BlackBox())
    pack = VirtualPack(960.0, 80.0, lambda: 10.0 + printer.power_w, losses=INVERTER)
    printer.opened(0.0)
    expected_wh, step_s = 0.0, 0.25
    for n in range(4 * 300):
        now_s = n * step_s
        if n == 40:
            printer.receive(b"M140 S60\nM104 S210\n", now_s)
        printer.advance(now_s)
        pack.advance(now_s)
        if n > 0:
            expected_wh += INVERTER_SUPPLY.battery_w(10.0 + printer.power_w) * step_s / 3600
    assert expected_wh > 15
    assert pack.output_wh == pytest.approx(expected_wh, rel=0.005)
    assert 80.0 - pack.soc_pct == pytest.approx(expected_wh / 9.6, rel=0.03)


def test_a_halt_drains_the_pack_as_its_machines_work():
    """A printer that heats, a mill that turns, the bike itself: half an hour, to the half percent."""
    printer, mill = VirtualMarlin(BlackBox()), VirtualGrbl(BlackBox())
    pack = VirtualPack(
        960.0, 80.0, lambda: 10.0 + printer.power_w + mill.power_w, losses=INVERTER, build=Build(noise_a=0.0)
    )
    printer.opened(0.0)
    mill.opened(0.0)
    idle_wh = machines_wh = 0.0
    for n in range(2 * 1800):
        now_s = n * 0.5
        if n == 200:
            idle_wh = pack.output_wh
            printer.receive(b"M140 S60\nM104 S210\n", now_s)
            mill.receive(b"M3 S1000\n", now_s)
        printer.advance(now_s)
        mill.advance(now_s)
        pack.advance(now_s)
        machines_wh += (10.0 + printer.power_w + mill.power_w) * 0.5 / 3600 if n else 0.0
    through_wh = 9.0 * 1799.5 / 3600 + 1.08 / 0.87 * machines_wh
    assert pack.output_wh == pytest.approx(through_wh, rel=0.005)
    assert 80.0 - pack.soc_pct == pytest.approx(pack.output_wh / 9.6, rel=0.03)
    assert 0 < idle_wh < 2.0
    assert pack.output_wh > 40.0


def test_a_wrong_charge_is_told_and_the_truth_again():
    """Four percent too much are told from a minute on; a loss in between is real and ends no lie."""
    words = ["wrong-soc=4@60", "stuck@120", "drop=10@125", "none@180"]
    pack = VirtualPack(960.0, 50.0, lambda: 0.0, build=Build(noise_a=0.0), faults=parse_pack_faults(words))
    told = live(pack, 240, 1.0)
    assert told[50] == pytest.approx(50.0, abs=0.1)
    assert told[100] == told[150] == pytest.approx(54.0, abs=0.1)
    assert told[-1] == pytest.approx(44.0, abs=0.1)
    assert pack.soc_pct == pytest.approx(40.0, abs=0.1)


@pytest.mark.parametrize(
    ("fault", "seconds", "expected"),
    [
        ("none", 1800, Quality.GOOD),
        ("stuck@60", 400, Quality.STUCK),
        ("nan@60", 90, Quality.NOT_A_NUMBER),
        ("jump@60", 90, Quality.JUMPING),
        ("drift@60", 3000, Quality.DRIFTING),
        ("drop=30@60", 62, Quality.JUMPING),
        ("drop=30@60", 90, Quality.GOOD),
    ],
)
def test_each_lie_is_found_out_while_machines_work(fault: str, seconds: int, expected: Quality):
    """At 150 W every lie is named; a real loss of charge is believed once it is steady."""
    pack = VirtualPack(960.0, 80.0, lambda: 150.0, faults=parse_pack_faults([fault]))
    assert quality(judged(pack, seconds)) is expected


def test_a_silent_monitor_is_stale():
    """It said something once: that is too old now."""
    pack = VirtualPack(960.0, 80.0, lambda: 150.0, faults=[Fault(60.0, Lie.STALE)])
    assert judged(pack, 100).report(100.0, 15.0).quality is Quality.STALE


@pytest.mark.parametrize("load_w", [0.0, 0.2, 10.0])
def test_an_idle_pack_is_good_for_hours(load_w: float):
    """Nothing but the computer, or nothing at all, and not even noise: an honest monitor."""
    pack = VirtualPack(960.0, 80.0, lambda: load_w, build=Build(noise_a=0.0))
    assert quality(judged(pack, 4 * 3600)) is Quality.GOOD


async def test_a_simulated_pack_by_url():
    """The daemon opens it like any other monitor."""
    monitor = open_battery("sim://battery?soc=55&load_w=60&chemistry=li-ion&cycles=300&years=2&speed=5")
    await monitor.connect()
    async with asyncio.timeout(10):
        while monitor.reading is None:  # noqa: ASYNC110 - a pack in a thread raises no event
            await asyncio.sleep(0.02)
    assert monitor.reading.soc_pct == pytest.approx(55.0, abs=0.2)
    assert monitor.reading.power_w == pytest.approx(-(9 + 60 * 1.08 / 0.87), abs=3)
    await monitor.close()


@pytest.mark.parametrize(
    "url",
    [
        "sim://toaster", "sim://battery?sock=2", "sim://battery?soc=200", "sim://battery?soc=nan",
        "sim://battery?chemistry=lead", "sim://battery?fault=earthquake", "sim://battery?fault=drop=x@5",
        "sim://battery?speed=1000", "sim://battery?cycles=-1",
    ],
)  # fmt: skip
def test_a_wrong_simulated_pack_is_a_sentence(url: str):
    """Unknown words and impossible values are refused before anything starts."""
    with pytest.raises(TransportError, match="is no simulated pack"):
        open_battery(url)


def test_frames_keep_the_pace_of_the_wall_clock():
    """A pack whose clock runs 60 times faster still speaks once a second of ours."""
    assert len(live(VirtualPack(960.0, 80.0, lambda: 0.0), 60)) == 61
    assert len(live(VirtualPack(960.0, 80.0, lambda: 0.0, speed=60.0), 600)) == 11


def test_stuck_and_stale_monitors():
    """A stuck monitor repeats its last frame while the pack drains; a stale one says nothing."""
    pack = VirtualPack(100.0, 80.0, lambda: 100.0)
    live(pack, 10)
    pack.lie = Lie.STUCK
    told = [r.soc_pct for n in range(10, 400) for r in VeDirectProtocol().receive(pack.advance(n), n)]
    assert len(set(told)) == 1
    assert pack.soc_pct < 70
    pack.lie = Lie.STALE
    assert pack.advance(500.0) == b""


def test_an_empty_pack_stays_at_zero_and_charging_fills_it():
    """Charge stays between 0 and 100 percent."""
    pack = VirtualPack(10.0, 1.0, lambda: 100.0)
    live(pack, 60)
    assert pack.soc_pct == 0
    pack = VirtualPack(10.0, 99.0, lambda: -100.0)
    assert live(pack, 60)[-1] == 100
