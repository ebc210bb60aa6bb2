"""The G-code that a simulated Marlin board knows."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from drivers.marlin.sim_body import COLD_C, Body
from drivers.marlin.sim_heat import Heater
from drivers.marlin.sim_motion import PROBE_POINTS, PROBE_S, Words
from drivers.marlin.sim_options import Dialect

HEATER_LOOK_S: Final = 0.25
COLD: Final = "echo: cold extrusion prevented\n"
"""Source: Marlin's STR_ERR_COLD_EXTRUDE_STOP."""
NOZZLE_TIMEOUT_S: Final = 45.0
"""Source: Marlin's `PAUSE_PARK_NOZZLE_TIMEOUT`."""


@dataclass(frozen=True, slots=True)
class Blocked:
    """A command that is still under way: whether it is done, and when it is worth asking again."""

    is_done: Callable[[float], bool]
    next_s: Callable[[float], float]
    farewell: str = ""


Command: TypeAlias = Callable[[Body, Words, float], str | Blocked]

_CODE: Final = re.compile(r"([GMT])\s*(\d+(?:\.\d+)?)")
_WORD: Final = re.compile(r"([A-Z])\s*(-?\d*\.?\d*)")
_SETTINGS: Final = (17, 73, 110, 111, 117, 201, 203, 204, 205, 300, 412, 413, 486, 900, 907)
_SILENT: Final = ("G21", "T0", *(f"M{number}" for number in _SETTINGS))


def split(text: str) -> tuple[str, Words]:
    """Cut a command into its code and its words; a word without a number counts as 0."""
    if not (match := _CODE.match(text)):
        return text, {}
    words = {letter: _number(digits) for letter, digits in _WORD.findall(text[match.end() :])}
    return f"{match[1]}{match[2]}", words


def _number(digits: str) -> float:
    try:
        return float(digits)
    except ValueError:
        return 0.0


def _silent(_body: Body, _words: Words, _now_s: float) -> str:
    return ""


def _move(body: Body, words: Words, now_s: float) -> str | Blocked:
    """A move waits for its room in the planner before it is planned, and the `ok` waits with it."""
    told = ""
    if "E" in words and body.hotend.actual_c < COLD_C and not body.profile.is_instant:
        words = {letter: value for letter, value in words.items() if letter != "E"}
        told = COLD
        body.blackbox.record(now_s, "cold extrusion")
    planner = body.motion.planner
    if planner.free:
        body.motion.move(words, now_s)
        return told

    def is_planned(later_s: float) -> bool:
        planner.advance(later_s)
        if not planner.free:
            return False
        body.motion.move(words, later_s)
        return True

    return Blocked(is_planned, lambda _now_s: planner.next_s, told)


def _home(body: Body, words: Words, now_s: float) -> Blocked:
    letters = "".join(letter for letter in "XYZ" if letter in words) or "XYZ"
    return _rest(body, body.motion.home(letters), now_s)


def _level(body: Body, _words: Words, now_s: float) -> str | Blocked:
    """Measure the bed by the probe; unknown without one, refused before homing. Source: Marlin's G29.cpp."""
    if not body.profile.has_probe:
        return 'echo:Unknown command: "G29"\n'
    if body.motion.homed < set("XYZ"):
        return "echo:Home XYZ First\n"
    body.blackbox.record(now_s, "levelled")
    return _rest(body, PROBE_POINTS * PROBE_S, now_s)


def _motors_off(body: Body, words: Words, now_s: float) -> str:
    """M84 and M18: with S only the idle time changes, else what was homed is not trusted any more."""
    if "S" not in words:
        body.motion.homed.clear()
        body.blackbox.record(now_s, "motors off")
    return ""


def _speed(body: Body, words: Words, now_s: float) -> str:
    """M220: it holds until it is changed, also for the next print."""
    body.motion.speed_pct = words.get("S", body.motion.speed_pct)
    body.blackbox.record(now_s, "speed", pct=body.motion.speed_pct)
    return ""


def _flow(body: Body, words: Words, now_s: float) -> str:
    """M221: as M220, for the filament."""
    body.motion.flow_pct = words.get("S", body.motion.flow_pct)
    body.blackbox.record(now_s, "flow", pct=body.motion.flow_pct)
    return ""


def _dwell(body: Body, words: Words, now_s: float) -> Blocked:
    return _rest(body, words.get("S", 0.0) + words.get("P", 0.0) / 1000, now_s)


def _all_moved(body: Body, _words: Words, _now_s: float) -> Blocked:
    return _rest(body, 0.0)


def _rest(body: Body, seconds: float, since_s: float = 0.0) -> Blocked:
    """Let every move end, then wait so long."""
    planner = body.motion.planner
    planner.end_run()

    def end_s(_now_s: float) -> float:
        return max(planner.rested_s, since_s) + seconds if planner.is_idle else planner.next_s

    return Blocked(lambda now_s: planner.is_idle and now_s >= end_s(now_s), end_s)


def _mode(code: str) -> Command:
    def command(body: Body, _words: Words, _now_s: float) -> str:
        body.motion.set_mode(code)
        return ""

    return command


def _set_position(body: Body, words: Words, _now_s: float) -> str:
    body.motion.set_position(words)
    return ""


def _where(body: Body, _words: Words, _now_s: float) -> str:
    x_mm, y_mm, z_mm, e_mm = body.motion.position_mm
    steps = f"X:{round(x_mm * 80)} Y:{round(y_mm * 80)} Z:{round(z_mm * 400)}"
    return f"X:{x_mm:.2f} Y:{y_mm:.2f} Z:{z_mm:.2f} E:{e_mm:.2f} Count {steps}\n"


