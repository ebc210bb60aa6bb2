"""The way of an emergency stop to a printer behind OctoPrint: its own thread, its own connection."""

import contextlib
import logging
from collections.abc import Callable
from threading import Thread
from typing import Final

from drivers.errors import DeviceBusyError, DriverError
from drivers.octoprint.rest import EMERGENCY_STOP, Rest

_LOG: Final = logging.getLogger(__name__)
TRIES: Final = 5
NO_PRINTER: Final = (
    "The stop did not reach the printer: OctoPrint has no connection to it. Switch it off by hand."
)
UNREACHED: Final = "The stop did not reach OctoPrint: switch the printer off by hand."


def stop_printer(open_rest: Callable[[], Rest], on_failure: Callable[[str], None]) -> None:
    """Send the stop from a thread that ends by itself; `on_failure` is called there with a sentence."""
    Thread(target=_stop, args=(open_rest, on_failure), name="stop", daemon=True).start()


def _stop(open_rest: Callable[[], Rest], on_failure: Callable[[str], None]) -> None:
    for attempt in range(1, TRIES + 1):
        try:
            with contextlib.closing(open_rest()) as rest:
                is_delivered = _deliver(rest)
        except DriverError as error:
            _LOG.warning("stop, attempt %d: %s", attempt, error)
        else:
            if not is_delivered:
                on_failure(NO_PRINTER)
            return
    on_failure(UNREACHED)


def _deliver(rest: Rest) -> bool:
    """Tell whether the stop, this one or one just before, has gone to the printer.

    OctoPrint itself jumps its queue then, cuts the heat and closes the port.

    Source: OctoPrint 1.11, `util/comm.py`.
    """
    try:
        rest.send(EMERGENCY_STOP)
    except DeviceBusyError:
        return EMERGENCY_STOP in rest.job().error
    return True
