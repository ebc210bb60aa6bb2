"""What a mill tells of itself, and what follows from it: refused, degraded, or nothing."""

from collections.abc import Callable

import pytest

from drivers.grbl import events as told
from drivers.grbl.expected import Expected
from drivers.grbl.greeting import Greeting
from drivers.grbl.protocol import GrblProtocol
from drivers.grbl.replies import Banner, Buffers, Ear, Noise, Remark, Setting, StartLine, Status, parse_reply
from drivers.grbl.sim_firmware import GRBLHAL
from drivers.grbl.sim_memory import SETTINGS, Memory
from tests.drivers.grbl.bench import SLOW, SQUARE, Bench, bare

PROFILE = Expected(10_000, (280, 170, 40), (2000, 2000, 1000), (30, 30, 30))
SWITCHES = {20: 1.0, 21: 1.0}


def connected(settings: dict[int, float], profile: Expected | None = None) -> Bench:
    """Connect to a mill with other settings."""
    b = Bench(Memory(settings={**SETTINGS, **settings}))
    b.protocol = GrblProtocol(profile)
    b.connect()
    return b


@pytest.mark.parametrize(("number", "word"), [(13, "inches"), (32, "laser")])
def test_dangerous_settings_refuse_arming(number: int, word: str):
    """Inches make reports unreadable, laser mode stops a spindle in mid-cut."""
    b = connected({number: 1})
    assert word in b.until_event(told.Failed).message
    assert not any(isinstance(event, told.Ready) for event in b.events)


def test_settings_like_the_profile_are_not_degraded():
    """A mill with its switches that agrees with its papers lacks nothing."""
    assert connected(SWITCHES, PROFILE).until_event(told.Ready).degraded == ()


@pytest.mark.parametrize(
    ("number", "value", "word"),
    [(30, 24_000, "$30=24000"), (110, 500, "$110=500"), (122, 300, "$122=300"), (131, 100, "$131=100")],
)
def test_settings_unlike_the_profile_are_told(number: int, value: float, word: str):
    """Each difference is one sentence for the mediator."""
    (lack,) = connected({**SWITCHES, number: value}, PROFILE).until_event(told.Ready).degraded
    assert word in lack


def test_switches_that_should_be_there_are_missed():
    """A mill that has switches by its papers must home."""
    profile = Expected(switches=True)
    assert any("homing" in lack for lack in connected(SWITCHES, profile).until_event(told.Ready).degraded)


def greeted(*replies: StartLine | Setting | Remark | Buffers | Noise) -> Greeting:
    """A greeting that heard this."""
    greeting = Greeting(Expected(), Banner("Grbl 1.1h"))
    for reply in replies:
        greeting.note(reply)
    return greeting


def test_damaged_start_lines_refuse_arming():
    """When one of the two start lines is missing, the other may have been damaged: no arming."""
    assert "damaged" in greeted(StartLine("")).refusal(Status("Idle"))
    assert "damaged" in greeted(Noise("$?0=M3")).refusal(Status("Idle"))
    assert greeted(StartLine(""), StartLine("")).refusal(Status("Idle")) == ""


def test_firmware_that_does_not_tell_is_degraded():
    """A firmware without start lines in its answers may be armed, and says what it does not tell."""
    assert greeted().refusal(Status("Idle")) == ""
    assert any("start lines" in lack for lack in greeted().degraded)


@pytest.mark.parametrize(
    ("told_bytes", "room_bytes", "limit_bytes"),
    [
        (None, None, 127),
        (128, None, 127),
        (128, 128, 127),
        (64, None, 63),
        (None, 100, 99),
        (928, None, 127),
        (None, 928, 127),
        (928, 128, 128),
        (1024, 1023, 1023),
        (64, 928, 63),
    ],
)
def test_limit_of_the_window(told_bytes: int | None, room_bytes: int | None, limit_bytes: int):
    """One byte less than the buffer, 127 where it is not told, more only when two figures agree."""
    greeting = greeted(*([Buffers(15, told_bytes)] if told_bytes else []))
    assert greeting.limit_bytes(room_bytes) == limit_bytes


def test_grblhal_is_recognised_and_its_buffer_used():
    """GrblHAL names itself, runs a program, and gets more than 128 bytes ahead."""
    b = Bench(Memory(settings={**SETTINGS, **dict.fromkeys((120, 121, 122), 500.0)}, firmware=GRBLHAL))
    b.connect()
    assert b.until_event(told.Ready).firmware == "grblHAL 1.1f"
    lines = [*SLOW[:2], *(b"G1 X%.3f Y%.3f F1500" % (n % 2 * 2, n / 50) for n in range(160)), *SQUARE[-2:]]
    b.start(*lines)
    most = 0

    def done() -> bool:
        nonlocal most
        most = max(most, b.protocol.outstanding_bytes)
        return any(isinstance(event, told.Finished) for event in b.events)

    b.until(done, 200)
    assert b.executed() == bare(lines)
    assert 900 < most <= 1023
    assert not b.kinds("fault")


def test_grblhal_alarm_with_its_number_locks():
    """`Alarm:11` asks for homing, which nobody does by itself."""
    b = Bench(Memory(settings={**SETTINGS, 22: 1}, firmware=GRBLHAL))
    b.connect()
    assert b.mill.state == "Alarm:11"
    assert "locked" in b.until_event(told.Failed).message
    assert "$H" not in b.received()


@pytest.mark.parametrize("state", ["Sleep", "Tool"])
def test_strange_states_end_a_program(state: str):
    """A machine that waits for a tool or sleeps does not do our program any more."""
    b = Bench()
    b.connect()
    b.start(*SLOW)
    b.wait(1.0)
    b.events += b.protocol.receive(f"<{state}|MPos:1,0,0|FS:0,0>\r\n".encode(), b.now_s)
    assert state in b.until_event(told.Failed).message
    assert b.mill.spindle_rpm == 0


@pytest.mark.parametrize(
    ("line", "check"),
    [
        ("$302=192.168.5.1", lambda reply: isinstance(reply, Remark)),
        ("$110=500.000 (x max rate, mm/min)", lambda reply: reply == Setting(110, 500)),
        ("[OPT:V,15,128]", lambda reply: reply == Buffers(15, 128)),
        ("[OPT:VNMSL,100,1024,3,0]", lambda reply: reply == Buffers(100, 1024)),
        ("GrblHAL 1.1f ['$' or '$HELP' for help]", lambda reply: reply == Banner("grblHAL 1.1f")),
        (">G54:ok", lambda reply: reply == StartLine("G54")),
        ("<Idle|MPos:1,x,2>", lambda reply: isinstance(reply, Noise)),
        ("<Idle|MPos:1,2>", lambda reply: isinstance(reply, Noise)),
        ("okk", lambda reply: isinstance(reply, Noise)),
    ],
)
def test_replies(line: str, check: Callable[[object], bool]):
    """Each line of the machine is read for what it is; nonsense is noise and never an error."""
    assert check(parse_reply(line))


def test_endless_noise_is_not_kept():
    """A wire that says nothing but rubbish does not fill the memory."""
    ear = Ear()
    assert ear.take(b"x" * 100_000) == []
    assert isinstance(ear.take(b"\nok\n")[-1], type(parse_reply("ok")))
