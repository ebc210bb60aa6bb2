"""What no resend can mend: a mill ends its program cleanly, and a stop is obeyed all the same."""

import asyncio

import pytest

from drivers.errors import DeviceFaultError, ProgramInterruptedError
from drivers.grbl.sim_faults import Faults
from drivers.types import DeviceState
from tests.drivers.contract.rigs import SETTLING_S, MillRig, PrinterRig, is_prefix, until
from tests.drivers.contract.steps import LONG, SHORT, UNDER_WAY
from tests.drivers.pipes import Quality

pytestmark = pytest.mark.thorough

AT = 30


@pytest.mark.parametrize(
    "faults",
    [
        Faults(doubled_oks=frozenset({AT})),
        Faults(replaced={AT: "G1X#.5Y1.5F600"}),
        Faults(replaced={2 * SHORT - 1: "G1X9.5Y1.5F600"}),
    ],
    ids=["doubled ok", "damaged line", "damaged last move"],
)
async def test_a_mill_ends_what_it_cannot_mend(faults: Faults) -> None:
    """The program ends as interrupted or as a fault; the spindle is off and nothing follows.

    GRBL has no checksum: a damaged move in the middle that still makes sense is beyond any driver.
    """
    rig = MillRig(Quality.CLEAN, 1, faults)
    try:
        await rig.device.connect()
        program = rig.program(1, 2 * SHORT)
        with pytest.raises((ProgramInterruptedError, DeviceFaultError)):
            await rig.device.run(program)
        assert rig.device.snapshot.state in {DeviceState.FAULT, DeviceState.OFFLINE}
        await asyncio.sleep(SETTLING_S)
        ended = rig.executed()
        assert not await rig.is_working()
        assert is_prefix(ended[: AT - 1], rig.wanted(program))
        await asyncio.sleep(SETTLING_S)
        assert rig.executed() == ended
    finally:
        await rig.device.close()
        rig.close()


async def test_a_mill_does_without_a_lost_answer() -> None:
    """The program goes on to its end; each line was executed once."""
    rig = MillRig(Quality.CLEAN, 1, Faults(lost_oks=frozenset({AT})))
    try:
        await rig.device.connect()
        program = rig.program(1, 2 * SHORT)
        await rig.device.run(program)
        assert rig.executed() == rig.wanted(program)
        assert rig.device.snapshot.state is DeviceState.IDLE
    finally:
        await rig.device.close()
        rig.close()


@pytest.mark.parametrize(("build", "word"), [(PrinterRig, b"M112"), (MillRig, b"\x18")])
async def test_a_stop_survives_a_damaged_byte(build: type[PrinterRig | MillRig], word: bytes) -> None:
    """The machine obeys although a bit of what carries the stop is flipped on its way."""
    rig = build(Quality.CLEAN, 1)
    try:
        await rig.device.connect()
        run = asyncio.create_task(rig.device.run(rig.program(1, LONG)))
        await until(lambda: len(rig.executed()) >= UNDER_WAY, "the first lines")
        rig.pipe.strike(word)
        rig.device.stop()
        with pytest.raises(ProgramInterruptedError):
            await run
        await asyncio.sleep(SETTLING_S)
        ended = rig.executed()
        assert not await rig.is_working()
        await asyncio.sleep(SETTLING_S)
        assert rig.executed() == ended
    finally:
        await rig.device.close()
        rig.close()
