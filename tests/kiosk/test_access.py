"""What is kept of those who may enter: no secret that can be read back, and nothing that outlives its end."""

import asyncio
import sqlite3
import stat
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from jobs.errors import JobError, StoreError
from kiosk.access.book import AccessBook
from kiosk.access.lockout import LONGEST_WAIT_S, Lockout
from kiosk.access.login import Door
from kiosk.access.people import MOST, People
from kiosk.access.records import COMMON, Scope
from kiosk.access.secret import HASHER, grouped, typed
from kiosk.access.sessions import LIFETIME_S
from kiosk.access.tokens import DAY_S, Tokens
from tests.bench.pin_tries import play

PIN = "13579"
HASH = HASHER.hash(PIN)


class Wall:
    """A clock on a wall that only the test moves."""

    def __init__(self) -> None:
        self.now_s = 1_700_000_000.0

    def __call__(self) -> float:
        """What it shows."""
        return self.now_s


@pytest.fixture
def book(tmp_path: Path) -> AccessBook:
    """An empty list."""
    return AccessBook(tmp_path / "kiosk")


def refused(order: Callable[[], object]) -> str:
    """The code of a refusal."""
    with pytest.raises(JobError) as caught:
        order()
    return caught.value.code


def test_the_lockout_grows_ends_and_outlives_a_restart() -> None:
    """Each mistake makes the wait longer, up to a limit; tries meanwhile do not; success starts anew."""
    wall = Wall()
    lockout = Lockout(wall)
    waits = []
    for _ in range(15):
        lockout.failed()
        start_s = wall.now_s
        while lockout.locked:
            wall.now_s += 1.0
        waits.append(wall.now_s - start_s)
    assert waits[:5] == [0, 0, 5, 10, 20]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT_S
    assert Lockout(wall, lockout.failures).locked
    lockout.passed()
    lockout.failed()
    assert not lockout.locked


async def test_a_restart_gives_nobody_fresh_tries(book: AccessBook) -> None:
    """What was counted before is counted on; a PIN that fits starts anew."""
    clock = Wall()
    door = Door(book, HASH, clock)
    for pin in ("0000", "0001", "0002"):
        assert await door.enter(pin) is None
    again = Door(book, HASH, clock)
    assert await again.enter(PIN) is None
    clock.now_s += 6
    assert await again.enter(PIN) is not None
    assert Door(book, HASH, clock).who(await Door(book, HASH, clock).enter(PIN)) == COMMON


async def test_each_mediator_enters_with_a_pin_or_a_badge_of_their_own(book: AccessBook) -> None:
    """The session says whose it is; a badge opens while wrong PINs make everybody else wait."""
    door = Door(book, HASH)
    zoe, leo = door.people.add("Zoé"), door.people.add("Bleu")
    assert len({zoe.pin, leo.pin, PIN}) == 3
    assert door.who(await door.enter(zoe.pin)) == zoe.mediator.id
    assert door.who(await door.enter(leo.pin)) == leo.mediator.id
    assert door.who(await door.enter(PIN)) == COMMON
    for pin in ("1", "2", "3", leo.pin):
        assert await door.enter(pin) is None
    assert door.who(door.enter_by_badge(grouped(leo.badge).lower())) == leo.mediator.id
    assert door.enter_by_badge(leo.badge[:-1]) is None
    assert door.enter_by_badge("") is None


async def test_a_session_that_was_ended_stays_ended_after_a_restart(book: AccessBook) -> None:
    """Sessions themselves live through a restart: their list is on the disk."""
    door = Door(book, HASH)
    left, kept = await door.enter(PIN), await door.enter(PIN)
    door.leave(left)
    for each in (door, Door(book, HASH)):
        assert not each.knows(left)
        assert each.knows(kept)


async def test_a_session_grows_old_and_a_wrong_clock_makes_none_older(book: AccessBook) -> None:
    """After twelve hours the PIN is asked again, also when the clock was set back meanwhile."""
    wall = Wall()
    door = Door(book, HASH, wall=wall)
    cookie = await door.enter(PIN)
    wall.now_s += LIFETIME_S - 2
    assert door.knows(cookie)
    wall.now_s += 4
    assert not door.knows(cookie)
    wall.now_s -= 2 * LIFETIME_S
    assert not door.knows(cookie)


async def test_what_a_session_was_begun_with_must_still_hold(book: AccessBook) -> None:
    """A new PIN of the settings, a renewal or a removal ends the sessions that rest on the old one."""
    door = Door(book, HASH)
    common, zoe = await door.enter(PIN), door.people.add("Zoé")
    mine, badge = await door.enter(zoe.pin), door.enter_by_badge(zoe.badge)
    assert not Door(book, HASHER.hash(PIN)).knows(common)
    assert Door(book, HASHER.hash(PIN)).knows(mine)
    fresh = door.people.renew(zoe.mediator.id)
    assert not any(map(door.knows, (mine, badge, door.enter_by_badge(zoe.badge))))
    assert await door.enter(zoe.pin) is None
    again = await door.enter(fresh.pin)
    assert door.knows(again)
    door.people.remove(zoe.mediator.id)
    assert not any(map(door.knows, (again, door.enter_by_badge(fresh.badge))))
    assert door.names() == {}


