"""The mill's rows of the list of faults, with small counts; verdicts come from the mill's black box."""

import pytest

from drivers.errors import DriverError
from drivers.gcode import Program
from drivers.grbl import events as told
from drivers.grbl.sim_faults import Faults
from drivers.grbl.sim_memory import SETTINGS, Memory
from drivers.grbl.window import check_program
from tests.drivers.grbl.bench import SLOW, SLOWING_S, Bench, bare, cutting, dice_of, disturb, stamps

pytestmark = pytest.mark.thorough

FRENCH = (
    "Fraisage d'été", "pièce à découper", "Ça marche !", "où ?", "trou ø3", "coût 5 €", "« bois »", "Noël",
    "garçon", "maïs", "œuf", "crête ~ bord", "l’élève", "bientôt…", "100 % hêtre",
)  # fmt: skip
"""Words that a comment may hold; some are realtime bytes of GRBL in latin-1 and in UTF-8."""


@pytest.mark.parametrize("seed", range(5))
def test_b01_next_host_turns_off_what_the_dead_one_left(seed: int):
    """B01, software part: a mill without reset keeps cutting when its host dies; the next one stops it first.

    Only the heartbeat relay can be quicker than the restart of the host: it belongs to the panel.
    """
    b = cutting(seed, memory=Memory(resets_on_open=False))
    program = len(b.executed())
    for _ in range(2500):
        b.now_s += 0.002
        b.mill.advance(b.now_s)
    assert b.mill.spindle_rpm > 0, "a real board does not know that its host died"
    assert len(b.executed()) - program < 10
    restarted_s = b.now_s
    b.events.clear()
    b.connect()
    off_s = stamps(b, "spindle")[-1]
    assert b.mill.spindle_rpm == 0
    assert off_s - restarted_s < 2.5
    assert "~" not in b.received()


@pytest.mark.parametrize("seed", [*range(10), 31])
def test_b02_pause_turns_the_spindle_off(seed: int):
    """B02: the door byte, no feed hold; the spindle is off 0.2 s after the axes had the time to stop."""
    b = cutting(seed)
    b.protocol.pause(b.now_s)
    asked_s = b.now_s
    b.until_event(told.Paused)
    assert "!" not in b.received()
    assert b.mill.spindle_rpm == 0
    assert stamps(b, "spindle")[-1] - asked_s <= SLOWING_S + 0.2


@pytest.mark.parametrize("seed", range(15))
def test_b03_nothing_goes_on_without_being_asked(seed: int):
    """B03: holds, doors and cycle starts in any order send no `~`; each resume sends one at most."""
    assert disturb(cutting(seed), dice_of(seed)) == 0


@pytest.mark.parametrize("text", FRENCH)
def test_b04_comments_never_reach_the_wire(text: str):
    """B04: what stands in a comment is dropped, what stands outside refuses the whole program."""
    program = Program.from_lines([f"G1 X1 F500 ; {text}".encode(), f"(n° {text})G1 X2".encode()])
    check_program(program)
    assert program.data == b"G1 X1 F500\nG1 X2\n"
    for line in (f"G1 X1 {text}", text):
        if any(not 0x20 <= byte <= 0x7E or byte in b"?!~" for byte in line.encode()):
            with pytest.raises(DriverError):
                check_program(Program(line.encode() + b"\n", 1))


@pytest.mark.parametrize("line", ["$N0=M3", "$X", "$21=0", "$RST=*", "$J=G91X9F9", " $H", "G1$C", "[ESP900]"])
def test_b05_commands_of_the_firmware_refuse_the_program(line: str):
    """B05: one `$` anywhere refuses the whole program, and nothing of it reaches the mill."""
    b = Bench()
    b.connect()
    before = b.received()
    with pytest.raises(DriverError):
        b.protocol.start(Program(b"G0 X1\n" + line.encode() + b"\n", 2), b.now_s)
    b.wait(1.0)
    assert b.received().replace("?", "") == before.replace("?", "")


