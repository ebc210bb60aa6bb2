"""The bytes for everything that a kit may be asked for."""

from typing import Final, assert_never

from drivers.robots.types import Action, Drive, Gauge, Light, Pen, Sound
from drivers.thymio.layout import Layout
from drivers.thymio.messages import Ask, ask, emit
from drivers.thymio.motors import target
from drivers.thymio.resident import KEY, Event

BRIGHTEST: Final = 32
TONE_UNITS: Final = 60.0
"""A tone is as long as so many sixtieths of a second. Source: "Programming Thymio", native functions."""
END_OF_TONE: Final = -1
LONGEST_TONE: Final = 0x7FFF
HIGHEST_HZ: Final = 8000.0
PAD: Final = bytes(66)
"""Eleven empty events number 0, which stop the motors; after a message that was cut off, the first zeros
complete it, and the others still stop them: more than any command of ours is long."""
CHUNK_WORDS: Final = 200
BEAT: Final = emit(Event.BEAT)
REST: Final = (emit(Event.STOP), emit(Event.LIGHT, 0, 0, 0), emit(Event.SOUND, 0, END_OF_TONE))


def order(action: Action, gauge: Gauge) -> bytes:
    """Return what makes the robot do it; a Thymio cannot move the pen in its hole."""
    match action:
        case Drive():
            targets = (target(speed, gauge) for speed in (action.left_mm_s, action.right_mm_s))
            return emit(Event.DRIVE, *targets, KEY)
        case Light():
            colour = (action.red_pct, action.green_pct, action.blue_pct)
            return emit(Event.LIGHT, *(_brightness(share) for share in colour))
        case Sound():
            return emit(Event.SOUND, *_tone(action))
        case Pen():
            return b""
        case _:
            assert_never(action)


def halt(node: int, layout: Layout) -> bytes:
    """Return what stops the motors: first for our program, whatever came before, then without any."""
    return PAD + b"".join(_still(node, layout))


def load(node: int, layout: Layout, code: list[int]) -> list[bytes]:
    """Return what puts byte code into a robot and lets it run, motors off before and after."""
    chunks = [
        ask(Ask.SET_BYTECODE, node, begin, *code[begin : begin + CHUNK_WORDS])
        for begin in range(0, len(code), CHUNK_WORDS)
    ]
    return [*_still(node, layout), *chunks, ask(Ask.RUN, node)]


def _still(node: int, layout: Layout) -> list[bytes]:
    """Both targets become 0, in one message where they are neighbours."""
    left, right = (layout.variables.get(f"motor.{side}.target") for side in ("left", "right"))
    if left is None or right is None:
        return []
    if right.offset == left.offset + 1:
        return [ask(Ask.SET_VARIABLES, node, left.offset, 0, 0)]
    return [ask(Ask.SET_VARIABLES, node, motor.offset, 0) for motor in (left, right)]


def _brightness(share_pct: float) -> int:
    return round(min(max(share_pct, 0.0), 100.0) / 100 * BRIGHTEST)


def _tone(sound: Sound) -> tuple[int, int]:
    """No length at all would sound for ever."""
    length = min(round(max(sound.duration_s, 0.0) * TONE_UNITS), LONGEST_TONE)
    if sound.pitch_hz <= 0 or length == 0:
        return 0, END_OF_TONE
    return round(min(sound.pitch_hz, HIGHEST_HZ)), length
