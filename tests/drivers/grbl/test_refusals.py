"""What never reaches the wire."""

import pytest

from drivers.gcode import Program
from drivers.grbl.protocol import GrblProtocol
from drivers.grbl.window import LineRefusedError
from tests.drivers.grbl.bench import Bench

BAD_LINES = [
    b"$X",
    b"$J=X1",
    b"G1 X1 ; $",
    b"[ESP]",
    b"G0 X1 !",
    b"~",
    b"?",
    b"\x18",
    b"\x84",
    "à".encode(),
    b"G1" * 40,
]


@pytest.mark.parametrize("line", BAD_LINES)
def test_dangerous_lines_never_reach_the_wire(line: bytes):
    """One bad line anywhere refuses the whole program before its first byte."""
    b = Bench()
    b.connect()
    before = b.received().replace("?", "")
    program = Program(b"G0 X1\n" + line + b"\n", 2)
    with pytest.raises(LineRefusedError, match="Line 2"):
        b.protocol.start(program, b.now_s)
    b.wait(1.0)
    assert b.received().replace("?", "") == before


def test_only_text_of_a_program_passes():
    """Of the 256 one-byte lines only harmless printable ASCII passes."""
    passed = set()
    for byte in range(256):
        if byte == 0x0A:
            continue
        protocol = GrblProtocol()
        try:
            protocol.start(Program(bytes([byte]) + b"\n", 1), 0.0)
        except LineRefusedError:
            continue
        passed.add(byte)
    assert passed == set(range(0x20, 0x7F)) - set(b"?!~$[")
