"""The G-code gate: what passes, what is refused, and that what passed passes again."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.gcode import Program
from jobs.allow.gate import check_program
from jobs.errors import ProgramRefusedError
from jobs.machines import I3, MILL, MachineProfile

HOT = b"M140 S60\nM104 S200\nG90\nM83\nG28\nM190 S60\nM109 S200\nG1 Z0.2 F600\nG1 X10 Y10 F6000\n"
COLD = b"M104 S0\nM140 S0\nM84\n"
UP = b"G21 G90 G17 G94\nG0 Z3\nG0 X10 Y10\nM3 S10000\nG4 P3\n"
DOWN = b"G0 Z3\nM5\nM2\n"


def printer(middle: bytes) -> Program:
    """Pass lines between a heat-up and an end."""
    return check_program(HOT + middle + COLD, I3)


def mill(middle: bytes) -> Program:
    """Pass lines between a spin-up and an end."""
    return check_program(UP + middle + DOWN, MILL)


def refusal(data: bytes, profile: MachineProfile) -> ProgramRefusedError:
    """The refusal of a program that must not pass."""
    with pytest.raises(ProgramRefusedError) as caught:
        check_program(data, profile)
    return caught.value


def test_comments_and_harmless_lines_go() -> None:
    """Comments, with whatever bytes, and what slicers add are left out; the rest is written anew."""
    program = printer(
        "; Zoë\nM105\nM117 Bonjour !\nM201 X1000\nM221 S95\ng1 x20.1234567 e+.5 ; à\n\n".encode()
    )
    assert program.data == HOT + b"G1 X20.12346 E0.5\n" + COLD
    assert program.line_count == program.data.count(b"\n")


# fmt: off
REFUSED = [
    "M500", "M501", "M502", "M302 P1", "M302 S0", "M211 S0", "M85 S0", "M86 S0", "M997", "M28 a.g",
    "M29", "M30 a.g", "M42 P13 S255", "M118 hello", "M112", "M108", "M110 N5", "M524",
    "M303 E0 S200", "M92 E900", "M301 P1", "M1", "M0", "M600", "M999", "M140 S60 I1", "M104 S200 T1",
    "G2 X1 Y1 I1", "G20", "G10", "G29", "G30", "G53", "G92 X0", "G92", "G92.1", "T1", "N12 G1 X1*45",
    "G1 X1 G28", "G1 X1 X2", "G1 X1 ;\rM500", "G1 X1\x00", "G1 X1e3", "G1 X--1", "G1 X1.2.3",
    "G1 X$", "@pause", "!", "G1X1\u00a0Y1", "G1 X1 (;) M500", "M106 S300", "M106 P1 S255",
    "G4 S3600", "M104 S", "M104", "M109 S200 R200", "M84 S0", "G28 W", "M73 P300", "G1 F0",
    "G1 F99999", "G1 F-1",
]
# fmt: on


@pytest.mark.parametrize("line", REFUSED)
def test_what_is_not_allowed_is_refused(line: str) -> None:
    """Settings, other tools, inches, second commands, strange numbers: refused with the line's number."""
    why = refusal(HOT + line.encode() + b"\n" + COLD, I3)
    assert why.sentence.fr.startswith("Programme refusé, ligne 1")
    assert why.sentence.en.startswith("Program refused, line 1")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("G1 X221", "range"),
        ("G1 Y-1", "range"),
        ("G1 Z-0.1", "range"),
        ("G1 Z250.1", "range"),
        ("G91\nG1 X211", "range"),
        ("M104 S241", "range"),
        ("M109 R260", "range"),
        ("M140 S81", "range"),
        ("G1 X20 E20 F6000", "range"),
        ("G1 E60\nG1 E60", "range"),
        ("M104 S100\nG1 X20 E1", "cold"),
        ("M104 S0\nM104 S200\nG1 X20 E1", "cold"),
        ("M82\nG1 X20 E1", "e-mode"),
        ("M82\nG92 E0\nM83\nG90\nG1 X20 E1", "e-mode"),
        ("M84\nG1 X20", "unknown-place"),
    ],
)
def test_limits_of_the_printer(line: str, code: str) -> None:
    """Room, heat, flow, cold extrusion and unclear modes stop a program."""
    assert refusal(HOT + line.encode() + b"\n" + COLD, I3).code == code


