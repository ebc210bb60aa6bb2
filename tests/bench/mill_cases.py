"""The fault cases of the mill by seed: each returns its figure or raises; the black box judges."""

from collections.abc import Callable
from typing import Final

from drivers.errors import DriverError
from drivers.gcode import Program
from drivers.grbl import events as told
from drivers.grbl.events import Ending
from drivers.grbl.sim_faults import Faults
from drivers.grbl.sim_memory import SETTINGS, Memory
from jobs.allow.gate import check_program
from jobs.errors import JobError
from jobs.machines import MILL
from tests.drivers.grbl.bench import SLOW, SLOWING_S, Bench, bare, cutting, dice_of, disturb, stamps

FRENCH: Final = (
    "Fraisage d'été, pièce à découper : où ? trou ø3, 5 €, « bois », crête ~ bord, l’élève… Noël !"
)
FIRMWARE: Final = ("$N0=M3", "$X", "$21=0", "$RST=*", "$J=G91X9F9", " $H", "G1$C", "[ESP900]", "$$", "$SLP")
STARTS: Final = ("M3", "M3S1000", "G92X0", "G28", "M8", "G0X10")
SAFE: Final = (b"G21 G90", b"G0 Z5", b"M3 S9000", b"G0 X10 Y10")
ALLOWED: Final = frozenset(bytes(range(0x20, 0x7F)) + b"\n")


def b01_dead_host(seed: int) -> float:
    """The mill cuts on when its host dies; seconds from the next host's start to spindle off."""
    b = cutting(seed, memory=Memory(resets_on_open=False))
    b.starve(dice_of(seed).uniform(0.0, 8.0))
    assert b.mill.spindle_rpm > 0, "a real board does not know that its host died"
    restarted_s = b.now_s
    b.connect()
    assert b.mill.spindle_rpm == 0
    assert "~" not in b.received()
    return max(0.0, stamps(b, "spindle")[-1] - restarted_s)


def b02_pause(seed: int) -> float:
    """Seconds that the spindle turned after a pause, beyond the time that the axes need to stop."""
    b = cutting(seed)
    b.protocol.pause(b.now_s)
    asked_s = b.now_s
    b.until_event(told.Paused)
    assert "!" not in b.received()
    assert b.mill.spindle_rpm == 0
    on_s = stamps(b, "spindle")[-1] - asked_s - SLOWING_S
    assert on_s <= 0.2
    return max(0.0, on_s)


def b03_unasked_resume(seed: int) -> float:
    """How many `~` went out that no person had asked for."""
    unasked = disturb(cutting(seed), dice_of(seed))
    assert not unasked
    return unasked


def b04_bytes(seed: int) -> float:
    """A file with each byte in turn, bare and in a comment: bytes from it on the wire that are no G-code."""
    dice, byte = dice_of(seed), bytes([seed % 256])
    text = byte if seed < 256 else bytes(dice.choices(FRENCH.encode(), k=9))
    lines = (b"G1 X1 F500 ;" + text, b"(" + text + b")G1 X2", b"G1 X3" + text if seed % 2 else text)
    b = Bench()
    b.connect()
    before = len(b.received())
    try:
        b.start(*lines)
    except DriverError:
        b.wait(0.5)
        assert not b.received()[before:].strip("?")
        return 0.0
    b.until(lambda: b.protocol.phase in {"ready", "latched"})
    sent = b.received()[before:].replace("?", "").replace("!\x18", "").encode("latin-1")
    strangers = sum(each not in ALLOWED for each in sent)
    assert not strangers, sent
    return strangers


def b05_firmware_commands(seed: int) -> float:
    """One `$` anywhere refuses the whole file: bytes of it on the wire."""
    dice = dice_of(seed)
    lines = [line.encode() for line in dice.choices(("G0 X1", "G1 Y2 F300", "M5"), k=dice.randint(0, 9))]
    lines.insert(dice.randint(0, len(lines)), dice.choice(FIRMWARE).encode())
    b = Bench()
    b.connect()
    before = b.received().replace("?", "")
    try:
        b.start(*lines)
    except DriverError:
        b.wait(0.5)
        assert b.received().replace("?", "") == before
        return 0.0
    raise AssertionError(f"taken: {lines}")


