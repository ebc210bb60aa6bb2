"""What the panel's contacts mean: a missing, bouncing, stuck or contradictory one is unsafe."""

from itertools import product

import pytest

from drivers.panel.protocol import CLOSE_S, DISAGREE_S, OPEN_S, STALE_S, WELDED_S, PanelProtocol
from drivers.panel.types import WORDS, Hazard, Input, PanelState
from drivers.types import DeviceKind

WELL = dict.fromkeys(Input, True)
STEP_S = 0.01


class Bench:
    """A panel that is looked at every hundredth of a second, by a clock of its own."""

    def __init__(self) -> None:
        self.protocol = PanelProtocol()
        self.now_s = 100.0

    def see(self, for_s: float = 0.5, *, beats: bool = True, **levels: bool) -> PanelState:
        """Look for a while at contacts that are well but for those named."""
        state = self.protocol.state(self.now_s)
        for _ in range(round(for_s / STEP_S)):
            self.now_s += STEP_S
            if beats:
                self.protocol.beaten(self.now_s)
            state = self.protocol.look({**WELL, **{Input(k): v for k, v in levels.items()}}, self.now_s)
        return state


def test_nothing_is_known_before_the_first_look():
    """A panel that never answered is safe for nobody."""
    state = PanelProtocol().state(100.0)
    assert state.hazards == {Hazard.SILENT}
    assert not any(state.is_safe_for(kind) for kind in DeviceKind)


@pytest.mark.parametrize("closed", list(product([True, False], repeat=len(Input))))
def test_only_the_full_set_is_safe(closed: tuple[bool, ...]):
    """Every subset of closed contacts; for the printer alone the lid does not matter."""
    levels = dict(zip(Input, closed, strict=True))
    state = Bench().see(**{str(name): level for name, level in levels.items()})
    assert state.is_safe_for(DeviceKind.MILL) is all(closed)
    without_lid = {name: level for name, level in levels.items() if name is not Input.LID}
    assert state.is_safe_for(DeviceKind.PRINTER) is all(without_lid.values())


@pytest.mark.parametrize("name", Input)
def test_a_contact_that_is_missing_counts_as_open(name: Input):
    """Lines that carry fewer contacts than the panel has are unsafe."""
    protocol = PanelProtocol()
    levels = {other: True for other in Input if other is not name}
    for tick in range(100):
        state = protocol.look(levels, tick * STEP_S)
    assert not state.is_safe_for(DeviceKind.MILL)


def test_an_open_contact_counts_after_two_looks_and_a_spark_does_not():
    """One look in a hundred that reads open stops nobody."""
    bench = Bench()
    assert not bench.see().hazards
    bench.see(STEP_S, lid=False)
    assert not bench.see().hazards
    began_s = bench.now_s + STEP_S
    while Hazard.LID not in bench.see(STEP_S, lid=False).hazards:
        assert bench.now_s - began_s < 0.05
    assert bench.now_s - began_s >= OPEN_S


def test_a_bouncing_contact_stays_open():
    """A contact that never rests closed is not trusted."""
    bench = Bench()
    for _ in range(40):
        bench.see(3 * STEP_S, mushroom_a=False)
        state = bench.see(CLOSE_S / 2)
    assert Hazard.MUSHROOM in state.hazards


def test_one_open_channel_is_a_press_at_once_and_a_contradiction_soon():
    """Released again, the button stays suspect until a full press has shown both contacts to work."""
    bench = Bench()
    bench.see()
    state = bench.see(0.05, mushroom_b=False)
    assert state.hazards == {Hazard.MUSHROOM}
    assert bench.see(DISAGREE_S + 0.1, mushroom_b=False).hazards == {Hazard.MUSHROOM, Hazard.DISAGREE}
    assert bench.see(5.0).hazards == {Hazard.DISAGREE}
    assert bench.see(0.1, mushroom_a=False, mushroom_b=False).hazards == {Hazard.MUSHROOM}
    assert not bench.see(1.0).hazards


def test_contacts_that_nobody_looks_at_are_forgotten():
    """A look after a gap does not count for the time of the gap."""
    bench = Bench()
    bench.see()
    late_s = bench.now_s + STALE_S + STEP_S
    assert bench.protocol.state(late_s).hazards == {Hazard.SILENT}
    assert bench.protocol.look(WELL, late_s).hazards == {Hazard.SILENT}
    bench.now_s = late_s
    assert bench.see(0.1).hazards == {Hazard.SILENT}
    assert not bench.see().hazards


def test_a_relay_that_stays_closed_without_a_beat_is_welded():
    """As long as the relay may still be closing its time, nothing is said."""
    bench = Bench()
    bench.see()
    assert not bench.see(WELDED_S - 0.1, beats=False).hazards
    assert bench.see(0.3, beats=False).hazards == {Hazard.WELDED}
    assert bench.see(0.3, beats=False, relay=False).hazards == {Hazard.RELAY_OPEN}


def test_every_hazard_has_its_sentence_in_both_languages():
    """The gravest comes first."""
    assert set(WORDS) == set(Hazard)
    state = PanelState(0.0, frozenset({Hazard.LID, Hazard.MUSHROOM}))
    assert state.reasons == (WORDS[Hazard.MUSHROOM], WORDS[Hazard.LID])
    assert all(words.fr.endswith(".") and words.en.endswith(".") for words in WORDS.values())
