"""Robots are asked for, lent, given back and forgotten: each step once, conditional, and journalled."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from jobs.errors import TransitionError, UnknownJobError
from jobs.lent import robot_uses
from jobs.loans import LOAN_TRANSITIONS, Loan, LoanEnd, LoanState
from jobs.store.queue import Store
from jobs.store.reader import JobReader
from jobs.store.tickets import ANIMALS

PROGRAM = '{"version": 1, "steps": [{"do": "move", "mm": 10, "id": "secretprogram"}]}'


def code(error: pytest.ExceptionInfo[TransitionError]) -> str:
    """The stable word of a refusal."""
    return error.value.code


def put_into(store: Store, state: LoanState, key: str) -> Loan:
    """A loan in any state."""
    loan = store.ask_robot(PROGRAM, key)
    if state in {LoanState.LENT, LoanState.ENDED}:
        store.lend(loan.id, key, 10, f"{key}-lend")
    if state is LoanState.ENDED:
        store.end_loan(loan.id, LoanEnd.TIME)
    if state is LoanState.WITHDRAWN:
        store.erase_loan(loan.id)
    return store.loan(loan.id)


def test_a_program_gets_a_ticket_and_asks(store: Store) -> None:
    """A ticket from the closed list; the same key is the same loan; every step is journalled."""
    loan = store.ask_robot(PROGRAM, "key-00001")
    assert loan.ticket.split()[0] in ANIMALS
    assert (loan.state, loan.program) == (LoanState.ASKED, PROGRAM)
    assert store.ask_robot("other", "key-00001") == loan
    lent = store.lend(loan.id, "thymio-1", 10, "lend-0001")
    assert (lent.state, lent.robot, lent.minutes) == (LoanState.LENT, "thymio-1", 10)
    ended = store.end_loan(loan.id, LoanEnd.TAKEN_BACK, 0.4)
    assert (ended.state, ended.end) == (LoanState.ENDED, LoanEnd.TAKEN_BACK)
    assert store.end_loan(loan.id, LoanEnd.TIME) == ended
    again = store.ask_again(loan.id)
    assert (again.state, again.robot, again.program) == (LoanState.ASKED, None, PROGRAM)
    assert store.loan_steps(loan.id) == [
        (None, "asked", ""),
        ("asked", "lent", "thymio-1"),
        ("lent", "ended", "taken-back"),
        ("ended", "asked", "again"),
    ]


def test_lending_twice_is_lending_once(store: Store) -> None:
    """The same key changes nothing; another one lends the same robot anew."""
    loan = store.ask_robot(PROGRAM, "key-00001")
    lent = store.lend(loan.id, "thymio-1", 10, "lend-0001")
    assert store.lend(loan.id, "thymio-1", 30, "lend-0001") == lent
    assert store.lend(loan.id, "thymio-1", 20, "lend-0002").minutes == 20
    with pytest.raises(TransitionError) as caught:
        store.lend(loan.id, "thymio-2", 20, "lend-0003")
    assert code(caught) == "wrong-state"


def test_a_robot_has_one_borrower_and_a_ticket_one_robot(store: Store) -> None:
    """The database itself holds both rules."""
    store.open_halt("Parc", "Antony", 1e9, 0)
    one, two = store.ask_robot(PROGRAM, "key-00001"), store.ask_robot(PROGRAM, "key-00002")
    store.lend(one.id, "thymio-1", 10, "lend-0001")
    with pytest.raises(TransitionError) as caught:
        store.lend(two.id, "thymio-1", 10, "lend-0002")
    assert code(caught) == "robot-lent"
    with pytest.raises(TransitionError) as caught:
        store.ask_robot(PROGRAM, "key-00003", holder=one.ticket)
    assert code(caught) == "asks-already"
    store.end_loan(one.id, LoanEnd.TIME)
    assert store.lend(two.id, "thymio-1", 10, "lend-0003").state is LoanState.LENT
    mine = store.ask_robot(PROGRAM, "key-00004", holder=one.ticket.casefold())
    assert mine.ticket == one.ticket
    assert store.loan_of(one.ticket.upper()) == mine


@pytest.mark.parametrize("state", list(LoanState))
def test_only_allowed_steps_are_taken(store: Store, state: LoanState) -> None:
    """From each state, every way that the table does not know is refused and changes nothing."""
    loan = put_into(store, state, "key-00001")
    ways = {
        LoanState.LENT: lambda: store.lend(loan.id, "other", 5, "lend-0009"),
        LoanState.ENDED: lambda: store.end_loan(loan.id, LoanEnd.TIME),
        LoanState.ASKED: lambda: store.ask_again(loan.id),
        LoanState.WITHDRAWN: lambda: store.erase_loan(loan.id),
    }
    for to, way in ways.items():
        if to in LOAN_TRANSITIONS[state] or (to is state and to is not LoanState.LENT):
            continue
        with pytest.raises(TransitionError):
            way()
        assert store.loan(loan.id) == loan


def test_many_mediators_lend_one_robot_once(path: Path, store: Store) -> None:
    """Two hands on two phones: one of them has lent it."""
    loans = [store.ask_robot(PROGRAM, f"key-{index:05}") for index in range(8)]

    def lend(index: int) -> bool:
        own = Store.open(path, lambda: 1.0)
        with closing(own):
            try:
                own.lend(loans[index].id, "thymio-1", 10, f"lend-{index:04}")
            except TransitionError:
                return False
            return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(lend, range(8))) == 1


def test_after_a_restart_nothing_is_lent(store: Store) -> None:
    """Every robot that was lent is back, and who waited still waits."""
    lent = put_into(store, LoanState.LENT, "key-00001")
    asked = put_into(store, LoanState.ASKED, "key-00002")
    assert [loan.id for loan in store.end_all_loans({})] == [lent.id]
    assert store.loan(lent.id).end is LoanEnd.RESTART
    assert store.loan(asked.id) == asked
    assert store.end_all_loans({}) == []


def test_a_night_without_power_is_not_lent(path: Path) -> None:
    """A bike that starts anew the next day has lent no longer than it was asked to, and charges for that."""
    clock = [1000.0]
    with closing(Store.open(path, lambda: clock[0])) as store:
        halt = store.open_halt("Parc", "Antony", 1e9, 0)
        loan = store.ask_robot(PROGRAM, "key-00001")
        store.lend(loan.id, "thymio-1", 10, "lend-0001")
        clock[0] += 300
        store.lend(loan.id, "thymio-1", 10, "lend-0002")
        clock[0] += 50_000
        (ended,) = store.end_all_loans({"thymio-1": 6.0})
        assert ended.ended_s == 1000.0 + 300 + 600
        assert store.robots_wh(halt.id) == pytest.approx(6.0 * 900 / 3600)
        (use,) = robot_uses(store.records([halt]).lent, {halt.id})
        assert (use.name, use.loans, use.minutes) == ("thymio-1", 1, 15)


def test_a_program_is_kept_changed_and_erased_with_its_ticket(path: Path, store: Store) -> None:
    """It may be changed while the robot is lent, it is erased once it is back, and nothing of it stays."""
    store.open_halt("Parc", "Antony", 1e9, 0)
    lent = put_into(store, LoanState.LENT, "key-00001")
    assert store.revise_robot(lent.id, PROGRAM + " ").program == PROGRAM + " "
    with pytest.raises(TransitionError) as caught:
        store.erase_loan(lent.id)
    assert code(caught) == "still-lent"
    store.end_loan(lent.id, LoanEnd.TIME, 0.2)
    bare = store.erase_loan(lent.id)
    assert (bare.program, bare.ticket, bare.state) == ("", "", LoanState.WITHDRAWN)
    with pytest.raises(TransitionError):
        store.revise_robot(lent.id, PROGRAM)
    assert store.erase_loan(lent.id) == bare
    assert store.loan_of(lent.ticket) is None


def test_a_halt_is_forgotten_with_its_loans(path: Path, store: Store) -> None:
    """No program, no ticket and no step of it is found in the file."""
    halt = store.open_halt("Parc", "Antony", 1e9, 0)
    loan = put_into(store, LoanState.ENDED, "key-00001")
    still = put_into(store, LoanState.LENT, "key-00002")
    assert store.robots_wh(halt.id) == 0
    store.close_halt()
    store.erase_halt(halt.id, 0)
    with pytest.raises(UnknownJobError):
        store.loan(loan.id)
    assert store.loan(still.id).state is LoanState.LENT
    store.end_loan(still.id, LoanEnd.TIME)
    store.erase_loan(still.id)
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("SELECT count(*) FROM loan_journal WHERE loan = ?", (loan.id,)).fetchone() == (0,)
        assert db.execute("SELECT count(*) FROM tickets WHERE name = ?", (loan.ticket,)).fetchone() == (0,)


def test_watt_hours_are_summed_by_halt(store: Store) -> None:
    """What charging takes counts for the halt in which the robot was lent."""
    halt = store.open_halt("Parc", "Antony", 1e9, 0)
    for number, took_wh in enumerate((0.5, 1.25)):
        loan = store.ask_robot(PROGRAM, f"key-{number:05}")
        store.lend(loan.id, "thymio-1", 10, f"lend-{number:04}")
        store.end_loan(loan.id, LoanEnd.TIME, took_wh)
    assert store.robots_wh(halt.id) == 1.75


def test_the_web_process_reads_them(path: Path, store: Store) -> None:
    """In the order in which they were asked for."""
    loans = [store.ask_robot(PROGRAM, f"key-{number:05}") for number in range(3)]
    store.lend(loans[0].id, "thymio-1", 10, "lend-0001")
    with closing(JobReader.open(path)) as reader:
        assert [loan.id for loan in reader.loans({LoanState.ASKED})] == [loan.id for loan in loans[1:]]
        assert reader.loan(loans[0].id).state is LoanState.LENT
