"""The virtual mill's traits and faults in words: each reaches the machine, and none is guessed."""

import pytest

from drivers.errors import TransportError
from drivers.grbl.sim import VirtualGrbl
from drivers.grbl.sim_faults import Faults
from drivers.grbl.sim_options import parse_mill, parse_mill_faults
from drivers.simulated import Traits, make_mill, make_simulator, simulated
from drivers.simulator import BlackBox


def talk(mill: VirtualGrbl, *lines: bytes) -> list[str]:
    """Send lines to a mill that has just been plugged in; return all it says."""
    mill.opened(0.0)
    said = mill.advance(1.0)
    mill.receive(b"".join(line + b"\n" for line in lines), 1.0)
    said += mill.advance(3.0)
    return said.decode().split("\r\n")


@pytest.mark.parametrize(
    ("fault", "faults"),
    [
        ("corrupt-in=0.25", Faults(damage_in=0.25)),
        ("corrupt-out=0.5", Faults(damage_out=0.5)),
        ("drop-ok=1", Faults(drop_ok=1.0)),
        ("error=20@5", Faults(errors={5: 20})),
        ("alarm=1@6", Faults(alarms={6: 1})),
        ("replace=G1X50@9", Faults(replaced={9: "G1X50"})),
        ("lose-ok@3", Faults(lost_oks=frozenset({3}))),
        ("double-ok@3", Faults(doubled_oks=frozenset({3}))),
        ("silence@7", Faults(silent_from_line=7)),
        ("limit-switch@7", Faults(limit_switch_from_line=7)),
        ("door@7", Faults(door_from_line=7)),
        ("reset@7", Faults(restart_from_line=7)),
        ("alarm-at-boot", Faults(alarm_at_boot=True)),
    ],
)
def test_each_fault_has_its_word(fault: str, faults: Faults):
    """A word becomes exactly the fault that it names."""
    assert parse_mill_faults(0, [fault]) == faults


def test_faults_add_up():
    """Several faults may be given, of the same kind too, with one seed."""
    found = parse_mill_faults(7, ["error=20@5", "error=22@9", "lose-ok@2"])
    assert found == Faults(seed=7, errors={5: 20, 9: 22}, lost_oks=frozenset({2}))


def test_traits_reach_the_machine():
    """Firmware, settings, start lines and speed are those that were asked for."""
    mill = make_mill(
        BlackBox(), Traits(board=("dialect=grblhal", "setting=30:24000", "start-line=M3S9", "instant"))
    )
    said = talk(mill, b"$$", b"$I", b"G1 X100 F9000")
    assert any(line.startswith("GrblHAL") for line in said)
    assert "[FIRMWARE:grblHAL]" in said
    assert "$30=24000" in said
    assert ">M3S9:ok" in said
    assert mill.position[0] == pytest.approx(100)


def test_board_without_reset_keeps_its_spindle():
    """A board with native USB does not restart when somebody opens its port."""
    mill = make_mill(BlackBox(), Traits(board=("no-reset",)))
    talk(mill, b"M3 S9000")
    mill.opened(5.0)
    assert mill.advance(6.0) == b""
    assert mill.spindle_rpm == 9000


@pytest.mark.parametrize("trait", ["dialect=marlin", "setting=x", "fast", "start-line"])
def test_unknown_traits_are_refused(trait: str):
    """What is no trait is an error, not a guess."""
    with pytest.raises(ValueError, match=r"trait|invalid|could not"):
        parse_mill([trait])


@pytest.mark.parametrize("fault", ["explode", "corrupt-in=2", "error=x@5", "error=20@x"])
def test_unknown_faults_are_refused(fault: str):
    """What is no fault is an error, not a guess."""
    with pytest.raises(ValueError, match=r"fault|chance|invalid"):
        parse_mill_faults(0, [fault])


def test_words_of_a_url():
    """The same words serve in the address of a machine in this process."""
    line, speed = simulated("sim://grbl?speed=5&fault=error=20@5&board=dialect=grblhal", 115_200)
    line.close()
    assert speed == 5
    with pytest.raises(TransportError, match="mill"):
        simulated("sim://grbl?fault=nonsense", 115_200)
    assert isinstance(make_simulator("grbl", BlackBox()), VirtualGrbl)