def test_heat_left_on_is_refused() -> None:
    """A program that ends hot does not pass."""
    assert refusal(HOT, I3).code == "heat-left-on"
    assert refusal(HOT + b"M104 S0\n", I3).code == "heat-left-on"


def test_moving_before_homing_is_refused() -> None:
    """Nobody knows where the nozzle is before G28, nor what a number means before G90."""
    assert refusal(b"G90\nG1 X10 F600\n", I3).code == "unknown-place"
    assert refusal(b"G28\nG1 X10 F600\n", I3).code == "unknown-place"


def test_absolute_extrusion_passes() -> None:
    """A program with M82 and G92 E0, as other slicers write it, passes."""
    lines = b"M82\nG92 E0\nG1 X20 E0.5\nG1 X30 E1\nG92 E0\nG1 X40 E0.5\n"
    assert printer(lines).data == HOT + lines + COLD


@pytest.mark.parametrize("data", [b"", b"\n\n", b"; rien\n", b"M105\n"])
def test_an_empty_program_is_refused(data: bytes) -> None:
    """A program of comments only is no program."""
    assert refusal(data, I3).code == "empty"


def test_a_mill_program_passes() -> None:
    """Cuts and arcs pass, rounded to three decimals."""
    program = mill(b"G1 Z-0.8 F200 (plunge)\nG1 X20.00049 Y10 F600\nG02 X30 Y10 I5 J0\nG1\nX40\nG0 Z3\n")
    assert program.data == UP + b"G1 Z-0.8 F200\nG1 X20 Y10 F600\nG2 X30 Y10 I5 J0\nG1\nX40\nG0 Z3\n" + DOWN


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("$X", "setting"),
        ("$N0=G0X0", "setting"),
        ("(a) [ESP]", "setting"),
        ("; voilà", "bytes"),
        ("(l’outil)", "bytes"),
        ("G1 X1\x18", "bytes"),
        ("!", "syntax"),
        ("~", "syntax"),
        ("%", "syntax"),
        ("G20", "command"),
        ("G91", "command"),
        ("G53", "command"),
        ("G10 L2 P1 X0", "command"),
        ("G28", "command"),
        ("G38.2 Z-10 F50", "command"),
        ("M4 S1000", "command"),
        ("M8", "command"),
        ("M30", "command"),
        ("T1", "word"),
        ("G1 A5 F100", "word"),
        ("G0 G1 X1", "conflict"),
        ("M3 M5", "conflict"),
        ("G1 X20", "no-feed"),
        ("G1 X20 F1501", "range"),
        ("G1 X281 F600", "range"),
        ("G1 X20 Y-1 F600", "range"),
        ("G1 Z-41 F100", "range"),
        ("G1 Z-1 F301", "range"),
        ("G0 Z-1", "rapid"),
        ("G1 Z-1 F100\nG0 X20", "rapid"),
        ("M5\nG1 Z-1 F100", "spindle-off"),
        ("M3 S10001", "range"),
        ("G2 X30 Y10 I4 F600", "arc"),
        ("G2 X30 Y10 R10 F600", "word"),
        ("G2 X30 Y10 F600", "arc"),
        ("G3 X40 Y10 I15 J0 F600", "range"),
        ("G4 P100", "range"),
        ("G4 X1 P1", "word"),
        ("M2\nG0 Z5", "after-end"),
    ],
)
def test_limits_of_the_mill(line: str, code: str) -> None:
    """Each thing that GRBL must not be told is refused for its own reason."""
    assert refusal(UP + line.encode() + b"\n" + DOWN, MILL).code == code


def test_the_mill_needs_its_modes_and_a_safe_height() -> None:
    """Millimetres and absolute places are said first, and the bit goes up before it goes sideways."""
    assert refusal(b"G90\nG0 Z3\nM5\n", MILL).code == "no-mode"
    assert refusal(b"G21 G90\nG0 X10 Y10\nM5\n", MILL).code == "rapid"
    assert refusal(b"G21 G90\nG0 Z3\nG0 X1 Y1\nM3 S1000\n", MILL).code == "spindle-left-on"
    assert refusal(b"G21 G90\nM3\nM5\n", MILL).code == "no-speed"


