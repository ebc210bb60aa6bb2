"""Printer, mill and battery for the bench of the stop; the printer's line damages moves, and only moves."""

import signal
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from drivers.marlin.sim_faults import Faults
from drivers.registry import BATTERY_BPS
from drivers.simulated import Traits, make_pack
from onboard.cli.simulate import (
    BASE_LOAD_W,
    CAPACITY_WH,
    GRBL_BPS,
    MARLIN_BPS,
    SOC_PCT,
    Plugs,
    wait_for_the_end,
)

DAMAGED: Final = 0.1
"""So many moves arrive damaged: whenever somebody presses stop, a resend is likely to be under way."""


class DamagedMoves(Faults):
    """What sets up a connection arrives whole, and so does M112: a stop that is missed was missed by us."""

    def hurt_in(self, data: bytes) -> bytes:
        """Flip a bit of some moves."""
        return super().hurt_in(data) if b" G1 " in data else data


def main(links: Path, boxes: Path) -> None:
    """Be three machines until SIGTERM; SIGUSR1 is the printer's own reset button."""
    with ExitStack() as running:
        plug = Plugs(running, 1.0, 0.0, None)
        board = plug.printer(links / "marlin", boxes / "marlin.jsonl", Traits(), MARLIN_BPS)
        board.faults = DamagedMoves(damage_in=DAMAGED)
        signal.signal(signal.SIGUSR1, lambda _number, _frame: setattr(board.faults, "reset", True))
        plug.mill(links / "grbl", None, Traits(), GRBL_BPS)
        pack = make_pack(CAPACITY_WH, SOC_PCT, lambda: BASE_LOAD_W, 1.0)
        plug.in_(links / "battery", pack, BATTERY_BPS)
        wait_for_the_end()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
