"""The judge of a print in OctoPrint, fed with what a real one answered."""

import pytest

from drivers.octoprint.protocol import BEGIN_S, End, Going, Watch
from drivers.octoprint.replies import JobReport, Phase, Prints

FILE = "dipbike-0.gcode"
PRINTING = JobReport(Phase.BUSY, "Printing", FILE, 0.4, 400)
FINISHED = JobReport(Phase.READY, "Operational", FILE, 1.0, 1000)
DROPPED = JobReport(Phase.READY, "Operational", FILE)
EMPTY = JobReport(Phase.READY, "Operational")
OFFLINE = JobReport(Phase.CLOSED, "Offline")
KILLED = JobReport(Phase.BROKEN, "Offline after error", error="Printer halted. kill() called!")
FOREIGN = JobReport(Phase.BUSY, "Printing", "vase.gcode", 0.1, 10)
NONE, ONCE, FAILED = Prints(), Prints(completed=1), Prints(failed=1)


def watch(*, begun: bool = True) -> Watch:
    """The judge of a print that was started at 0 s."""
    judge = Watch(FILE, 0.0)
    if begun:
        assert judge.look(PRINTING, NONE, 1.0) is Going.UNDERWAY
    return judge


@pytest.mark.parametrize(
    ("job", "prints", "verdict"),
    [
        (PRINTING, NONE, Going.UNDERWAY),
        (JobReport(Phase.BUSY, "Cancelling", FILE), NONE, Going.UNDERWAY),
        (JobReport(Phase.PAUSED, "Paused", FILE, 0.4), NONE, Going.PAUSED),
        (FINISHED, NONE, End.DONE),
        (FINISHED, ONCE, End.DONE),
        (EMPTY, ONCE, End.DONE),
        (FOREIGN, ONCE, End.DONE),
        (OFFLINE, ONCE, End.DONE),
        (DROPPED, NONE, End.DROPPED),
        (DROPPED, FAILED, End.DROPPED),
        (FOREIGN, FAILED, End.BROKEN_OFF),
        (EMPTY, NONE, End.BROKEN_OFF),
        (OFFLINE, NONE, End.BROKEN_OFF),
        (OFFLINE, FAILED, End.BROKEN_OFF),
        (JobReport(Phase.OPENING, "Connecting"), NONE, End.BROKEN_OFF),
        (KILLED, FAILED, End.FAULTED),
        (KILLED, NONE, End.FAULTED),
    ],
)
def test_a_print_that_has_begun_is_judged(job: JobReport, prints: Prints, verdict: Going | End):
    """Only a print seen to its end is DONE; what cannot be known is never taken for success."""
    assert watch().look(job, prints, 2.0) is verdict


@pytest.mark.parametrize("job", [EMPTY, DROPPED])
def test_a_print_has_a_moment_to_begin(job: JobReport):
    """Ready and idle just after the start means nothing yet; later it means that there will be no print."""
    judge = watch(begun=False)
    assert judge.look(job, NONE, BEGIN_S - 0.1) is Going.UNDERWAY
    assert judge.look(job, NONE, BEGIN_S) is End.NEVER_BEGAN


def test_a_short_print_is_over_before_the_first_look():
    """Three lines are printed faster than anyone looks."""
    assert watch(begun=False).look(FINISHED, ONCE, 0.1) is End.DONE


def test_a_failure_before_the_first_look_is_seen():
    """So is an end by a person who was faster than we."""
    assert watch(begun=False).look(DROPPED, FAILED, 0.1) is End.DROPPED
