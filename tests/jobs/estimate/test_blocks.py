"""A program estimated in blocks costs what it costs in one piece; raw files are read as machines do."""

import random
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from drivers.gcode import Program
from jobs.errors import ProgramRefusedError
from jobs.estimate.blocks import BLOCK_BYTES, bare, blocks_of, blocks_of_file
from jobs.estimate.cost import estimate, estimate_file
from jobs.estimate.limits import LimitBook
from jobs.estimate.timeline import Timeline, plan_blocks, plan_program
from jobs.machines import I3, MILL, MachineProfile

PRINTER_LINES = [
    "G1 X{a} Y{b} E0.4 F{f}", "G1 X{a} E.1", "G1 Y{b}", "G1 E-1 F2400", "G4 P20", "M204 S{f}",
    "M205 X{j} Y{j}", "G91", "G90", "M83", "G92 E0", "M106 S{j}", "G2 X{a} Y{b} I3 J1", "M201 X{f} Y700",
    "M220 S90", "G28 X",
]  # fmt: skip
MILL_LINES = [
    "G1 X{a} Y{b} F{f}",
    "G0 X{b}",
    "G1 Z-{j}",
    "G0 Z3",
    "G2 X{a} Y{b} R60",
    "M3 S9000",
    "G4 P1",
    "M5",
]


def random_program(kinds: Sequence[str], seed: int, lines: int = 150) -> Program:
    """Make a program of every kind of line that an estimate looks at."""
    dice = random.Random(seed)  # noqa: S311 - repeatable programs, no secret
    made = (
        dice.choice(kinds).format(
            a=round(dice.uniform(0, 60), 3),
            b=round(dice.uniform(0, 60), 3),
            f=dice.randrange(300, 4000),
            j=dice.randrange(1, 12),
        )
        for _ in range(lines)
    )
    return Program.from_lines(line.encode() for line in ["G90", "G21", "F1200", *made])


def in_pieces(program: Program, lines: int, profile: MachineProfile) -> list[Timeline]:
    """Time a program so many lines at a time."""
    rows = program.data.splitlines(keepends=True)
    blocks = [b"".join(rows[start : start + lines]) for start in range(0, len(rows), lines)]
    return list(plan_blocks(blocks, LimitBook(profile.motion)))


@pytest.mark.parametrize("lines", [1, 3, 50])
@pytest.mark.parametrize(("kinds", "profile"), [(PRINTER_LINES, I3), (MILL_LINES, MILL)])
def test_blocks_change_nothing(lines: int, kinds: list[str], profile: MachineProfile):
    """Whatever the block, each move takes the same time and each command stands at the same place."""
    for seed in range(6):
        program = random_program(kinds, seed)
        whole, parts = plan_program(program, profile), in_pieces(program, lines, profile)
        assert np.concatenate([part.moves.line for part in parts]).tolist() == whole.moves.line.tolist()
        assert np.concatenate([part.times_s for part in parts]) == pytest.approx(whole.times_s, rel=1e-6)
        assert [command for part in parts for command in part.commands] == whole.commands


def test_a_long_program_costs_the_same_in_blocks(tmp_path: Path):
    """Time, energy, filament and bounds of a program of several blocks, as a file and in memory."""
    program = random_program(PRINTER_LINES, 7, lines=60_000)
    assert len(program.data) > 2 * BLOCK_BYTES
    path = tmp_path / "long.gcode"
    path.write_bytes(program.data)
    assert estimate_file(path, I3) == estimate(program, I3)
    assert b"".join(blocks_of(program.data)) == program.data
    assert b"".join(blocks_of_file(path)).split() == program.data.split()


def test_what_only_slicers_and_hosts_understand_is_left_out():
    """Comments, checksums, messages and macros have no words a machine moves by."""
    raw = b"G1 X1 ; Y2\n(Z3) G1 X2\nN5 G1 X3*41\n"
    raw += b"M117 Layer 1.2.3\n M486 Aname\nSET_PIN PIN=a\n@pause 1.2.3\n%\nM23 a.g\n"
    assert bare(raw).split(b"\n") == [b"G1 X1 ", b" G1 X2", b"N5 G1 X3"] + [b""] * 8


def test_limits_of_the_program_hold_from_their_line_on(tmp_path: Path):
    """M204 and M203 change what follows and nothing before."""
    line = "G1 X100 F6000\nG1 X0\n"
    slow = f"G90\n{line}M204 S100\n{line}M203 X10\n{line}".encode()
    parts = plan_program(Program.from_bytes(slow), I3).times_s.reshape(3, 2).sum(axis=1)
    assert parts[0] < parts[1] < parts[2]
    alone = plan_program(Program.from_bytes(b"G90\n" + line.encode()), I3).times_s
    assert parts[0] == pytest.approx(float(alone.sum()), rel=0.02)
    assert parts[2] == pytest.approx(20, rel=0.05)


def test_a_mill_knows_no_such_limits():
    """M204 is no word of GRBL's."""
    lines = [b"G90", b"G1 X100 F600"]
    assert plan_program(Program.from_lines([b"M204 S1", *lines]), MILL).times_s == pytest.approx(
        plan_program(Program.from_lines(lines), MILL).times_s
    )


@pytest.mark.parametrize("data", [b"", b"; nothing\n\n", b"solid cube\nfacet normal 0 0 1\n"])
def test_a_file_without_gcode_is_refused(data: bytes, tmp_path: Path):
    """A sentence, not zeros."""
    path = tmp_path / "empty.gcode"
    path.write_bytes(data)
    with pytest.raises(ProgramRefusedError) as refusal:
        estimate_file(path, I3)
    assert refusal.value.code == "empty"


def test_a_file_without_lines_is_refused(tmp_path: Path):
    """A picture, say, is not read into memory whole."""
    path = tmp_path / "garbage.gcode"
    path.write_bytes(b"G1" * 4 * BLOCK_BYTES)
    with pytest.raises(ProgramRefusedError) as refusal:
        estimate_file(path, I3)
    assert refusal.value.code == "no-lines"
