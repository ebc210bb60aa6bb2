"""The commands that we send of our own accord."""

from typing import Final

HEAT_OFF: Final = (b"M104 S0", b"M140 S0", b"M107")
BREAK_WAIT: Final = b"M108"
CLEARING: Final = (b"", BREAK_WAIT, *HEAT_OFF)
"""Sent without numbers, so that they work while a resend is pending; the empty line ends a torn one."""
TEMPERATURES: Final = b"M105"
SET_UP: Final = (b"M115", b"M113 S2", b"M85 S180", b"M155 S2", b"M413 S0", *HEAT_OFF, TEMPERATURES)
AFTER_CANCEL: Final = (*HEAT_OFF, b"M400", TEMPERATURES)
"""The `ok` of M105 cannot be taken for another: only it proves that what went before is done."""
OVERRIDES: Final = (b"M220", b"M221")
"""Speed and flow, in percent."""
WHERE: Final = b"M114"
AT_THE_END: Final = (b"M400", WHERE)
"""`ok` only says that a line was taken: M114 answers once M400 has seen every move end."""
EMERGENCY_STOP: Final = b"\nM112\nM112\n"
"""Twice, because it has no checksum and one flipped bit would leave the heat on; a killed board is deaf."""
EMERGENCY_HEAT_OFF: Final = b"".join(line + b"\n" for line in CLEARING)
