"""The contract of every device, kept through a real OctoPrint; its virtual printer's own log judges."""

import asyncio
import math
import time

import pytest

from drivers.device import Device
from drivers.gcode import Program
from drivers.types import DeviceState
from tests.drivers.contract import clauses
from tests.drivers.contract.clauses import Clause
from tests.peers.octoprint_server import OctoPrint
from tests.peers.prints import until

pytestmark = pytest.mark.peers

KEPT: tuple[Clause, ...] = (
    clauses.connect_turns_everything_off,
    clauses.a_run_executes_every_line_once_in_order,
    clauses.progress_grows_to_its_end,
    clauses.a_second_run_is_refused,
    clauses.cancel_ends_the_program,
    clauses.pause_and_resume_lose_nothing,
    clauses.a_fault_is_latched,
    clauses.close_leaves_the_machine_off,
    clauses.a_stop_from_another_thread_is_latched,
    clauses.a_stop_before_connect_is_harmless,
    clauses.a_pause_can_be_cancelled,
    clauses.a_blocked_loop_does_not_stop_the_stream,
)
"""All that is said of the printer: how a lost or restarted server ends a print is told in a file apart."""
DWELL = b"G4 P120"
OF_A_STOP = {"M104 T0 S0", "M140 S0", "M105", ""}
"""What OctoPrint itself sends behind M112."""


class ServerRig:
    """A `RemotePrinter`, the server, and the printer behind it, which says a number for each mark."""

    cancel_s = 3.0
    fault_text = "Thermal Runaway"

    def __init__(self, server: OctoPrint) -> None:
        self.device: Device = server.printer()
        self._server = server

    def program(self, tag: int, lines: int) -> Program:
        """Heat, then a mark and a short wait in turn."""
        pairs = [line for at in range(lines // 2) for line in (b"M117 mark %d" % (1000 * tag + at), DWELL)]
        return Program.from_lines([b"M104 S%d" % (60 + tag), b"M140 S%d" % (40 + tag), *pairs[: lines - 2]])

    def wanted(self, program: Program) -> list[str]:
        """Return the marks."""
        return [line.decode() for line in program if line.startswith(b"M117")]

    def executed(self) -> list[str]:
        """Return the marks that the printer has said."""
        return [f"M117 mark {number}" for number in self._server.serial.marks()]

    async def is_working(self) -> bool:
        """Whether the printer's last report has a target; of one that no longer runs, the next report."""
        serial = self._server.serial
        reports = len(serial.targets_c())
        if self.device.snapshot.state is not DeviceState.RUNNING and not self._is_halted:
            await until(lambda: len(serial.targets_c()) > reports, "a report of temperatures")
        return not self._is_halted and any(serial.targets_c()[-1])

    @property
    def _is_halted(self) -> bool:
        """Whether the firmware has stopped itself, which cuts the heat, and was not started again."""
        said = [record.text for record in self._server.serial.records() if not record.to_printer]
        ends = [at for at, text in enumerate(said) if "Printer halted" in text]
        return bool(ends) and not any(text.startswith("start") for text in said[ends[-1] :])

    async def off_after_s(self, since_s: float) -> float:
        """How long after an instant the printer took what ends the heat; infinity if it heats on."""
        taken = [at_s for command in ("M104 S0", "M112") for at_s in self._server.serial.taken(command)]
        offs = [at_s - since_s for at_s in taken if at_s >= since_s - 0.01]
        return min(offs, default=math.inf)

    def now_s(self) -> float:
        """UTC epoch seconds, as the log tells them."""
        return time.time()

    async def heard_after_stop(self) -> list[str]:
        """Return what the printer took after M112."""
        taken = [record.command for record in self._server.serial.records() if record.to_printer]
        begin = len(taken) - taken[::-1].index("M112")
        return [command for command in taken[begin:] if command not in OF_A_STOP]

    async def lose_link(self) -> None:
        """End the server, and its printer with it."""
        self._server.kill()

    async def mend_link(self) -> None:
        """Start the server again."""
        self._server.start()
        await self._server.wait()

    def reset(self) -> None:
        """Let the printer start again."""
        self._server.person().send("!!DEBUG:reset")

    def fail(self) -> None:
        """Let the firmware stop itself."""
        self._server.person().send("!!DEBUG:trigger_fatal_error_marlin")

    def close(self) -> None:
        """The server stays for the next test."""


@pytest.mark.parametrize("clause", KEPT, ids=lambda clause: clause.__name__)
async def test_through_octoprint(clause: Clause, server: OctoPrint) -> None:
    """The clause holds."""
    rig = ServerRig(server)
    try:
        async with asyncio.timeout(90):
            await clause(rig)
    finally:
        await rig.device.close()
