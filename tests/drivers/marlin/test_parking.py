"""A pause leaves the part alone and is undone to the last digit; the black box judges."""

import pytest

from drivers.gcode import Program
from drivers.marlin import events as ev
from drivers.marlin.habits import Habits
from drivers.marlin.parking import STANDBY_C
from drivers.marlin.sim_faults import Faults
from tests.drivers.marlin.pipe import Pipe

BEGIN = [b"M140 S60", b"M104 S200", b"M190 S60", b"M109 S200", b"G28", b"G90", b"M83", b"G1 Z0.3 F600"]
MOVES = [b"G1 X%d.%03d Y%d E0.1 F1500" % (i % 50, i, i % 7) for i in range(60)]


def paused(begin: list[bytes] = BEGIN, habits: Habits | None = None) -> tuple[Pipe, Program]:
    """Print a little, pause, and wait until everything stands still."""
    program = Program.from_lines([*begin, *MOVES])
    pipe = Pipe(Faults(), habits=habits)
    pipe.until(ev.Ready)
    pipe.run(program)
    while len(pipe.executed()) < 20:
        pipe.live(0.5)
    pipe.command(pipe.protocol.pause)
    pipe.live(60.0)
    return pipe, program


def lines(pipe: Pipe) -> list[str]:
    """Return everything that the board has executed, but for questions."""
    box = [str(entry["line"]) for entry in pipe.board.blackbox.entries if entry["kind"] == "exec"]
    return [line for line in box if line not in {"M105", "M114", "M400"}]


def test_a_pause_retracts_and_lifts_and_a_resume_puts_all_back():
    """Around the pause the program's lines are whole; in between stand our own, and what undoes them."""
    pipe, program = paused()
    x_mm, y_mm = pipe.board.body.motion.position_mm[:2]
    at = len(lines(pipe)) - 5
    assert lines(pipe)[at:] == ["M83", "G1 E-2 F2100", "G91", "G1 Z10.000 F600", "G90"]
    assert (pipe.board.body.hotend.target_c, pipe.board.body.bed.target_c) == (200, 60)
    assert abs(pipe.board.body.motion.position_mm[2] - 10.3) < 1e-6
    pipe.command(pipe.protocol.resume)
    pipe.until(ev.Finished)
    undo = ["G90", "G1 Z0.300 F600", "M83", "G1 E2 F2100", "G90", "M83", "G1 F1500"]
    assert lines(pipe)[at + 5 : at + 12] == undo
    ours = lines(pipe)[at : at + 12]
    assert len(ours) == 12
    printed = [line.encode() for line in (*lines(pipe)[:at], *lines(pipe)[at + 12 :])]
    assert printed[-len(program.data.splitlines()) :] == list(program)
    assert (x_mm, y_mm) != (0.0, 0.0)


def test_a_long_pause_cools_the_hotend_but_not_the_bed():
    """After ten minutes nothing drips; a resume heats first."""
    pipe, _ = paused()
    pipe.live(Habits().keep_hot_s)
    assert (pipe.board.body.hotend.target_c, pipe.board.body.bed.target_c) == (STANDBY_C, 60)
    pipe.command(pipe.protocol.resume)
    pipe.until(ev.Finished)
    after = lines(pipe)[lines(pipe).index(f"M104 S{STANDBY_C}") + 1 :]
    assert after[:2] == ["M109 S200", "G90"]


@pytest.mark.parametrize("modes", [[], [b"M82"], [b"G91"]], ids=["M83", "M82", "G91"])
def test_a_pause_moves_aside_and_everything_comes_back(modes: list[bytes]):
    """Parked beside the part; position, filament, fan and feed are those of before, to the last digit."""
    pipe, _ = paused([*BEGIN, b"M106 S128", *modes], Habits(room_mm=(220.0, 210.0, 250.0)))
    body = pipe.board.body
    assert [round(axis_mm, 1) for axis_mm in body.motion.position_mm[:3]] == [5.0, 205.0, 10.3]
    assert body.fan == 0.0
    at = len(lines(pipe))
    pipe.command(pipe.protocol.resume)
    while "G1 F1500" not in lines(pipe)[at:]:
        pipe.live(0.02)
    said = lines(pipe)[at:]
    back = said[: said.index("G1 F1500") + 1]
    assert back[0] == "G91"
    assert "M106 S128" in back
    pipe.until(ev.Finished)
    assert body.fan == 128 / 255
    straight = Pipe(Faults())
    straight.until(ev.Ready)
    straight.run(Program.from_lines([*BEGIN, b"M106 S128", *modes, *MOVES]))
    straight.until(ev.Finished)
    wanted = straight.board.body.motion.position_mm
    assert [round(axis_mm, 6) for axis_mm in body.motion.position_mm] == [round(a, 6) for a in wanted]


def test_near_the_top_a_pause_lifts_no_further_than_there_is_room():
    """The way back is as long as the way up."""
    begin = [*BEGIN[:-1], b"G1 Z240.3 F600"]
    pipe, _ = paused(begin, Habits(room_mm=(220.0, 220.0, 250.0)))
    assert abs(pipe.board.body.motion.position_mm[2] - 245.0) < 1e-6
    pipe.command(pipe.protocol.resume)
    pipe.until(ev.Finished)
    assert abs(pipe.board.body.motion.position_mm[2] - 240.3) < 1e-6


def test_a_very_long_pause_cools_the_bed_too():
    """A resume heats the bed first, then the hotend, and only then moves."""
    pipe, _ = paused(habits=Habits(keep_hot_s=300.0, keep_bed_s=600.0))
    pipe.live(700.0)
    assert (pipe.board.body.hotend.target_c, pipe.board.body.bed.target_c) == (STANDBY_C, 0)
    at = len(lines(pipe))
    pipe.command(pipe.protocol.resume)
    pipe.until(ev.Finished)
    assert lines(pipe)[at : at + 3] == ["M190 S60", "M109 S200", "G90"]


def test_without_homed_axes_nothing_moves_in_a_pause():
    """There is no safe way for a tool that does not know where it is."""
    pipe, _ = paused([b"M83"])
    assert lines(pipe)[-1] not in {"G90", "G1 Z10.000 F600"}
    pipe.command(pipe.protocol.resume)
    pipe.until(ev.Finished)
    assert len(pipe.executed()) == len(MOVES) + 1


def test_a_cancel_in_a_pause_leaves_everything_off():
    """What was to be put back is forgotten."""
    pipe, _ = paused()
    pipe.command(pipe.protocol.cancel)
    pipe.until(ev.Cancelled)
    pipe.live(5.0)
    assert (pipe.board.body.hotend.target_c, pipe.board.body.bed.target_c) == (0, 0)
    assert "G1 Z0.300 F600" not in lines(pipe)


def test_a_board_that_waits_for_a_person_is_paused_until_it_goes_on():
    """New filament: the message says so, no timeout comes, and the board's own button resumes."""
    pipe = Pipe(Faults())
    pipe.until(ev.Ready)
    pipe.run(Program.from_lines(MOVES))
    pipe.live(0.3)
    pipe.command(lambda now_s: pipe.protocol.receive(b"echo:busy: paused for user\n", now_s))
    told = [event for event in pipe.events if isinstance(event, ev.Paused)]
    assert len(told) == 1
    assert "filament" in told[0].reason
    pipe.until(ev.Resumed)
    pipe.until(ev.Finished)
    assert len(pipe.executed()) == len(MOVES)
