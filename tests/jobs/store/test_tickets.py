"""Tickets come from a closed list and are nobody's twice."""

import random

from jobs.store.tickets import ANIMALS, draw, spoken


def test_no_two_tickets_are_alike_even_when_the_list_runs_out():
    """More tickets than the list has: numbers grow, none repeats, not even without accents."""
    first = list.__getitem__
    used: set[str] = set()
    everything = {f"{animal} {number}" for animal in ANIMALS for number in range(1, 100)}
    for _ in range(300):
        used.add(draw(used | (everything - {"Renard 12"}), lambda free: first(list(free), 0)))
    assert "Renard 12" in used
    assert len({spoken(ticket) for ticket in used}) == 300


def test_a_seeded_draw_is_repeatable_and_from_the_list():
    """The same chance gives the same ticket, of a listed animal and a number from 1 to 99."""
    tickets = [draw(set(), random.Random(9).choice) for _ in range(2)]  # noqa: S311 - repeatable
    animal, number = tickets[0].rsplit(" ", 1)
    assert tickets[0] == tickets[1]
    assert animal in ANIMALS
    assert 1 <= int(number) <= 99


def test_animals_are_told_apart_by_ear():
    """No two animals differ only by an accent or a capital."""
    assert len({spoken(animal) for animal in ANIMALS}) == len(ANIMALS)


def test_a_ticket_is_found_however_it_is_typed():
    """Children type without accents, in capitals and with spaces."""
    assert spoken("  ECUREUIL   3 ") == spoken("Écureuil 3")
