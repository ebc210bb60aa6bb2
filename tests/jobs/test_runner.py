"""One job on the simulated printer: written down as it ends, cold by the machine's own black box."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from drivers.gcode import Program
from drivers.loopback import Loopback
from drivers.marlin.printer import Printer
from drivers.marlin.sim import VirtualMarlin
from drivers.simulator import BlackBox
from drivers.types import DeviceKind
from jobs.errors import StoreError, TransitionError
from jobs.runner import left_on, make_safe, run_job
from jobs.store.change import NO_CHANGE, JobChange
from jobs.store.queue import Store
from jobs.types import Job, JobState
from tests.jobs.queueing import approved

SPEED = 30.0
SHORT = Program.from_bytes(b"M104 S60\nM140 S40\n" + b"".join(b"G1 X%d F6000\n" % x for x in range(10)))
HEATING = Program.from_bytes(b"M140 S50\nM109 S230\nG1 X5 F600\nM104 S0\nM140 S0\n")


@dataclass
class Bench:
    """A claimed job, its queue and a connected printer on a simulated board; also the runner's record."""

    store: Store
    job: Job
    board: VirtualMarlin
    line: Loopback
    printer: Printer
    before_end: Callable[[], None] = lambda: None

    async def transition(
        self, job_id: str, to: JobState, *, note: str = "", change: JobChange = NO_CHANGE
    ) -> Job:
        """Write to the real queue."""
        if to is not JobState.RUNNING:
            self.before_end()
        return self.store.transition(job_id, to, note=note, change=change)

    def start(self, program: Program, limit_s: float | None = None) -> asyncio.Task[Job]:
        """Run the job beside the test."""
        return asyncio.create_task(run_job(self.job, self.printer, program, self, limit_s=limit_s))

    def targets(self) -> dict[str, float]:
        """The last target of each heater, from the black box."""
        heaters = [entry for entry in self.board.blackbox.entries if entry["kind"] == "heater"]
        return {str(entry["name"]): float(str(entry["target"])) for entry in heaters}

    def executed(self) -> list[str]:
        """The lines that the board executed."""
        return [str(entry["line"]) for entry in self.board.blackbox.entries if entry["kind"] == "exec"]

    def read_only(self) -> None:
        """From here on the queue cannot be written."""
        self.store._db.execute("PRAGMA query_only = 1")


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    """A printer that lives thirty times faster than we do, with a job claimed for it."""
    store = Store.open(tmp_path / "jobs.db", time.time)
    job = approved(store, "key-0001")
    store.set_plate("i3", clear=True)
    board = VirtualMarlin(BlackBox())
    line = Loopback(board, 115200, SPEED)
    printer = Printer("i3", line.open, round(115200 * SPEED))
    await printer.connect()
    yield Bench(store, store.claim(job.id, "i3"), board, line, printer)
    await printer.close()
    line.close()
    store.close()


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what must come soon."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - the board lives in a thread that sets no event
            await asyncio.sleep(0.01)


def heats(bench: Bench) -> bool:
    """Is the hotend's target above zero?"""
    return bench.targets().get("hotend", 0.0) > 0


def cold(bench: Bench) -> bool:
    """Is every heater's target zero?"""
    return not any(bench.targets().values())


async def test_a_program_runs_to_its_end_and_leaves_nothing_hot(bench: Bench):
    """DONE; the machine executed the program in order, and the heat that the program left on is off."""
    ended = await bench.start(SHORT)
    assert (ended.state, ended.problem) == (JobState.DONE, None)
    program = [line.decode() for line in SHORT]
    moves = [line for line in bench.executed() if line.startswith("G1")]
    assert moves == [line for line in program if line.startswith("G1")]
    assert "M104 S60" in bench.executed()
    assert cold(bench)
    states = [entry.to_state for entry in bench.store.journal(bench.job.id)]
    assert states[-2:] == [JobState.RUNNING, JobState.DONE]


async def test_a_cancel_in_heat_up_ends_cold(bench: Bench):
    """CANCELLED, and nothing of the program comes after."""
    running = bench.start(HEATING)
    await until(lambda: heats(bench))
    await bench.printer.cancel()
    assert (await running).state is JobState.CANCELLED
    await until(lambda: cold(bench))
    assert not any(line.startswith("G1") for line in bench.executed())