def _heat(pick: Callable[[Body], Heater], *, is_patient: bool) -> Command:
    def command(body: Body, words: Words, now_s: float) -> str | Blocked:
        heater = pick(body)
        body.set_target(heater, words.get("S", words.get("R", heater.target_c)), now_s)
        if not is_patient or heater.target_c <= 0:
            return ""
        body.motion.planner.end_run()
        body.is_patient = True
        body.waits_for = heater
        return Blocked(lambda _now_s: _is_heated(body, heater), lambda later_s: later_s + HEATER_LOOK_S)

    return command


def _is_heated(body: Body, heater: Heater) -> bool:
    if heater.is_there or not body.is_patient:
        body.waits_for = None
        return True
    return False


class FilamentChange:
    """Waits for somebody at the machine, or for M108; a nozzle that waits too long cools down meanwhile."""

    def __init__(self, body: Body, now_s: float) -> None:
        self._body = body
        self._cools_at_s = now_s + NOZZLE_TIMEOUT_S
        self._had_c = 0.0
        body.waits_for_user = True
        body.motion.planner.end_run()
        body.blackbox.record(now_s, "waits for user")

    def is_done(self, now_s: float) -> bool:
        """Somebody is there, and the nozzle is as warm as it was."""
        nozzle = self._body.hotend
        if not self._body.waits_for_user:
            if self._had_c:
                self._body.set_target(nozzle, self._had_c, now_s)
                self._had_c = 0.0
            return nozzle.is_there
        if now_s >= self._cools_at_s and nozzle.target_c > 0:
            self._had_c = nozzle.target_c
            self._body.set_target(nozzle, 0.0, now_s)
        return False

    def next_s(self, now_s: float) -> float:
        """When the nozzle has waited for too long, or may be warm again."""
        if self._body.waits_for_user:
            return self._cools_at_s if now_s < self._cools_at_s else math.inf
        return now_s + HEATER_LOOK_S


def _change_filament(body: Body, _words: Words, now_s: float) -> Blocked:
    change = FilamentChange(body, now_s)
    return Blocked(change.is_done, change.next_s, "//action:resumed\n")


def _fan(body: Body, words: Words, _now_s: float) -> str:
    body.fan = min(255.0, max(0.0, words.get("S", 255.0))) / 255
    return ""


def _fan_off(body: Body, _words: Words, _now_s: float) -> str:
    body.fan = 0.0
    return ""


def _temperatures(body: Body, _words: Words, _now_s: float) -> str:
    return body.temperatures()


def _report_by_itself(body: Body, words: Words, _now_s: float) -> str:
    body.report_every_s = words.get("S", 0.0)
    return ""


def _most_idle(body: Body, words: Words, _now_s: float) -> str:
    body.most_idle_s = words.get("S", 0.0)
    return ""


def _keep_alive(body: Body, words: Words, _now_s: float) -> str:
    body.busy_every_s = words.get("S", body.busy_every_s)
    return f"echo:  M113 S{body.busy_every_s:.0f}\n"


_NAMES: Final = {Dialect.V2_1: "Marlin 2.1.2 (Dec  1 2022 12:00:00)", Dialect.V1_1: "Marlin 1.1.9 (Github)"}


def _firmware(body: Body, _words: Words, _now_s: float) -> str:
    capabilities = {
        "SERIAL_XON_XOFF": False,
        "EEPROM": True,
        "AUTOREPORT_TEMP": body.profile.reports_by_itself,
        "AUTOLEVEL": body.profile.has_probe,
        "Z_PROBE": body.profile.has_probe,
        "EMERGENCY_PARSER": body.profile.has_emergency_parser,
        "HOST_ACTION_COMMANDS": True,
        "PROMPT_SUPPORT": False,
        "THERMAL_PROTECTION": body.profile.has_thermal_protection,
        "ARCS": True,
    }
    return (
        f"FIRMWARE_NAME:{_NAMES[body.profile.dialect]} SOURCE_CODE_URL:github.com/MarlinFirmware/Marlin"
        " PROTOCOL_VERSION:1.0 MACHINE_TYPE:Virtual i3 EXTRUDER_COUNT:1\n"
    ) + "".join(f"Cap:{name}:{int(present)}\n" for name, present in capabilities.items())


COMMANDS: Final[dict[str, Command]] = {
    **dict.fromkeys(_SILENT, _silent),
    **dict.fromkeys(("G0", "G1", "G2", "G3"), _move),
    **{code: _mode(code) for code in ("G90", "G91", "M82", "M83")},
    "G4": _dwell,
    "G28": _home,
    "G29": _level,
    **dict.fromkeys(("M18", "M84"), _motors_off),
    "M220": _speed,
    "M221": _flow,
    "G92": _set_position,
    "M85": _most_idle,
    "M104": _heat(lambda body: body.hotend, is_patient=False),
    "M105": _temperatures,
    "M106": _fan,
    "M107": _fan_off,
    "M108": _silent,
    "M109": _heat(lambda body: body.hotend, is_patient=True),
    "M113": _keep_alive,
    "M114": _where,
    "M115": _firmware,
    "M140": _heat(lambda body: body.bed, is_patient=False),
    "M155": _report_by_itself,
    "M190": _heat(lambda body: body.bed, is_patient=True),
    "M400": _all_moved,
    "M600": _change_filament,
}
