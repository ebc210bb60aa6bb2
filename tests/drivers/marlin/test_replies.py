"""What a Marlin board says is understood, and nonsense is harmless."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.marlin.ledger import numbered
from drivers.marlin.replies import (
    Action,
    Banner,
    Busy,
    Capability,
    Chatter,
    Fault,
    FirmwareName,
    Heat,
    LineError,
    Ok,
    Reply,
    Resend,
    Unknown,
    Where,
    parse,
)
from drivers.types import Position, Temperature

WHERE = Where(Position(1.0, -2.5, 0.2))
HOT = {"hotend": Temperature(19.37, 60.0), "bed": Temperature(20.0, 0.0)}


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        (b"ok", Ok(1, {})),
        (b"okok", Ok(2, {})),
        (b"ok P15 B3", Ok(1, {}, None, 3)),
        (b"ok N17 P15 B3", Ok(1, {}, 17, 3)),
        (b"ok T:19.37 /60.00 B:20.00 /0.00 @:0 B@:0", Ok(1, HOT)),
        (b"T:19.37 /60.00 B:20.00 /0.00 @:127 B@:0 W:?", Heat(HOT, waiting=True)),
        (b" T:19.37 /60.00 B:20.00 /0.00 T0:1.0 /2.0 @:0", Heat(HOT, waiting=False)),
        (b"Resend:4", Resend(4)),
        (b"Resend: 4", Resend(4)),
        (b"rs N4", Resend(4)),
        (b"rs 5", Resend(5)),
        (b"Resend:N5", Resend(5)),
        (b"Resend: N5\r", Resend(5)),
        (b"ok\r", Ok(1, {})),
        (b"ok 17", Ok(1, {})),
        (b"ok X:1.00 Y:-2.50 Z:0.20 E:0.00", Ok(1, {}, answer=WHERE)),
        (b"ok C: X:1.0000 Y:-2.5000 Z:0.2000 E:0.0000", Ok(1, {}, answer=WHERE)),
        (b"ok FIRMWARE_NAME:Teacup PROTOCOL_VERSION:1.0", Ok(1, {}, answer=FirmwareName("Teacup"))),
        (b"ok T:19.37/60.00 B:20.00/0.00\r", Ok(1, HOT)),
        (b"echo:X:1.00 Y:-2.50 Z:0.20 E:0.00", Where(Position(1.0, -2.5, 0.2))),
        (b"C: X:1.00 Y:-2.50 Z:0.20 E:0.00", Where(Position(1.0, -2.5, 0.2))),
        (b"T:21.4 E:0 W:?", Heat({}, waiting=True)),
        (b"echo: T:19.37 /60.00 B:20.00 /0.00", Heat(HOT, waiting=False)),
        (b"busy: processing", Busy()),
        (b"wait", Chatter()),
        (b"\r", Chatter()),
        (b"Error:checksum mismatch, Last Line: 3", LineError(3)),
        (b"Error:Line Number is not Last Line Number+1, Last Line: 3", LineError(3)),
        (b"Error:Printer halted. kill() called!", Fault("Printer halted. kill() called!")),
        (b"!! MCU shutdown", Fault("MCU shutdown")),
        (b"echo:busy: processing", Busy()),
        (b"echo:busy: paused for user", Busy(waits_for_person=True)),
        (b"start", Banner()),
        (b"\xff\x00start", Banner()),
        (b"echo:Marlin 2.1.2", Banner()),
        (b"echo:start of something", Chatter()),
        (b"X:1.00 Y:-2.50 Z:0.20 E:0.00 Count X:80 Y:0 Z:0", Where(Position(1.0, -2.5, 0.2))),
        (b"FIRMWARE_NAME:Marlin 2.1.2 (Dec  1 2022) SOURCE_CODE_URL:x", FirmwareName("Marlin 2.1.2")),
        (b"FIRMWARE_NAME:Prusa-Firmware 3.13.0 based on Marlin FIRMWARE_URL:x", None),
        (b"Cap:EMERGENCY_PARSER:0", Capability("EMERGENCY_PARSER", present=False)),
        (b'echo:Unknown command: "M413 S0"', Unknown("M413")),
        (b"//action:cancel", Action("cancel")),
        (b"T: /0.0", Chatter()),
        (b"", Chatter()),
    ],
)
def test_a_line_is_understood(line: bytes, reply: Reply | None):
    """Each firmware's spelling means one thing."""
    if reply is None:
        assert isinstance(parse(line), FirmwareName)
    else:
        assert parse(line) == reply


@given(st.binary(max_size=200))
def test_nonsense_never_raises(line: bytes):
    """A machine's replies are hostile text too."""
    parse(line)


def test_the_checksum_is_marlins():
    """The frame that every Marlin documents for its first line."""
    assert numbered(0, b"M110 N0") == b"N0 M110 N0*125\n"
