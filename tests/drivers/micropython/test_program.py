"""Our program for the micro:bit, run here on pins that only remember."""

import sys
from dataclasses import replace
from types import ModuleType, SimpleNamespace

import pytest

from drivers.micropython.lines import Setting, Status, order, read_status
from drivers.micropython.outputs import HIGH, LOW, changed, idle
from drivers.micropython.program import START, WATCH_MS, digest, kept, loop_program, outputs
from drivers.micropython.sample import SAMPLE
from drivers.robots.types import Button, Drive, Light, Sound
from drivers.robots.wiring import Contact, Lamp, Wiring

WIRING = replace(SAMPLE, pen=None, contacts=(Contact(Button.CENTRE, 2),))
OTHERS = 3
GO = changed(idle(WIRING), Drive(200, -200), WIRING)


class TimeIsUpError(Exception):
    """The board is switched off."""


class Pin:
    """Remembers what was written to it: a level below 0, as our lines tell it."""

    PULL_UP, PULL_DOWN = "up", "down"

    def __init__(self) -> None:
        self.value = HIGH
        self.pull = ""

    def write_digital(self, level: int) -> None:
        """Set a level."""
        self.value = HIGH if level else LOW

    def write_analog(self, value: int) -> None:
        """Set a share."""
        self.value = value

    def read_analog(self) -> int:
        """A reading."""
        return 300

    def read_digital(self) -> int:
        """A level."""
        return 1

    def set_pull(self, pull: str) -> None:
        """Pull it up or down."""
        self.pull = pull

    def set_analog_period(self, period_ms: int) -> None:
        """Take any."""


class Board:
    """What the program finds on a board, by a clock that goes on a millisecond at each look."""

    def __init__(self, wiring: Wiring, end_ms: int) -> None:
        self.now_ms = 0
        self.end_ms = end_ms
        self.pins = [Pin() for _ in range(17)]
        self.shown = self.pitch = 0
        self.interrupts: list[int] = []
        self.told: list[tuple[int, Status]] = []
        self.seen: list[tuple[int, tuple[int, ...]]] = []
        self._wiring = wiring
        self._coming: list[tuple[int, bytes]] = []

    def says(self, at_ms: int, data: bytes) -> None:
        """Let bytes arrive then."""
        self._coming.append((at_ms, data))

    def outputs(self) -> tuple[int, ...]:
        """Return how the pins are."""
        return tuple(self.pins[pin].value for pin in outputs(self._wiring))

    def running_time(self) -> int:
        """The board's clock."""
        self.now_ms += 1
        if self.now_ms >= self.end_ms:
            raise TimeIsUpError
        if not self.seen or self.seen[-1][1] != self.outputs():
            self.seen.append((self.now_ms, self.outputs()))
        return self.now_ms

    def read(self) -> bytes | None:
        """What has come over the line."""
        if self._coming and self._coming[0][0] <= self.now_ms:
            return self._coming.pop(0)[1]
        return None

    def show(self, image: float) -> None:
        """Light the display."""
        self.shown = round(image)

    def pitch_on(self, hz: int, *_: object) -> None:
        """Sound."""
        self.pitch = hz

    def pitch_off(self, *_: object) -> None:
        """Be silent."""
        self.pitch = 0

    def print(self, line: str) -> None:
        """Note a status; anything else would confuse the bike."""
        status = read_status(line.encode(), OTHERS)
        assert status is not None, line
        self.told.append((self.now_ms, status))

    def modules(self) -> dict[str, ModuleType]:
        """Return the board's modules."""
        microbit, music, micropython = (ModuleType(name) for name in ("microbit", "music", "micropython"))
        vars(microbit).update(
            {f"pin{number}": pin for number, pin in enumerate(self.pins)},
            running_time=self.running_time,
            uart=SimpleNamespace(read=self.read),
            display=SimpleNamespace(show=self.show, read_light_level=lambda: 128),
            Image=lambda dots="": 9.0 if dots else 0.0,
            button_a=SimpleNamespace(is_pressed=lambda: True),
            button_b=SimpleNamespace(is_pressed=lambda: False),
            accelerometer=SimpleNamespace(get_values=lambda: (0, 0, -1024)),
        )
        vars(music).update(pitch=self.pitch_on, stop=self.pitch_off)
        vars(micropython)["kbd_intr"] = self.interrupts.append
        return {"microbit": microbit, "music": music, "micropython": micropython}


def run(
    monkeypatch: pytest.MonkeyPatch, says: list[tuple[int, bytes]], end_ms: int, wiring: Wiring = WIRING
) -> Board:
    """Run the program until it ends or the board is switched off."""
    board = Board(wiring, end_ms)
    for at_ms, data in says:
        board.says(at_ms, data)
    for name, module in board.modules().items():
        monkeypatch.setitem(sys.modules, name, module)
    try:
        start(board, wiring)
    except TimeIsUpError:
        board.seen.append((board.now_ms, board.outputs()))
    return board


def start(board: Board, wiring: Wiring) -> None:
    """Run the program on a board of ours."""
    told: list[int] = []
    names: dict[str, object] = {"print": told.append}
    pieces = loop_program(wiring)
    for piece in pieces:
        exec(kept(piece), names)  # noqa: S102 - our own program
    assert [str(found) for found in told] == [digest(piece) for piece in pieces]
    names["print"] = board.print
    exec(START, names)  # noqa: S102 - as above


