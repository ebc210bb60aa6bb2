"""The small parts of the daemon: each does what it says when its surroundings do not."""

import socket
from contextlib import closing
from math import inf
from pathlib import Path

import pytest

from drivers.battery.monitor import BatteryMonitor
from drivers.battery.quality import Quality
from drivers.battery.sources import Listening
from drivers.types import DeviceKind
from jobs.types import JobState
from onboard.clocks import kernel_boot_id
from onboard.config import Config, PathsSection
from onboard.control.messages import Accepted, JobReference, Refusal, Reply
from onboard.energy.power import PowerWatch
from onboard.energy.unknown_battery import unknown_battery
from onboard.notify import notify
from onboard.ownership import StartError, sole_owner
from onboard.performer import LIMIT_FACTOR, LIMIT_FLOOR_S, limit_s
from onboard.plan.planning import build_instance, fraction_done, rest_of_run
from onboard.sender import RefusedError, reference
from onboard.uplink.reporter import about
from tests.onboard.rig import LONG_PRINT, PRINT, Rig, records, until


def test_systemd_hears_what_it_is_told(tmp_path: Path):
    """One datagram a state."""
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        notify("READY=1", str(tmp_path / "notify"))
        assert systemd.recv(100) == b"READY=1"


def test_a_systemd_that_is_gone_or_full_ends_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture):
    """Machines are not dropped because nobody listens; nothing waits for room in its queue."""
    notify("WATCHDOG=1", str(tmp_path / "nobody"))
    assert "does not hear WATCHDOG=1" in caplog.text
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as systemd:
        systemd.bind(str(tmp_path / "full"))
        for _ in range(2000):
            notify("WATCHDOG=1", str(tmp_path / "full"))


def test_a_service_that_may_not_see_the_kernels_name_has_a_boot_of_its_own(tmp_path: Path):
    """`ProcSubset=pid` of our own unit hides it: the daemon starts all the same."""
    assert kernel_boot_id() == kernel_boot_id()
    assert kernel_boot_id(tmp_path / "hidden") != kernel_boot_id(tmp_path / "hidden")


def test_one_daemon_owns_the_bike_until_it_ends(tmp_path: Path):
    """The second one is told, the third one may."""
    paths = PathsSection(state=tmp_path / "state", run=tmp_path / "run")
    with sole_owner(paths):
        assert paths.spool.is_dir()
        with pytest.raises(StartError, match="Another daemon"), sole_owner(paths):
            pass
    with sole_owner(paths):
        pass


def test_the_city_hears_of_a_printer_behind_octoprint():
    """What a machine is does not depend on how it is talked to."""
    machine = {"protocol": "octoprint", "port": "octoprint://localhost:5000", "profile": "i3"}
    assert about(Config.model_validate({"machines": {"prusa": machine}})).machines == ("printer",)


def test_an_answer_without_a_job_is_a_refusal():
    """The sentence of the daemon, or that it gave none."""
    assert reference(Reply(reference=JobReference(job="a" * 32))).job == "a" * 32
    with pytest.raises(RefusedError, match="Full"):
        reference(Reply(refusal=Refusal(code="busy", text_fr="Plein.", text_en="Full.")))
    with pytest.raises(RefusedError, match="no answer"):
        reference(Reply(accepted=Accepted()))


async def test_a_bike_without_a_monitor_knows_nothing_of_its_battery():
    """Unknown is not full."""
    watch = PowerWatch(None, inf, lambda: 0.0)
    assert watch.reading() is None
    await watch.close()


async def test_the_plan_is_asked_with_the_bikes_own_numbers(rig: Rig):
    """Minutes left, waiting jobs with their costs, and what the running one still needs."""
    await rig.open_halt(minutes=90)
    await rig.clear()
    running = await rig.approved("runs", LONG_PRINT, wh=90.0)
    await rig.is_in(running, JobState.RUNNING)
    await until(lambda: fraction_done(rig.station()) > 0.01)
    waiting = await rig.approved("waits", PRINT)
    question = build_instance(rig.bike, [waiting], 123.0, {"Renard 1": 2})
    rest_s, rest_wh = rest_of_run(rig.station())
    assert question.end_min in {89, 90}
    assert [job.id for job in question.jobs] == [waiting.id]
    assert 0 < rest_wh < 90
    assert rest_s == pytest.approx(600 * rest_wh / 90)
    printer = next(device for device in question.devices if device.kind is DeviceKind.PRINTER)
    assert 0 < printer.free_at_min <= 10
    assert rest_of_run(rig.station("mill")) == (0.0, 0.0)


async def test_a_run_has_a_bound_beyond_its_worst_estimate(rig: Rig):
    """Three times the high estimate and a quarter of an hour."""
    job = await rig.ready("bound")
    assert limit_s(job) == 900 * LIMIT_FACTOR + LIMIT_FLOOR_S


async def test_a_fault_of_a_machine_is_told_once(rig: Rig):
    """The city hears of a stop as one record a machine, without the machine's words."""
    rig.start(rig.reporter.run())
    rig.bike.stop()
    await until(lambda: sum(kind == "fault" for kind, _ in records(rig.outbox)) == 2)
    rig.bike.stop()
    await rig.bike.ledger(rig.store.served_counts)
    assert [payload for kind, payload in records(rig.outbox) if kind == "fault"] == [
        '{"part":"printer","code":"stopped"}',
        '{"part":"mill","code":"stopped"}',
    ]


@pytest.mark.parametrize("quality", list(Quality))
def test_an_unknown_battery_says_why(quality: Quality):
    """Each doubt is a sentence in both languages, and all end alike."""
    sentence = unknown_battery(quality)
    assert sentence.fr.endswith(" : rien ne démarre avant de savoir ce qu'il y reste.")
    assert sentence.en.endswith(": nothing starts before we know what is left in it.")


def test_a_frozen_monitor_hears_whether_machines_work():
    """The watch passes on what the daemon knows of the machines."""
    monitor = BatteryMonitor(Listening(lambda: pytest.fail("nothing is opened")))
    watch = PowerWatch(monitor, inf, lambda: 0.0)
    assert not monitor.is_loaded()
    watch.watch_load(lambda: True)
    assert monitor.is_loaded()
    assert watch.report().quality is Quality.SILENT