def b06_error(seed: int) -> float:
    """Lines executed after the host has heard an `error:`."""
    line = dice_of(seed).randint(1, len(SLOW))
    b = Bench(faults=Faults(errors={line: dice_of(seed).randint(1, 38)}))
    b.connect()
    b.start(*SLOW)
    b.until_event(told.Failed, 120)
    executed = len(b.executed())
    assert b.executed()[: line - 1] == bare(SLOW)[: line - 1]
    b.wait(2.0)
    assert b.mill.spindle_rpm == 0
    assert len(b.executed()) == executed
    return len(b.executed()) - executed


def b07_alarm(seed: int) -> float:
    """Alarms in a run and at a boot: how often one was unlocked."""
    dice = dice_of(seed)
    code, at_boot = seed % 10 + 1, dice.random() < 0.3
    faults = Faults(alarms={} if at_boot else {dice.randint(2, 20): code}, alarm_at_boot=at_boot)
    b = Bench(faults=faults)
    b.connect()
    if not at_boot:
        b.start(*SLOW)
    b.until_event(told.Failed, 120)
    b.wait(2.0)
    b.connect(fresh=False)
    b.wait(1.0)
    assert not {"$X", "$H"} & {word for word in ("$X", "$H") if word in b.received()}
    assert b.mill.spindle_rpm == 0
    assert b.protocol.phase == "latched"
    return len(b.kinds("unlock"))


