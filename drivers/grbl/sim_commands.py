"""The virtual mill's answers to `$` commands and to `?`."""

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from drivers.grbl.sim_gcode import Interpreter
from drivers.grbl.sim_memory import Memory
from drivers.grbl.sim_motion import Motion


class Mode(StrEnum):
    """What the firmware is about, beside Idle and Run, which the axes decide."""

    NORMAL = "Idle"
    HOLD = "Hold"
    DOOR = "Door"
    ALARM = "Alarm"
    CHECK = "Check"
    JOG = "Jog"


@dataclass(slots=True)
class Standing:
    """How the machine stands: what several of its parts look at and change."""

    mode: Mode = Mode.NORMAL
    now_s: float = 0.0
    alarm: int = 0
    jog_ends: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command makes the firmware say and do; `code` is GRBL's error, 0 for `ok`."""

    lines: tuple[str, ...] = ()
    code: int = 0
    unlock: bool = False
    check: bool = False


def answer(line: str, memory: Memory, gcode: Interpreter, *, idle: bool, alarm: bool, check: bool) -> Answer:
    """Answer one `$` command; reports come at any time, the rest only from Idle or Alarm."""
    match line:
        case "$":
            return Answer(("[HLP:$$ $# $G $I $N $x=val $Nx=line $J=line $SLP $C $X $H ~ ! ? ctrl-x]",))
        case "$G":
            return Answer((gcode.state_line(),))
        case "$C" if check or idle:
            return Answer(("[MSG:Disabled]" if check else "[MSG:Enabled]",), check=True)
        case "$X":
            return Answer(("[MSG:Caution: Unlocked]",), unlock=True) if alarm else Answer()
        case _ if not (idle or alarm):
            return Answer(code=8)
        case _:
            return _answer_standing(line, memory)


def _answer_standing(line: str, memory: Memory) -> Answer:
    match line:
        case "$$" | "$#" | "$N" | "$I":
            return Answer(tuple(memory.report(line)))
        case "$H":
            return Answer(unlock=True) if memory.settings[22] else Answer(code=5)
        case _:
            return Answer(code=memory.store(line) if "=" in line else 3)


def status(state: str, motion: Motion, memory: Memory, *, rx_free: int, rpm: float, count: int) -> str:
    """Return the answer to `?`; the work offset comes each 30th time, overrides the time after."""
    position = ",".join(f"{value:.3f}" for value in motion.position)
    fields = [state, f"MPos:{position}", f"Bf:{motion.free},{rx_free}"]
    fields.append(f"FS:{motion.speed_mm_s * 60:.0f},{rpm:.0f}")
    if count % 30 == 0:
        fields.append("WCO:" + ",".join(f"{value:.3f}" for value in memory.g54))
    elif count % 30 == 1:
        fields.append("Ov:100,100,100" + ("|A:S" if rpm else ""))
    return "<" + "|".join(fields) + ">"


def state_name(standing: Standing, *, moving: bool, restoring: bool, door_open: bool) -> str:
    """Return the state as `?` tells it, with its substate; an alarm number of 0 is not told."""
    match standing.mode:
        case Mode.NORMAL:
            return "Run" if moving else "Idle"
        case Mode.HOLD:
            return f"Hold:{int(moving)}"
        case Mode.DOOR if restoring:
            return "Door:3"
        case Mode.DOOR:
            return "Door:2" if moving else f"Door:{int(door_open)}"
        case Mode.ALARM:
            return f"Alarm:{standing.alarm}" if standing.alarm else "Alarm"
        case Mode.CHECK | Mode.JOG:
            return standing.mode.value
        case _:
            assert_never(standing.mode)