async def test_a_full_disk_keeps_nobody_out_and_nobody_in(book: AccessBook) -> None:
    """Entering and leaving work in memory while nothing can be written, until the next restart."""
    door = Door(book, HASH)
    before = await door.enter(PIN)
    with closing(sqlite3.connect(book.path)) as full:
        full.execute("BEGIN IMMEDIATE")  # whoever writes meanwhile is refused
        cookie = await door.enter(PIN)
        door.leave(before)
        assert door.knows(cookie)
        assert not door.knows(before)
    assert not Door(book, HASH).knows(cookie)


def test_a_list_that_cannot_be_read_says_so(book: AccessBook) -> None:
    """Nobody is let in by a damaged file, and it is not overwritten."""
    book.mediators()
    book.path.write_bytes(b"no database at all, but long enough to be looked at" * 30)
    before = book.path.read_bytes()
    door = Door(book, HASH)
    with pytest.raises(StoreError):
        door.knows("cookie")
    with pytest.raises(StoreError):
        asyncio.run(door.enter(PIN))
    assert book.path.read_bytes() == before


def test_nothing_that_lets_anybody_in_can_be_read_back(book: AccessBook) -> None:
    """The file is for its owner alone, and holds no PIN, badge, token or cookie; removal leaves no name."""
    people, tokens = People(book, ""), Tokens(book)
    zoe = people.add("Zoé-canari")
    people.add("Bleu")
    token, words = tokens.make("hall", Scope.READ, 1)
    cookie = asyncio.run(Door(book).enter(zoe.pin))
    assert cookie is not None
    held = book.path.read_bytes()
    for secret in (zoe.pin, zoe.badge, words, words.removeprefix("dipbike_"), cookie):
        assert secret.encode() not in held
    assert stat.S_IMODE(book.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(book.path.parent.stat().st_mode) == 0o700
    people.remove(zoe.mediator.id)
    tokens.revoke(token.id)
    assert "Zoé-canari".encode() not in book.path.read_bytes()


@pytest.mark.parametrize(
    "name", ["", "Z", "Zoé Martin", "x" * 21, "<b>", "a\nb", "zo@e.fr", "123", "Zoé\u202e"]
)
def test_a_name_is_one_short_word(book: AccessBook, name: str) -> None:
    """No surname, address or trick fits."""
    assert refused(lambda: People(book, "").add(name)) == "bad-name"


def test_mediators_have_bounds(book: AccessBook) -> None:
    """No name twice, not too many, and the last one cannot lock everybody out."""
    people = People(book, "")
    zoe = people.add(" Zoé ")
    assert refused(lambda: people.add("zoÉ")) == "name-taken"
    assert refused(lambda: people.remove(zoe.mediator.id)) == "last-mediator"
    assert refused(lambda: people.renew("m-00000000")) == "unknown-mediator"
    for number in range(MOST - 1):
        people.add("Abcdefghijklm"[: number + 2])
    assert refused(lambda: people.add("Treizième")) == "too-many-mediators"
    people.remove(zoe.mediator.id)
    People(book, HASH).remove(people.named("ab").id)


def test_tokens_are_made_found_and_end(book: AccessBook) -> None:
    """By time or by hand; nothing else is a token."""
    wall = Wall()
    tokens = Tokens(book, wall)
    (short, old), (long, words) = (
        tokens.make("hall  du  lycée", Scope.READ, 1),
        tokens.make("b2", Scope.ACT, 30),
    )
    assert short.label == "hall du lycée"
    assert tokens.find(old) == short
    wall.now_s += DAY_S
    assert tokens.find(old) is None
    assert tokens.every() == [long]
    assert tokens.find(words) == long
    for nothing in ("", "dipbike_", words[:-1], words.upper(), long.id):
        assert tokens.find(nothing) is None
    tokens.revoke(long.id)
    assert tokens.find(words) is None
    assert refused(lambda: tokens.revoke(long.id)) == "unknown-token"
    assert refused(lambda: tokens.make("x", Scope.READ, 1)) == "bad-label"
    assert refused(lambda: tokens.make("hall", Scope.READ, 0)) == "bad-days"
    for number in range(20):
        tokens.make(f"number {number}", Scope.READ, 1)
    assert refused(lambda: tokens.make("one more", Scope.READ, 1)) == "too-many-tokens"


def test_a_code_is_understood_however_it_is_typed() -> None:
    """Spaces, small letters, and digits that look like letters."""
    assert typed(" abcd-o1b2 ") == typed("ABCD OIB2") == "ABCDOIB2"


def test_the_wall_clock_is_the_default(book: AccessBook) -> None:
    """A token of one day is good now."""
    token, words = Tokens(book).make("hall", Scope.READ, 1)
    assert token.since_s <= time.time()
    assert Tokens(book).find(words) == token


async def test_wrong_pins_are_answered_alike_and_never_hold_up_a_stop(tmp_path: Path) -> None:
    """Two hundred tries, one a second: few are compared, none enters, every press of the stop is heard."""
    outcome = await play(tmp_path, 200)
    assert (outcome.entered, outcome.answers) == (0, 1)
    assert outcome.heard == outcome.presses == 4
    assert outcome.checked == 8
