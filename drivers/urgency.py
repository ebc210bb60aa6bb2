"""Lets a thread go before everything else on the computer, where the system allows it."""

import logging
import os
from typing import Final

PRIORITY: Final = 5
"""Just above all ordinary work, below the kernel's own threads."""

log = logging.getLogger(__name__)


def hurry() -> bool:
    """Make the calling thread a real-time one; return False where that is not allowed.

    Source: sched(7); systemd grants it by `LimitRTPRIO=`, and the kernel keeps 5 % for all others.
    """
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(PRIORITY))
    except (AttributeError, OSError) as error:
        log.debug("this thread stays an ordinary one: %s", error)
        return False
    return True
