"""What the battery's protection does to machines at work; verdicts from the printer's black box."""

from pathlib import Path

import pytest

from drivers.battery.lies import Lie
from drivers.battery.quality import Gauge
from drivers.battery.sim import VirtualPack
from drivers.types import DeviceState
from jobs.errors import JobError
from jobs.types import Job, JobState
from onboard.control.messages import GetStatus, ResumeJob
from onboard.energy.protection import Protection
from tests.onboard.rig import PRINT, Rig, rig_in, until

CAPACITY_WH = 960.0
LAYERED = b"M140 S40\nM104 S60\nG28\nM83\n" + b"".join(
    b"G1 Z%.1f F600\nG92 E0\n" % (0.2 + 0.2 * layer)
    + b"".join(b"G1 X%d Y%d F1200\n" % (10 + x % 100, layer) for x in range(50))
    for layer in range(200)
)
HASTY = Gauge((8.0, 65.0), stuck_pct=0.05, frozen_s=3.0, drift_pct=10.0)
"""A monitor that is found to be stuck within seconds."""


async def begun(rig: Rig, program: bytes = LAYERED) -> Job:
    """Print with a battery that is known, and its protection at work."""
    rig.start(rig.bike.power.run())
    await until(rig.bike.power.reading)
    await rig.go()
    await rig.open_halt(reserve_wh=100.0)
    await rig.clear()
    job = await rig.approved("protected", program)
    await rig.is_in(job, JobState.RUNNING)
    await until(lambda: rig.station().device.snapshot.progress)
    rig.start(Protection(rig.bike).run())
    await until(lambda: len(rig.moves()) > 30)
    return job


async def test_a_sudden_loss_of_charge_pauses_after_the_layer_and_then_ends(tmp_path: Path):
    """Soft: the layer ends, the tool parks, nobody may resume yet; hard: heat off for good."""
    pack = VirtualPack(CAPACITY_WH, 80.0, lambda: 60.0)
    async with rig_in(tmp_path, pack) as rig:
        job = await begun(rig)
        pack.soc_pct = 11.5  # 110 Wh: ten above the reserve, and the print takes forty
        await rig.is_in(job, JobState.PAUSED, within_s=60)
        await until(lambda: "G91" in rig.executed())
        done = rig.executed()
        last = [line for line in done[: done.index("G91")] if line.startswith(("G1 X", "G1 Z"))][-1]
        assert last.startswith("G1 Z"), "the pause has to begin between two layers"
        assert "M140 S0" not in done[done.index("G91") :]
        view = (await rig.ask(GetStatus())).status.machines[0]
        assert view.reason is not None
        assert view.reason.code == "battery-short"
        assert "finit sa couche" in view.reason.text_fr
        with pytest.raises(JobError, match="Not enough battery to finish"):
            await rig.ask(ResumeJob(job=job.id))
        moves = rig.moves()
        pack.soc_pct = 10.2  # 98 Wh: the reserve is touched
        ended = await rig.is_in(job, JobState.INTERRUPTED, within_s=30)
        assert ended.problem is not None
        assert "97 Wh are in it, and 100 are kept" in ended.problem.en
        assert rig.cold()
        assert rig.moves() == moves, "nothing may move after the heat is off"
        note = rig.store.journal(job.id)[-1].note
        assert note.startswith("battery-empty at line ")
        assert f" Z{last.split()[1][1:]}" in note
        assert rig.station().device.snapshot.state is DeviceState.IDLE


async def test_a_battery_that_comes_back_resumes_nothing_by_itself_but_a_person_may(tmp_path: Path):
    """Charged again, the print waits for a person's word and goes on from where it was."""
    pack = VirtualPack(CAPACITY_WH, 80.0, lambda: 60.0)
    async with rig_in(tmp_path, pack) as rig:
        job = await begun(rig)
        pack.soc_pct = 11.5
        await rig.is_in(job, JobState.PAUSED, within_s=60)
        pack.soc_pct = 70.0
        await until(lambda: rig.station().shortage is None)
        assert rig.job(job).state is JobState.PAUSED
        before = len(rig.moves())
        await rig.ask(ResumeJob(job=job.id))
        await until(lambda: len(rig.moves()) > before + 20)
        await until(lambda: rig.station().notice is None)


async def test_a_monitor_that_dies_in_a_print_pauses_it_and_ends_it_when_nobody_comes(tmp_path: Path):
    """Half a minute of silence is waited for, ten minutes are not; the clock is turned by hand."""
    pack = VirtualPack(CAPACITY_WH, 80.0, lambda: 60.0)
    async with rig_in(tmp_path, pack) as rig:
        job = await begun(rig)
        pack.lie = Lie.STALE
        await until(lambda: rig.bike.power.reading() is None)
        assert rig.job(job).state is JobState.RUNNING
        rig.clock.ahead_s += 40
        await rig.is_in(job, JobState.PAUSED)
        assert rig.station().notice is not None
        assert "ne répond pas" in rig.station().notice.fr
        rig.clock.ahead_s += 600
        ended = await rig.is_in(job, JobState.INTERRUPTED)
        assert ended.problem is not None
        assert ended.problem.code == "battery-unknown"
        assert rig.cold()


@pytest.mark.parametrize(
    ("lie", "words"),
    [
        (Lie.NAN, ("n'importe quoi", "nonsense")),
        (Lie.JUMP, ("saute", "jumps")),
        (Lie.STALE, ("ne répond pas", "does not answer")),
        (Lie.STUCK, ("répète", "repeats the same")),
    ],
)
async def test_no_lie_of_the_monitor_lets_a_job_start(tmp_path: Path, lie: Lie, words: tuple[str, str]):
    """The print waits with a sentence in both languages, and the printer hears no heat and no move."""
    pack = VirtualPack(CAPACITY_WH, 80.0, lambda: 150.0)
    async with rig_in(tmp_path, pack, gauge=HASTY) as rig:
        rig.bike.power.watch_load(lambda: lie is Lie.STUCK)
        rig.start(rig.bike.power.run())
        await until(rig.bike.power.reading)
        pack.lie = lie
        await until(lambda: rig.bike.power.reading() is None)
        await rig.go()
        await rig.open_halt()
        await rig.clear()
        job = await rig.approved("lied", PRINT)
        await until(lambda: [held.reason for held in rig.bike.held] == ["battery"])
        status = (await rig.ask(GetStatus())).status
        assert status is not None
        (held,) = status.held
        assert words[0] in held.text_fr
        assert words[1] in held.text_en
        assert not status.battery.known
        assert words[0] in status.battery.sentence_fr
        assert rig.job(job).state is JobState.APPROVED
        assert not rig.moves()
        assert rig.cold()