async def test_a_pulled_cable_interrupts(bench: Bench):
    """INTERRUPTED with a sentence; nothing resumes."""
    running = bench.start(HEATING)
    await until(lambda: heats(bench))
    bench.line.unplug()
    ended = await running
    assert ended.state is JobState.INTERRUPTED
    assert ended.problem is not None


async def test_a_reset_interrupts(bench: Bench):
    """A board that restarts by itself makes no further part of the job."""
    running = bench.start(HEATING)
    await until(lambda: heats(bench))
    bench.board.faults.reset = True
    assert (await running).state is JobState.INTERRUPTED
    await until(lambda: cold(bench))


async def test_an_emergency_stop_interrupts(bench: Bench):
    """The stop ends the job too."""
    running = bench.start(HEATING)
    await until(lambda: heats(bench))
    bench.printer.stop()
    assert (await running).state is JobState.INTERRUPTED
    await until(lambda: cold(bench))


async def test_a_fault_fails_with_the_machines_own_word(bench: Bench):
    """FAILED, and the sentence says what the machine said."""
    running = bench.start(HEATING)
    await until(lambda: heats(bench))
    bench.board.faults.kill = "Thermal Runaway"
    ended = await running
    assert ended.state is JobState.FAILED
    assert ended.problem is not None
    assert ended.problem.fr.startswith("La machine signale un défaut (")
    assert cold(bench)


async def test_a_run_beyond_its_limit_is_cut(bench: Bench):
    """FAILED after the limit on the monotonic clock, heat off."""
    ended = await bench.start(HEATING, limit_s=0.3)
    assert ended.state is JobState.FAILED
    assert bench.store.journal(bench.job.id)[-1].note == "over-limit"
    await until(lambda: cold(bench))


async def test_a_daemon_going_down_leaves_the_job_interrupted_and_cold(bench: Bench):
    """Being cancelled ourselves cuts the heat, is written down, and is not swallowed."""
    running = bench.start(HEATING)
    await until(lambda: heats(bench))
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert bench.store.get(bench.job.id).state is JobState.INTERRUPTED
    await until(lambda: cold(bench))


async def test_a_dead_queue_does_not_keep_the_heat_on(bench: Bench):
    """The end cannot be written: the error is told, after the heat went off."""
    bench.before_end = bench.read_only
    running = bench.start(HEATING)
    await until(lambda: heats(bench))
    await bench.printer.cancel()
    with pytest.raises(StoreError):
        await running
    await until(lambda: cold(bench))


async def test_what_cannot_be_written_down_is_not_started(bench: Bench):
    """No line of the program reaches the machine before RUNNING is on disk."""
    bench.read_only()
    with pytest.raises(StoreError):
        await bench.start(HEATING)
    assert not any(line.startswith(("M109 S230", "G1")) for line in bench.executed())


async def test_a_job_that_is_already_elsewhere_is_not_started(bench: Bench):
    """Somebody interrupted the job between its claim and its start: it stays interrupted."""
    bench.store.interrupt_all("boot")
    with pytest.raises(TransitionError):
        await bench.start(HEATING)
    assert not any(line.startswith(("M109 S230", "G1")) for line in bench.executed())


async def test_who_does_not_take_the_cancel_gets_the_emergency_stop(bench: Bench):
    """A machine in a state that knows no cancel is killed rather than trusted."""
    await make_safe(bench.printer)
    await until(lambda: any(entry["kind"] == "fault" for entry in bench.board.blackbox.entries))


@pytest.mark.parametrize(
    ("kind", "text", "rest"),
    [
        (DeviceKind.PRINTER, b"M104 S200\nM190 S60\nG1 X1\nM104 S0\nM140 S0", b""),
        (DeviceKind.PRINTER, b"M109 S200\nM190 S60\nG1 X1\nM104 S0.0", b"M140 S0\n"),
        (DeviceKind.PRINTER, b"M104 S0\nM109 S205", b"M104 S0\n"),
        (DeviceKind.PRINTER, b"G1 X1\nM107", b""),
        (DeviceKind.PRINTER, b"M104 S05", b"M104 S0\n"),
        (DeviceKind.MILL, b"S8000 M3\nG1 X1\nM30", b"M5\n"),
        (DeviceKind.MILL, b"M03 S8000\nG1 X1\nM05\nM30", b""),
    ],
)
def test_what_a_program_leaves_on_is_found(kind: DeviceKind, text: bytes, rest: bytes):
    """The last setting of each heater and of the spindle decides."""
    assert left_on(Program.from_bytes(text), kind).data == rest
