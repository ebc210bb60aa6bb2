"""A pause that waits for the end of the layer; the black box judges."""

from functools import partial

from drivers.gcode import Program
from drivers.marlin import events as ev
from drivers.marlin.sim_faults import Faults
from tests.drivers.marlin.pipe import Pipe
from tests.drivers.marlin.test_parking import BEGIN, lines

LAYERS = 4
MOVES_A_LAYER = 30


def layered() -> Program:
    """A print of some layers, each begun as our slicer begins it."""
    body: list[bytes] = []
    for layer in range(LAYERS):
        body += [b"G1 Z%.1f F600" % (0.3 + 0.2 * layer), b"G92 E0"]
        body += [b"G1 X%d.%d Y%d E0.1 F1500" % (i % 50, layer, i % 7) for i in range(MOVES_A_LAYER)]
    return Program.from_lines([*BEGIN, *body])


def asked(wait_for: int) -> tuple[Pipe, Program]:
    """Print so many moves, then ask for a pause after the layer, warm for two and five minutes."""
    program = layered()
    pipe = Pipe(Faults())
    pipe.until(ev.Ready)
    pipe.run(program)
    while len(pipe.executed()) < wait_for:
        pipe.live(0.5)
    pipe.command(partial(pipe.protocol.pause_after_layer, 120.0, 300.0))
    return pipe, program


def test_the_layer_is_finished_before_the_tool_leaves_the_part():
    """What was executed is the program up to a layer's end, then our retract and lift."""
    pipe, program = asked(10)
    pipe.until(ev.Paused)
    pipe.live(30.0)
    done = lines(pipe)
    retract = done.index("G1 E-2 F2100") - 1
    start = done.index("M140 S60")
    made = [line.encode() for line in done[start:retract]]
    assert made == list(program)[: len(made)]
    assert list(program)[len(made)] == b"G92 E0"
    assert not [line for line in done[retract:] if line.startswith("G1 X")]
    pipe.command(pipe.protocol.resume)
    pipe.until(ev.Finished)
    assert [line for line in lines(pipe) if ".3 Y" in line][-1] == list(program)[-1].decode()


def test_a_thrifty_pause_keeps_its_heat_no_longer_than_it_pays():
    """First the hotend, then the bed; the next pause is an ordinary one again."""
    pipe, _ = asked(10)
    pipe.until(ev.Paused)
    pipe.live(130.0)
    assert (pipe.board.body.hotend.target_c, pipe.board.body.bed.target_c) == (120, 60)
    pipe.live(180.0)
    assert pipe.board.body.bed.target_c == 0
    pipe.command(pipe.protocol.resume)
    pipe.live(200.0)
    pipe.command(pipe.protocol.pause)
    pipe.live(400.0)
    assert (pipe.board.body.hotend.target_c, pipe.board.body.bed.target_c) == (200, 60)


def test_in_the_last_layer_the_print_is_finished():
    """There is no layer to wait for: the job is made."""
    pipe, program = asked(LAYERS * MOVES_A_LAYER)
    pipe.until(ev.Finished)
    assert lines(pipe)[-1].encode() == list(program)[-1]