def off_at(board: Board) -> int:
    """Return when the wheels stopped."""
    began_ms = next(at_ms for at_ms, values in board.seen if values == GO.pins)
    return next(at_ms for at_ms, values in board.seen if at_ms > began_ms and values == idle(WIRING).pins)


def test_it_turns_everything_off_before_it_does_anything(monkeypatch: pytest.MonkeyPatch):
    """Whatever another program has left on."""
    board = run(monkeypatch, [], 100)
    assert board.seen[0][1] == idle(WIRING).pins


def test_a_line_sets_all_outputs_and_is_answered_at_once(monkeypatch: pytest.MonkeyPatch):
    """Pins, display and pitch; the answer carries its number and what the board feels."""
    setting = changed(changed(GO, Light(100, 0, 0), WIRING), Sound(440, 1), WIRING)
    board = run(monkeypatch, [(110, order(7, setting))], 150)
    assert (110, idle(WIRING).pins) not in board.seen
    assert any(values == GO.pins for _, values in board.seen)
    at_ms, status = next((at_ms, status) for at_ms, status in board.told if status.number == 7)
    assert at_ms - 110 < 10
    assert status == Status(7, False, True, False, (0, 0, -1024), (300, 1, 128))


def test_the_same_line_again_keeps_it_going(monkeypatch: pytest.MonkeyPatch):
    """Signs of life, for longer than the watch waits."""
    lines = [(at_ms, order(1, GO)) for at_ms in range(100, 2100, 200)]
    board = run(monkeypatch, lines, 2150)
    assert board.seen[-2][1] == GO.pins
    assert [status.is_off for _, status in board.told if status.number == 1].count(True) == 0


def test_without_a_sign_of_life_it_stops_by_itself(monkeypatch: pytest.MonkeyPatch):
    """600 ms after the last line; the same line again moves nothing, a new one does."""
    board = run(monkeypatch, [(100, order(1, GO)), (900, order(1, GO))], 1500)
    assert board.outputs() == idle(WIRING).pins
    assert 0 <= off_at(board) - 100 - WATCH_MS < 20
    assert board.told[-1][1].is_off
    board = run(monkeypatch, [(100, order(1, GO)), (900, order(2, GO))], 1000)
    assert board.seen[-2][1] == GO.pins


def test_ctrl_c_ends_it_with_everything_off(monkeypatch: pytest.MonkeyPatch):
    """In the middle of a line too; from then on Ctrl-C means what it always means."""
    board = run(monkeypatch, [(100, order(1, GO)), (150, order(2, GO)[:5]), (200, b"9,\x031")], 5000)
    assert board.outputs() == idle(WIRING).pins
    assert board.now_ms < 220
    assert board.interrupts == [-1, 3]


def test_damaged_and_strange_lines_move_nothing(monkeypatch: pytest.MonkeyPatch):
    """A flipped bit, a line without end, words: none is obeyed, and the next good line is."""
    good = order(1, GO)
    bad = [good.replace(b"1,", b"2,", 1), b"import os\n", b"\n", b",,,,\n", b"9" * 300, b"\n", b"\xff\xfe\n"]
    board = run(monkeypatch, [(100 + 10 * at, line) for at, line in enumerate(bad)], 300)
    assert board.outputs() == idle(WIRING).pins
    assert {status.number for _, status in board.told} == {0}
    board = run(monkeypatch, [*((100 + 10 * at, line) for at, line in enumerate(bad)), (200, good)], 300)
    assert any(values == GO.pins for _, values in board.seen)


def test_an_error_in_it_leaves_everything_off(monkeypatch: pytest.MonkeyPatch):
    """Such as a sensor that does not answer."""
    board = Board(WIRING, 5000)
    board.says(100, order(1, GO))
    modules = board.modules()

    def fail() -> tuple[int, int, int]:
        if board.now_ms > 300:
            raise OSError("I2C")
        return (0, 0, -1024)

    modules["microbit"].accelerometer.get_values = fail
    for name, module in modules.items():
        monkeypatch.setitem(sys.modules, name, module)
    with pytest.raises(OSError, match="I2C"):
        start(board, WIRING)
    assert any(values == GO.pins for _, values in board.seen)
    assert board.outputs() == idle(WIRING).pins


def test_lights_that_are_off_while_high_are_off_at_rest(monkeypatch: pytest.MonkeyPatch):
    """A lamp with a common plus."""
    wiring = Wiring(
        lamp=Lamp(13, 14, 15, is_common_anode=True), sensors=WIRING.sensors, contacts=WIRING.contacts
    )
    board = run(monkeypatch, [], 100, wiring)
    assert board.outputs() == (HIGH, HIGH, HIGH) == idle(wiring).pins


def test_a_piece_is_run_only_if_it_has_arrived_whole(capsys: pytest.CaptureFixture[str]):
    """The board counts its digest as we do; a digit less is told by another one, and nothing is run."""
    for text, found in (("x=600\n", 600), ("x=60\n", None)):
        sent = kept("x=600\n").replace("x=600\n", text)
        names: dict[str, object] = {}
        exec(sent, names)  # noqa: S102 - our own program
        assert capsys.readouterr().out == digest(text) + "\n"
        assert names.get("x") == found


def test_its_pieces_are_short_enough_for_the_first_micro_bit():
    """What arrives takes one stretch of memory; a line fits into the board's ring."""
    full = replace(SAMPLE, contacts=(Contact(Button.CENTRE, 1),), sensors=())
    assert max(len(kept(piece)) for piece in loop_program(full)) < 800
    assert len(order(9999, Setting(9, 9999, (1022,) * 9))) < 64
