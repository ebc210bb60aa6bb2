"""A thread that hurries is a real-time one, where the system allows it."""

import os
import threading

from drivers.urgency import PRIORITY, hurry


def test_only_the_thread_that_asks_becomes_a_real_time_one():
    """The answer tells what the kernel tells, and the thread that started it stays as it was."""
    seen: list[tuple[bool, int, int]] = []

    def ask() -> None:
        allowed = hurry()
        seen.append((allowed, os.sched_getscheduler(0), os.sched_getparam(0).sched_priority))

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    assert seen in ([(True, os.SCHED_RR, PRIORITY)], [(False, os.SCHED_OTHER, 0)])
    assert os.sched_getscheduler(0) == os.SCHED_OTHER
