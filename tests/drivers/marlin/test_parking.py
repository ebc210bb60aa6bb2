"""A pause leaves the part alone and is undone to the last digit; the black box judges."""

from drivers.gcode import Program
from drivers.marlin import events as ev
from drivers.marlin.parking import KEEP_HOT_S, STANDBY_C
from drivers.marlin.sim_faults import Faults
from tests.drivers.marlin.pipe import Pipe

BEGIN = [b"M140 S60", b"M104 S200", b"M190 S60", b"M109 S200", b"G28", b"G90", b"M83", b"G1 Z0.3 F600"]
MOVES = [b"G1 X%d.%03d Y%d E0.1 F1500" % (i % 50, i, i % 7) for i in range(60)]


def paused(begin: list[bytes] = BEGIN) -> tuple[Pipe, Program]:
    """Print a little, pause, and wait until everything stands still."""
    program = Program.from_lines([*begin, *MOVES])
    pipe = Pipe(Faults())
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
    assert lines(pipe)[at:] == ["M83", "G1 E-2 F2100", "G91", "G1 Z10 F600", "G90"]
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
    pipe.live(KEEP_HOT_S)
    assert (pipe.board.body.hotend.target_c, pipe.board.body.bed.target_c) == (STANDBY_C, 60)
    pipe.command(pipe.protocol.resume)
    pipe.until(ev.Finished)
    after = lines(pipe)[lines(pipe).index(f"M104 S{STANDBY_C}") + 1 :]
    assert after[:2] == ["M109 S200", "G90"]


def test_without_homed_axes_nothing_moves_in_a_pause():
    """There is no safe way for a tool that does not know where it is."""
    pipe, _ = paused([b"M83"])
    assert lines(pipe)[-1] not in {"G90", "G1 Z10 F600"}
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