@pytest.mark.parametrize("line", range(1, 27, 3))
def test_b06_error_in_mid_stream(line: int):
    """B06: after `error:` was heard nothing is sent, the spindle goes off, the ring is dropped."""
    b = Bench(faults=Faults(errors={line: 20}))
    b.connect()
    b.start(*SLOW)
    b.until(lambda: bool(b.kinds("fault")), 120)
    owed = b.protocol.outstanding_bytes
    sent_before = len(b.received())
    b.until_event(told.Failed)
    extra = "".join(char for char in b.received()[sent_before:] if char not in "?!\x18")
    assert len(extra) <= 127 - owed + 40, "only what was already on the wire arrives"
    assert b.mill.spindle_rpm == 0
    assert b.executed()[: line - 1] == bare(SLOW)[: line - 1]
    count = len(b.executed())
    b.wait(3.0)
    assert len(b.executed()) == count


@pytest.mark.parametrize("code", range(1, 11))
@pytest.mark.parametrize("at_boot", [False, True])
def test_b07_no_alarm_is_ever_unlocked(code: int, at_boot: bool):
    """B07: neither `$X` nor `$H` is ever sent, in a run or at a boot, not even by connecting again."""
    b = Bench(faults=Faults(alarms={} if at_boot else {6: code}, alarm_at_boot=at_boot))
    b.connect()
    if not at_boot:
        b.start(*SLOW)
    b.until_event(told.Failed)
    b.wait(2.0)
    b.connect(fresh=False)
    b.wait(2.0)
    assert not b.kinds("unlock")
    assert "$X" not in b.received()
    assert "$H" not in b.received()
    assert b.mill.spindle_rpm == 0
    assert b.protocol.phase == "latched"


@pytest.mark.parametrize("line", ["M3", "M3S1000", "G92X0", "G28"])
@pytest.mark.parametrize("slot", [0, 1])
def test_b08_start_line_refuses_arming(line: str, slot: int):
    """B08: whatever is stored, in either place, the mill is not armed."""
    memory = Memory()
    memory.start_lines[slot] = line
    b = Bench(memory)
    b.connect(fresh=slot == 0)
    assert b.protocol.phase == "latched"
    assert "start line" in b.until_event(told.Failed).message


@pytest.mark.parametrize("line", [b"G1 X400 F600", b"G1 Z-90 F100", b"G1 X5", b"G0 Q1", b"G2 X9 F100"])
def test_b09_dry_run_refuses_what_leaves_the_room(line: bytes):
    """B09, second gate: what our own check of the extents would let pass, the mill's dry run refuses."""
    memory = Memory(settings={**SETTINGS, 20: 1, 130: 300, 131: 200, 132: 60}, g54=(-290.0, -190.0, -10.0))
    b = Bench(memory)
    b.connect()
    b.start(b"G21 G90", line, dry=True)
    b.until(lambda: b.protocol.phase in {"ready", "latched"})
    assert any(isinstance(event, told.Refused | told.Failed) for event in b.events)
    assert told.Finished() not in b.events
    assert b.mill.position == (0, 0, 0)
    assert not b.kinds("spindle")


@pytest.mark.parametrize("line", [4, 9, 16])
def test_b10_open_lid_becomes_a_pause(line: int):
    """B10, software part: the mill's own door switch stops it; the host follows within one status period."""
    b = Bench(faults=Faults(door_from_line=line))
    b.connect()
    b.start(*SLOW)
    b.until(lambda: b.mill.door_open)
    opened_s = b.now_s
    paused = b.until_event(told.Paused)
    assert "door" in paused.message
    assert stamps(b, "spindle")[-1] - opened_s <= SLOWING_S + 0.2
    b.protocol.resume(b.now_s)
    b.until_event(told.ResumeRefused)
    assert "~" not in b.received()


@pytest.mark.parametrize("seed", range(30))
def test_b11_stop_at_any_instant(seed: int):
    """B11: stop in greeting, run, pause, resume, dry run or end: `!` and reset are the last bytes."""
    dice = dice_of(seed)
    b = Bench()
    b.mill.opened(0.0)
    b.protocol.connect(0.0)
    if seed % 6:
        b.until(lambda: b.protocol.phase == "ready")
        b.start(*SLOW, dry=seed % 6 == 1)
    b.wait(dice.uniform(0.0, 3.0))
    for wish in ((), (b.protocol.pause,), (b.protocol.pause, b.protocol.resume), (b.protocol.cancel,))[
        seed % 4
    ]:
        wish(b.now_s)
        b.wait(dice.uniform(0.0, 2.0))
    b.protocol.stop(b.now_s)
    b.wait(2.0)
    assert b.received().endswith("!\x18\x18")
    assert b.mill.spindle_rpm == 0
    assert not b.mill.motion_left
    assert b.protocol.phase == "latched"
