"""A child calls: once an object, answered by a mediator, never more than can be read."""

from onboard.calls import CALM_S, MOST, OLD_S, Calls


def test_a_call_stands_once_until_it_is_answered_and_rests_a_while() -> None:
    """Whoever hammers the button is one call; after an answer the button waits a minute."""
    calls = Calls()
    assert calls.call("a", "Renard 12", 0.0)
    assert not calls.call("a", "Renard 12", 5.0)
    assert [call.since_s for call in calls.standing(5.0)] == [0.0]
    calls.answer("a", 10.0)
    assert calls.standing(11.0)[0].answered_s == 10.0
    assert not calls.call("a", "Renard 12", 10.0 + CALM_S - 1)
    assert calls.call("a", "Renard 12", 10.0 + CALM_S)
    assert calls.standing(10.0 + CALM_S)[0].answered_s is None


def test_old_calls_end_by_themselves_and_no_crowd_fills_the_page() -> None:
    """Nobody scrolls through a hundred calls; an erased object calls no more."""
    calls = Calls()
    taken = [calls.call(f"{number}", "Loup 3", float(number)) for number in range(MOST + 5)]
    assert taken == [True] * MOST + [False] * 5
    calls.drop("0")
    assert calls.call("x", "Chat 1", 30.0)
    assert calls.standing(OLD_S + 31.0) == ()
    calls.answer("gone", 0.0)
