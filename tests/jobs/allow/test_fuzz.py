"""Hostile programs by the thousand, here a few: nothing escapes, and what passes is its own output."""

import time

import pytest

from jobs.allow.gate import check_program
from jobs.errors import ProgramRefusedError
from jobs.machines import I3, MILL, MachineProfile
from tests.jobs.allow.hostile import COMMANDS, HEADS, TAILS, EscapeError, Fuzzer, judge

COUNT = 1500
LONGEST_S = 0.25


def attack(seeds: range, profile: MachineProfile) -> int:
    """Attack with a program a seed and return how many passed."""
    passed = 0
    for seed in seeds:
        data = Fuzzer(seed).program(profile)
        began_s = time.process_time()
        try:
            program = check_program(data, profile)
        except ProgramRefusedError:
            continue
        finally:
            assert time.process_time() - began_s < LONGEST_S, f"seed {seed} took too long"
        passed += 1
        judge(program.data, profile)
        assert check_program(program.data, profile) == program, f"seed {seed} is not its own output"
    return passed


@pytest.mark.parametrize("profile", [I3, MILL], ids=["i3", "mill"])
def test_nothing_escapes(profile: MachineProfile):
    """A reader judges that shares no code with the gate; some must pass to mean anything."""
    assert COUNT // 50 < attack(range(COUNT), profile) < COUNT


def test_the_judge_can_say_no():
    """Each rule of the oracle finds what breaks it."""
    judge((HEADS["i3"] + TAILS["i3"]).encode(), I3)
    judge((HEADS["mill"] + TAILS["mill"]).encode(), MILL)
    cold = ("G1 X300", "M104 S250", "M500", "G1 X1 X2", "M106 S300", "G91\nG1 X215", "G4 S90")
    blunt = ("G0 X9", "G1 X300", "M5\nG1 X9", "M2", "$X", "G1 F9999", "G91", "S20000", "(")
    bad = [*(("i3", line) for line in cold), *(("mill", line) for line in blunt)]
    for name, line in bad:
        with pytest.raises(EscapeError):
            judge(f"{HEADS[name]}{line}\n{TAILS[name]}".encode(), I3 if name == "i3" else MILL)


def test_every_command_is_tried():
    """The grammar reaches each of its commands."""
    said = b"\n".join(Fuzzer(seed).program(I3) for seed in range(600)).decode("latin-1")
    assert [command for command in COMMANDS if command not in said] == []
