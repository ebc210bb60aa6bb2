"""A job that is approved before the daemon starts, so that a journey needs neither slicer nor pages."""

import time
from contextlib import closing

from drivers.types import DeviceKind
from jobs.store.change import JobChange
from jobs.store.queue import Store
from jobs.types import Design, DesignKind, Estimate, JobState, Prepared
from onboard.demo.stage import Stage

PRINTER = "prusa"
COST = Estimate(600, 500, 900, 30, 25, 40, 260, heat_s=60, heat_wh=5)


def program(moves: int) -> bytes:
    """A print that heats and then moves to and fro."""
    lines = [b"M140 S40", b"M104 S60", *(b"G1 X%d F3000" % (number % 90) for number in range(moves))]
    return b"\n".join(lines) + b"\nM104 S0\nM140 S0\n"


def queue_print(stage: Stage, key: str, gcode: bytes, kind: DeviceKind = DeviceKind.PRINTER) -> str:
    """Open a halt, clear the plate, approve a print or a cut, before the daemon is there; return its id."""
    paths = stage.settings.paths
    paths.jobs.mkdir(parents=True, exist_ok=True)
    with closing(Store.open(paths.jobs_database, time.time)) as store:
        store.open_halt("Parc", "Antony", time.time() + 3 * 3600, 0.0)
        store.set_plate(PRINTER, clear=True)
        job = store.create(Design(DesignKind.NAME_TAG, kind), key)
        (paths.jobs / job.id).mkdir()
        (paths.jobs / job.id / "part.gcode").write_bytes(gcode)
        prepared = Prepared("part.gcode", "part.stl", "part.svg", COST)
        store.transition(job.id, JobState.READY, change=JobChange(prepared=prepared))
        store.send(job.id)
        store.transition(job.id, JobState.APPROVED)
    return job.id