def b08_start_line(seed: int) -> float:
    """A stored start line, in either place: was the mill armed?"""
    memory = Memory()
    memory.start_lines[seed % 2] = STARTS[seed // 2 % len(STARTS)]
    b = Bench(memory)
    b.connect(fresh=dice_of(seed).random() < 0.5)
    assert b.protocol.phase == "latched"
    assert "start line" in b.until_event(told.Failed).message
    return 0.0


def b09_out_of_room(seed: int) -> float:
    """A line that must not be cut: does it pass our gate and then the mill's own dry run?"""
    dice = dice_of(seed)
    x_mm, y_mm, z_mm = MILL.bed_mm
    bad = dice.choice(
        (
            b"G1 X%.1f F600" % dice.uniform(x_mm + 1, 9999),
            b"G1 X-%.1f F600" % dice.uniform(1, 999),
            b"G1 Y%.1f F600" % dice.uniform(y_mm + 1, 9999),
            b"G1 Z-%.1f F100" % dice.uniform(z_mm + 1, 999),
            b"G1 Z-%.1f F%.0f" % (dice.uniform(0.5, 20), dice.uniform(MILL.max_plunge_mm_min + 1, 1500)),
            b"G1 X20 F%.0f" % dice.uniform(MILL.max_feed_mm_min + 1, 99999),
            b"M3 S%.0f" % dice.uniform(MILL.spindle_rpm + 1, 99999),
            b"G0 X50 Z-%.1f" % dice.uniform(0.1, 20),
            b"G2 X%.1f Y10 I%.1f F600" % (dice.uniform(11, 270), dice.uniform(150, 999)),
            b"G%d X5" % dice.choice((10, 28, 30, 38, 53, 92, 91)),
        )
    )
    lines = [*SAFE, *[b"G1 X%.1f F600" % dice.uniform(0, 200) for _ in range(dice.randint(0, 5))], bad]
    try:
        check_program(b"\n".join([*lines, b"G0 Z5", b"M5", b""]), MILL)
    except JobError:
        return 0.0
    return _dry_run(lines)


def _dry_run(lines: list[bytes]) -> float:
    """The second gate: 1 if the mill itself would take the lines."""
    room = {**SETTINGS, 20: 1, 130: 281, 131: 171, 132: 50}
    b = Bench(Memory(settings=room, g54=(-280.0, -170.0, -10.0)))
    b.connect()
    b.events += b.protocol.start(Program.from_lines(lines), b.now_s, dry=True)
    b.until(lambda: b.protocol.phase in {"ready", "latched"})
    assert told.Finished() not in b.events, f"escaped: {lines[-1]!r}"
    assert b.mill.position == (0, 0, 0)
    return 0.0


def b10_lid(seed: int) -> float:
    """Seconds that the spindle turned after the mill's door opened, beyond the time that the axes need."""
    b = cutting(seed)
    b.mill.open_door()
    opened_s = b.now_s
    b.until_event(told.Paused)
    b.protocol.resume(b.now_s)
    b.until_event(told.ResumeRefused)
    assert "~" not in b.received()
    assert b.mill.spindle_rpm == 0
    on_s = stamps(b, "spindle")[-1] - opened_s - SLOWING_S
    assert on_s <= 0.2
    return max(0.0, on_s)


def b11_stop(seed: int) -> float:
    """Stop in greeting, run, pause, resume, dry run or end: seconds until the spindle is off."""
    dice = dice_of(seed)
    b = Bench()
    b.mill.opened(0.0)
    b.protocol.connect(0.0)
    if seed % 6:
        b.until(lambda: b.protocol.phase == "ready")
        b.start(*SLOW, dry=seed % 6 == 1)
    b.wait(dice.uniform(0.0, 3.0))
    steps = ((), (b.protocol.pause,), (b.protocol.pause, b.protocol.resume), (b.protocol.cancel,))
    for wish in steps[seed % 4]:
        wish(b.now_s)
        b.wait(dice.uniform(0.0, 2.0))
    stopped_s = b.now_s
    b.protocol.stop(b.now_s)
    b.wait(2.0)
    assert b.received().endswith("!\x18\x18")
    assert b.mill.spindle_rpm == 0
    assert not b.mill.motion_left
    assert b.protocol.phase == "latched"
    return max([0.0, *(at_s - stopped_s for at_s in stamps(b, "spindle")[-1:])])


def lost_oks(seed: int) -> float:
    """One to three `ok` are lost: seconds that each has cost; every line is executed once."""
    dice = dice_of(seed)
    lines = (b"G21 G90", *(b"G1 X%.1f Y%.1f F1500" % (n % 9, n % 7) for n in range(40)), b"M5")
    lost = frozenset(dice.sample(range(1, len(lines) + 1), dice.randint(1, 3)))
    took_s = [_cost_of(lines, Faults(lost_oks=oks), seed % 2) for oks in (lost, frozenset[int]())]
    return max(0.0, took_s[0] - took_s[1]) / len(lost)


def _cost_of(lines: tuple[bytes, ...], faults: Faults, reports_buffer: int) -> float:
    b = Bench(Memory(settings={**SETTINGS, 10: 1 | 2 * reports_buffer}), faults)
    b.connect()
    b.start(*lines)
    b.until(lambda: b.protocol.phase != "running", 400)
    assert told.Finished() in b.events, b.events[-1:]
    assert b.executed() == bare(lines)
    assert not b.kinds("fault")
    assert b.protocol.counts.lost == len(faults.lost_oks)
    return b.now_s


def restarts(seed: int) -> float:
    """The board restarts while the host is kept from the wire: lines executed by the new one."""
    dice = dice_of(seed)
    b = cutting(seed)
    b.starve(dice.uniform(0.0, 2.0))
    b.mill.opened(b.now_s)
    count = len(b.executed())
    b.starve(dice.uniform(0.5, 2.0))
    assert b.until_event(told.Failed).ending is Ending.INTERRUPTED
    b.wait(1.0)
    assert len(b.executed()) == count
    return 0.0


CASES: Final[dict[str, Callable[[int], float]]] = {
    "B01": b01_dead_host,
    "B02": b02_pause,
    "B03": b03_unasked_resume,
    "B04": b04_bytes,
    "B05": b05_firmware_commands,
    "B06": b06_error,
    "B07": b07_alarm,
    "B08": b08_start_line,
    "B09": b09_out_of_room,
    "B10": b10_lid,
    "B11": b11_stop,
    "lost ok": lost_oks,
    "restart": restarts,
}