def test_lines_fit_the_buffer_of_grbl() -> None:
    """No line that passes is longer than 80 characters."""
    long = b"G1 G17 G21 G54 G90 G94 M3 X100.123 Y100.123 Z-0.123 F123.456 S9999.999 I0 J0 P0 G000000\n"
    with pytest.raises(ProgramRefusedError):
        mill(long)
    assert (
        max(len(line) for line in mill(b"G1 X100.123456789 Y100.123456789 Z1 F600 ;" + b"-" * 200 + b"\n"))
        <= 80
    )


NUMBERS = st.one_of(
    st.floats(-300, 300).map(lambda value: f"{value:.4f}"),
    st.integers(-5, 300).map(str),
    st.sampled_from(["", "-", ".", "1.", ".5", "+2", "1e5", "NaN", "007", "99999999", "0x10"]),
)
WORDS = st.tuples(st.sampled_from("GMXYZEFSPRIJTN$*;(à!\r "), NUMBERS).map("".join)
KNOWN = {
    "i3": [
        "G0",
        "G1",
        "G4",
        "G21",
        "G28",
        "G90",
        "G91",
        "G92",
        "M82",
        "M83",
        "M84",
        "M104",
        "M109",
        "M140",
        "M190",
        "M106",
        "M107",
        "M73",
        "M400",
    ],
    "mill": ["G0", "G1", "G2", "G3", "G4", "G17", "G21", "G54", "G90", "G94", "M2", "M3", "M5"],
}
STRANGE = ["M500", "M302", "M211", "M112", "G10", "G53", "T0", "M117", "M105"]
COMMANDS = st.sampled_from([*KNOWN["i3"], *KNOWN["mill"], *STRANGE])
LINES = st.tuples(COMMANDS, st.lists(WORDS, max_size=5)).map(lambda line: " ".join([line[0], *line[1]]))


def passes(data: bytes, profile: MachineProfile) -> Program | None:
    """The program, or None when it is refused."""
    try:
        return check_program(data, profile)
    except ProgramRefusedError:
        return None


@settings(max_examples=600)
@given(st.sampled_from([I3, MILL]), st.lists(LINES, min_size=1, max_size=4), st.booleans())
def test_what_passes_passes_again_unchanged(profile: MachineProfile, lines: list[str], bare: bool) -> None:
    """Whatever is put in, the output is made of known commands and is its own output."""
    head, tail = (HOT, COLD) if profile is I3 else (UP, DOWN)
    middle = "\n".join(lines).encode() + b"\n"
    program = passes(middle if bare else head + middle + tail, profile)
    if program is None:
        return
    assert check_program(program.data, profile) == program
    assert program.data.isascii()
    for line in program:
        commands = [word for word in line.decode().split() if word[0] in "GM"]
        assert set(commands) <= set(KNOWN[profile.name])
        assert len(line) <= 80


@settings(max_examples=300)
@given(st.sampled_from([I3, MILL]), st.binary(max_size=60))
def test_bytes_never_escape_nor_crash(profile: MachineProfile, data: bytes) -> None:
    """Random bytes between good lines pass as known commands or are refused; nothing else is raised."""
    head, tail = (HOT, COLD) if profile is I3 else (UP, DOWN)
    program = passes(head + data + b"\n" + tail, profile)
    if program is not None:
        assert check_program(program.data, profile) == program


def test_long_words_are_refused_in_no_time() -> None:
    """A line made to send a backtracking reader astray is refused at once."""
    started_s = time.process_time()
    refusal(b"G1" + b" X111111" * 20_000 + b"!\n", I3)
    assert time.process_time() - started_s < 0.5


def test_200_000_lines_pass_in_two_seconds() -> None:
    """The gate keeps up with the longest programs of a halt; the bound leaves room for a slow machine."""
    body = b"".join(
        b"G1 X%d.%d Y%d.%d E.0%d\n" % (50 + n % 100, n % 10, 60 + n % 97, n % 9, 10 + n % 80)
        for n in range(200_000)
    )
    started_s = time.process_time()
    assert printer(b"G1 F600\n" + body).line_count > 200_000
    assert time.process_time() - started_s < 6
