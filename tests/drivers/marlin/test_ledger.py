"""The window and the count of acknowledgements, worked out by hand."""

from drivers.marlin.ledger import AHEAD_LINES, HISTORY_LINES, PROBE, WINDOW_BYTES, Ledger

MOVE = b"G1 X100.000 Y100.000 E1.00000"


def filled(ledger: Ledger) -> int:
    """Send moves until the window is shut and return how many."""
    count = 0
    while ledger.has_room_for(ledger.size_of(MOVE)):
        ledger.send(MOVE, count, 0)
        count += 1
    return count


def begun() -> Ledger:
    """A ledger whose numbers are settled."""
    ledger = Ledger()
    ledger.restart()
    ledger.send_next()
    ledger.acknowledge(is_probe=False)
    return ledger


def test_the_window_is_the_ring_and_what_the_queue_has_taken():
    """Three moves of 37 bytes fit into 127 bytes, three more have left the ring."""
    ledger = begun()
    assert filled(ledger) == 3 + AHEAD_LINES
    assert ledger.outstanding_bytes <= WINDOW_BYTES


def test_a_longer_queue_is_believed_at_the_third_time():
    """ADVANCED_OK tells it, and noise in one digit does not."""
    ledger = begun()
    ledger.learn_queue(31)
    assert filled(ledger) == 6
    for _ in range(2):
        ledger.learn_queue(15)
    assert filled(ledger) == 12


def test_nothing_follows_a_wait_for_heat():
    """A cancel then finds the ring empty."""
    ledger = begun()
    ledger.send(b"M109 S200", 1, 0)
    assert not ledger.has_room_for(10)
    ledger.acknowledge(is_probe=False)
    assert ledger.has_room_for(10)


def test_the_ok_of_a_probe_makes_good_for_those_that_were_lost():
    """Two of three were lost; the temperatures cannot be taken for theirs."""
    ledger = begun()
    for count in (1, 2, 3):
        ledger.send(MOVE, count, 0)
    ledger.send(PROBE, 3, 0)
    ledger.acknowledge(is_probe=False)
    line = ledger.acknowledge(is_probe=True)
    assert line is not None
    assert line.lines_done == 3
    assert (ledger.is_waiting, ledger.drift) == (False, 2)


def test_an_ok_said_twice_does_not_take_a_probe_away():
    """One plain `ok` too many in the place of a probe's is passed over."""
    ledger = begun()
    ledger.send(PROBE, 0, 0)
    ledger.acknowledge(is_probe=True)
    ledger.send(PROBE, 0, 0)
    ledger.send(MOVE, 1, 0)
    assert ledger.acknowledge(is_probe=False) is None
    assert ledger.acknowledge(is_probe=True) is not None
    assert ledger.acknowledge(is_probe=False) is not None
    assert not ledger.is_waiting


def test_an_ok_that_names_its_line_stands_for_those_before():
    """And says nothing new the second time."""
    ledger = begun()
    for count in (1, 2, 3):
        ledger.send(MOVE, count, 0)
    line = ledger.acknowledge_number(2)
    assert line is not None
    assert line.lines_done == 2
    assert ledger.acknowledge_number(2) is None
    assert ledger.count_from(0) == 1


def test_going_back_keeps_what_the_board_has_taken():
    """Lines before the asked one are in its queue and will be acknowledged."""
    ledger = begun()
    wires = [ledger.send(MOVE, count, 0) for count in range(1, 6)]
    assert ledger.rewind(3)
    assert ledger.count_from(0) == 2
    assert [ledger.send_next() for _ in range(3)] == wires[2:]
    assert not ledger.is_behind


def test_a_line_too_old_or_never_sent_cannot_be_had():
    """Nothing is guessed."""
    ledger = begun()
    for count in range(HISTORY_LINES + 100):
        ledger.send(MOVE, count, 0)
        ledger.acknowledge(is_probe=False)
    assert not ledger.rewind(50)
    assert not ledger.rewind(HISTORY_LINES + 102)
    assert ledger.rewind(HISTORY_LINES + 50)
