"""When the bike sends, waits, and sends again."""

import itertools
import math

import pytest

from onboard.uplink.outbox import Backlog
from onboard.uplink.pace import Pace, SendWindow

BOOT = "0" * 16
PACE = Pace(window_batches=3, batch_rows=10)


def filled(window: SendWindow, now_s: float, waiting: int = 30) -> int:
    """Send while allowed; returns how many batches went."""
    sent = 0
    while window.may_send(now_s):
        window.sent(window.after_seq + 10, 10, waiting, now_s)
        sent += 1
    return sent


def test_the_window_fills_and_moves_with_the_watermark():
    """Never more on its way than the window; each receipt makes room."""
    window = SendWindow(PACE)
    window.follow(Backlog(BOOT, 0), 0.0)
    assert filled(window, 0.0) == 3
    window.follow(Backlog(BOOT, 10), 0.1)
    assert filled(window, 0.1) == 1
    assert window.after_seq == 40


def test_silence_rewinds_with_longer_and_longer_pauses():
    """After 2 s one batch is tried again, then after 4, 8 … 60 s: a mobile line is paid by the megabyte."""
    window = SendWindow(PACE)
    window.follow(Backlog(BOOT, 0), 0.0)
    filled(window, 0.0)
    tries = []
    for tenth in range(1, 4000):
        window.follow(Backlog(BOOT, 0), tenth / 10)
        if filled(window, tenth / 10):
            tries.append(tenth / 10)
    assert tries[:5] == [2.0, 6.0, 14.0, 30.0, 62.0]
    assert max(b - a for a, b in itertools.pairwise(tries)) == pytest.approx(60.0)
    assert window.after_seq == 10


def test_a_word_from_the_city_ends_the_patience():
    """When the city comes back, the bike does not wait for its next try."""
    window = SendWindow(PACE)
    window.follow(Backlog(BOOT, 0), 0.0)
    filled(window, 0.0)
    window.follow(Backlog(BOOT, 0), 2.0)
    filled(window, 2.0)
    window.nudged(2.5)
    assert filled(window, 2.5) == 3


def test_a_word_from_the_city_repeats_nothing_while_it_follows():
    """Receipts in normal traffic do not send anything twice."""
    window = SendWindow(PACE)
    window.follow(Backlog(BOOT, 0), 0.0)
    filled(window, 0.0)
    window.nudged(0.1)
    assert filled(window, 0.1) == 0


def test_a_new_connection_begins_again_at_the_watermark():
    """What was on its way counts as lost."""
    window = SendWindow(PACE)
    window.follow(Backlog(BOOT, 20), 0.0)
    filled(window, 0.0)
    window.connected(1.0, rows=30, share=0.9)
    assert window.after_seq == 20
    assert filled(window, 1.0) == 3


def test_a_backlog_starts_at_a_random_instant_and_slowly():
    """All bikes of a region come back together: each waits its share, then keeps to 100 rows a second."""
    window = SendWindow(PACE)
    window.follow(Backlog(BOOT, 0), 0.0)
    window.connected(0.0, rows=50_000, share=0.5)
    assert filled(window, 29.9, waiting=50_000) == 0
    assert filled(window, 30.0, waiting=50_000) == 1
    assert filled(window, 30.05, waiting=50_000) == 0
    assert filled(window, 30.1, waiting=50_000) == 1


def test_only_the_pace_of_a_backlog_names_an_instant_to_go_on():
    """A window that is full waits for the city, one that has room for the pace, however fast the city is."""
    window = SendWindow(PACE)
    window.follow(Backlog(BOOT, 0), 0.0)
    assert window.held_until_s(0.0) == math.inf
    for number in range(3):
        assert filled(window, 1.0 + number, waiting=50_000) == 1
        held_s = 1.1 + number if number < 2 else math.inf
        assert window.held_until_s(1.05 + number) == pytest.approx(held_s)


def test_another_boot_starts_from_its_own_watermark():
    """Numbers of two boots are never mixed."""
    window = SendWindow(PACE)
    window.follow(Backlog(BOOT, 0), 0.0)
    filled(window, 0.0)
    window.follow(Backlog("1" * 16, 5), 1.0)
    assert window.after_seq == 5
    assert filled(window, 1.0) == 3
