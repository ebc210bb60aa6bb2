"""The flow of numbered lines, step by step."""

from drivers.marlin import replies as say
from drivers.marlin.clockwork import Clockwork
from drivers.marlin.feed import Feed
from drivers.marlin.link import Link
from drivers.marlin.recovery import Verdict

DONE = say.Ok(1, {})


def settled(clock: Clockwork, commands: list[bytes]) -> tuple[Link, Feed]:
    """Give a link whose numbers begin, with commands that wait."""
    clock.set(1.0)
    link, feed = Link(clock), Feed()
    link.ledger.restart()
    feed.add(commands)
    assert one(link, feed).startswith(b"N0 M110 N0*")
    link.acknowledge(DONE)
    return link, feed


def one(link: Link, feed: Feed) -> bytes:
    """Return what goes next while lines go one by one."""
    return link.take(feed, of_program=False, one_by_one=True)


def test_one_by_one_means_one_by_one():
    """No line before the answer to the one before."""
    link, feed = settled(Clockwork(), [b"M113 S2", b"M85 S180"])
    assert one(link, feed).startswith(b"N1 M113 S2*")
    assert one(link, feed) == b""


def test_a_line_asked_again_waits_for_no_answer_that_was_lost():
    """`ok` lost, then the question damaged: the board that asks for it has all before it."""
    clock = Clockwork()
    link, feed = settled(clock, [b"M113 S2", b"M85 S180"])
    one(link, feed)
    link.probe()
    probe = one(link, feed)
    assert probe.startswith(b"N2 M105*")
    link.accuse(say.LineError(1))
    assert link.ask(2, is_settling=True) is Verdict.AGAIN
    link.acknowledge(DONE)
    clock.hear()
    clock.set(1.1)
    link.tick()
    assert one(link, feed) == probe
    assert one(link, feed) == b""
