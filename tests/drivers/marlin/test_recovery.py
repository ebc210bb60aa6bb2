"""Which wishes are believed, when it is safe to go back, and where a line may be cut."""

import pytest

from drivers.marlin import replies as say
from drivers.marlin.clockwork import SHORTEST_QUIET_S, Clockwork
from drivers.marlin.ledger import MOST_DOUBLED, Ledger
from drivers.marlin.recovery import Recovery, Verdict
from drivers.pump import SMALLEST_PORTION, whole_head

LAST = 784


def sent(acknowledged: int = LAST, under_way: int = 4) -> Ledger:
    """Give a ledger with so many lines acknowledged behind the first, and some under way."""
    ledger = Ledger()
    ledger.restart()
    ledger.send_next()
    for number in range(1, acknowledged + under_way + 1):
        ledger.send(b"G1 X%d" % number, number, 0)
    for _ in range(acknowledged + 1):
        ledger.acknowledge(is_probe=False)
    return ledger


@pytest.mark.parametrize("line", [b"Resend: 7\xb285", b"Resend: 7 85", b"Resend: 785x"])
def test_half_a_number_is_no_wish(line: bytes):
    """Noise within the number would lead back to the start of the print."""
    assert isinstance(say.parse(line), say.Chatter)


def test_a_wish_that_contradicts_its_error_is_left_unheard():
    """`Last Line: 784` and `Resend: 75` cannot both be right; the next pair settles it."""
    ledger, recovery = sent(), Recovery()
    recovery.accuse(LAST, ledger, 1.0)
    assert recovery.ask(75, ledger, 1.0, is_settling=False) is Verdict.UNHEARD
    recovery.accuse(LAST, ledger, 1.1)
    assert recovery.ask(LAST + 1, ledger, 1.1, is_settling=False) is Verdict.AGAIN


def test_a_line_long_done_is_asked_for_twice_before_it_is_believed():
    """Without an error's text to confirm it, one changed digit must not repeat a hundred lines."""
    ledger, recovery = sent(), Recovery()
    assert recovery.ask(85, ledger, 1.0, is_settling=False) is Verdict.UNHEARD
    assert recovery.ask(75, ledger, 1.1, is_settling=False) is Verdict.UNHEARD
    assert recovery.ask(75, ledger, 1.2, is_settling=False) is Verdict.AGAIN


def test_a_line_that_a_doubled_ok_has_acknowledged_is_sent_at_once():
    """Our count may run a few lines before the board's."""
    ledger, recovery = sent(), Recovery()
    assert recovery.ask(LAST - MOST_DOUBLED + 2, ledger, 1.0, is_settling=False) is Verdict.AGAIN


def test_an_error_that_names_an_old_line_alone_leads_nowhere():
    """Its number may be the damaged part; the next error will tell."""
    ledger, recovery = sent(), Recovery()
    recovery.accuse(7, ledger, 1.0)
    assert not recovery.go_back(ledger, 2.0)


def test_any_byte_ends_the_quiet():
    """A board that tells of an unknown command has found a fragment: more errors are to come."""
    clock = Clockwork()
    clock.set(5.0)
    clock.hear()
    clock.set(5.004)
    clock.sound()
    assert (clock.quiet_from_s, clock.still_from_s) == (5.0, 5.004)
    assert clock.quiet_s >= SHORTEST_QUIET_S


@pytest.mark.parametrize("size", range(SMALLEST_PORTION, 80))
def test_no_portion_ends_between_number_and_command(size: int):
    """A ring that is emptied while the wire is silent there would leave a whole command."""
    data = b"N198 G1 X27.255 Y144.668*94\nN199 G1 X89.750 Y139.404*94\nN200 G1 X43.500\n"
    rest, portions = data, []
    while rest:
        portions.append(whole_head(rest, size))
        rest = rest[len(portions[-1]) :]
    assert b"".join(portions) == data
    assert not [portion for portion in portions if portion.lstrip().startswith(b"G1")]
