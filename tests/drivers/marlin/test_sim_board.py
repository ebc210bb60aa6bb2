"""The virtual board speaks and behaves as Marlin does, line by line."""

import pytest

from drivers.marlin.ledger import numbered
from drivers.marlin.sim import VirtualMarlin
from drivers.marlin.sim_faults import Faults, Incident, Mishap
from drivers.marlin.sim_options import Dialect, Profile, parse_faults, parse_profile
from drivers.simulator import Punctual, Watchful
from tests.drivers import invariants as must

OLD = Profile(dialect=Dialect.V1_1)


class Desk:
    """A board that has started, and its clock."""

    def __init__(self, profile: Profile | None = None, faults: Faults | None = None) -> None:
        self.board = VirtualMarlin(profile=profile, faults=faults)
        self.now_s = 2.0
        self.board.opened(0.0)
        self.board.advance(self.now_s)

    def send(self, data: bytes, wait_s: float = 0.01) -> list[str]:
        """Say something and return the lines of the answer."""
        self.board.receive(data, self.now_s)
        return self.wait(wait_s)

    def wait(self, seconds: float) -> list[str]:
        """Let time pass, at every instant that the board wants."""
        end_s, said = self.now_s + seconds, b""
        while self.now_s < end_s:
            self.now_s = min(end_s, max(self.now_s + 1e-6, self.board.next_s()))
            said += self.board.advance(self.now_s)
        return said.decode().splitlines()

    def kinds(self, *kinds: str) -> list[must.Entry]:
        """Return entries of the black box."""
        return must.of(self.board.blackbox.entries, *kinds)


def test_the_board_tells_when_it_acts_next():
    """Its wire need not keep asking."""
    assert isinstance(VirtualMarlin(), Punctual)


@pytest.mark.parametrize("speed", [1.0, 60.0])
def test_a_fast_board_gives_its_host_the_time_of_the_wall_clock(speed: float):
    """M85 waits so many seconds for a host, however fast the board itself lives."""
    desk = Desk()
    assert isinstance(desk.board, Watchful)
    desk.board.runs(speed)
    desk.send(numbered(1, b"M85 S5"))
    desk.wait(4.9 * speed)
    assert desk.kinds("fault") == []
    desk.wait(0.2 * speed)
    assert len(desk.kinds("fault")) == 1


def test_a_repeated_line_is_passed_over_by_2_1():
    """One of the last two numbers gets neither an error nor an `ok`."""
    desk = Desk()
    for number in (1, 2):
        assert desk.send(numbered(number, b"M105"))[0].startswith("ok T:")
    assert desk.send(numbered(1, b"M105")) == []
    assert desk.send(numbered(2, b"M105")) == []
    assert len(desk.kinds("ignored")) == 2


def test_a_repeated_line_is_an_error_to_1_1():
    """It asks for the one that it wants."""
    desk = Desk(OLD)
    desk.send(numbered(1, b"M105"))
    answer = desk.send(numbered(1, b"M105"))
    assert answer == ["Error:Line Number is not Last Line Number+1, Last Line: 1", "Resend: 2", "ok"]


@pytest.mark.parametrize("profile", [Profile(), OLD])
def test_the_tail_of_a_torn_line(profile: Profile):
    """An error empties the ring in the middle of the next line: 2.1 executes what follows of it."""
    desk = Desk(profile)
    assert desk.send(b"N1 G1 X5*9\nN2 ")[1] == "Resend: 1"
    answer = desk.send(b"G1 X10*44\n")
    fragments = [(entry["line"], entry["executed"]) for entry in desk.kinds("fragment")]
    if profile is OLD:
        assert (answer[0].split(",")[0], fragments) == ("Error:No Line Number with checksum", [])
    else:
        assert (answer, fragments) == (["ok"], [("G1 X10", True)])


def test_a_full_ring_loses_bytes_and_says_nothing():
    """While G4 blocks, it and 3 lines more fill the queue, and 127 bytes wait in the ring."""
    desk = Desk()
    desk.send(b"G4 S5\nM105\nM105\nM105\n")
    desk.send(b"x" * 127)
    assert desk.kinds("overflow") == []
    desk.send(b"y" * 10)
    assert [entry["bytes"] for entry in desk.kinds("overflow")] == [10]


def test_advanced_ok_tells_number_planner_and_queue():
    """As Marlin does, but never on M105."""
    desk = Desk(Profile(has_advanced_ok=True))
    assert desk.send(numbered(1, b"G1 X10 F600")) == ["ok N1 P14 B3"]
    assert "N2" not in desk.send(numbered(2, b"M105"))[0]


def test_a_full_planner_keeps_the_ok():
    """The sixteenth move is acknowledged when the first has ended."""
    desk = Desk()
    for index in range(1, 16):
        assert desk.send(numbered(index, b"G1 X%d F60" % index), 0.0001) == ["ok"]
    assert desk.send(numbered(16, b"G1 X16 F60"), 0.5) == []
    assert desk.wait(1.0) == ["ok"]


def test_a_board_at_work_says_so_every_two_seconds():
    """M113 changes that."""
    desk = Desk()
    assert desk.send(b"G4 S5\n", 4.5) == ["echo:busy: processing"] * 2
    desk.wait(1.0)
    desk.send(b"M113 S0\n")
    assert desk.send(b"G4 S5\n", 4.5) == []


def test_m400_waits_for_the_last_move():
    """10 mm at 10 mm/s take a second and a bit."""
    desk = Desk()
    desk.send(b"G1 X10 F600\n")
    assert desk.send(b"M400\n", 0.9) == []
    assert desk.wait(0.4) == ["ok"]
    assert desk.send(b"M114\n")[0].startswith("X:10.00 Y:0.00 Z:0.00 E:0.00 Count X:800")


def test_a_filament_change_waits_for_somebody_and_cools():
    """M108 ends it; a nozzle that was left alone is warm again before the print goes on."""
    desk = Desk()
    desk.send(b"M109 S200\n", 200.0)
    assert desk.send(b"M600\n", 4.5) == ["echo:busy: paused for user"] * 2
    desk.wait(60.0)
    assert desk.board.body.hotend.target_c == 0
    said = desk.send(b"M108\n", 200.0)
    assert said[-3:-1] == ["//action:resumed", "ok"]
    assert desk.board.body.hotend.is_there
    assert desk.board.body.hotend.target_c == 200


def test_a_hotend_without_power_is_noticed_by_the_firmware():
    """Marlin's watch: 2 degrees in 20 s."""
    desk = Desk()
    desk.board.body.hotend.is_dead = True
    said = desk.send(b"M104 S200\n", 25.0)
    assert said[1] == "Error:Heating failed, system stopped! Heater_ID: 0"
    assert said[2:] == ["Error:Printer halted. kill() called!", "//action:poweroff"]


def test_a_hotend_that_runs_away_cold_is_noticed():
    """40 s below the target by more than 4 degrees."""
    desk = Desk()
    desk.send(b"M109 S200\n", 200.0)
    desk.board.body.hotend.is_dead = True
    assert "Error:Thermal Runaway, system stopped! Heater_ID: 0" in desk.wait(60.0)


def test_a_hotend_that_never_stops_heating_is_noticed():
    """275 degrees are too many."""
    desk = Desk()
    desk.board.faults.now.append(Mishap(Incident.OVERHEAT))
    assert "Error:MAXTEMP triggered, system stopped! Heater_ID: 0" in desk.wait(400.0)


def test_without_thermal_protection_nobody_notices():
    """A board built without it only heats."""
    desk = Desk(Profile(has_thermal_protection=False))
    desk.board.faults.now.append(Mishap(Incident.OVERHEAT))
    assert desk.wait(400.0) == []


@pytest.mark.parametrize("control", ["mpc", "pid"])
def test_both_regulators_hold_a_temperature(control: str):
    """Within two degrees, after five minutes, at both heaters."""
    desk = Desk(parse_profile([f"control={control}"]))
    desk.send(b"M104 S210\nM140 S60\n", 600.0)
    assert desk.board.body.hotend.actual_c == pytest.approx(210, abs=2)
    assert desk.board.body.bed.actual_c == pytest.approx(60, abs=2)


def test_a_planned_mishap_happens_once():
    """After so many moves, not before."""
    desk = Desk(Profile(is_instant=True), parse_faults(1, ["reset@2"]))
    desk.send(b"G1 X1\n")
    assert len(desk.kinds("reset")) == 1
    assert "start" in desk.send(b"G1 X2\n", 2.0)
    desk.send(b"G1 X1\nG1 X2\nG1 X3\n", 2.0)
    assert len(desk.kinds("reset")) == 2


@pytest.mark.parametrize("word", ["earthquake", "drop-ok=2", "drop-ok", "lie@x", "reset@"])
def test_a_wrong_fault_is_refused(word: str):
    """Nothing is guessed, except that no line means at once."""
    if word == "reset@":
        assert parse_faults(0, [word]).due(0) == [Mishap(Incident.RESET)]
    else:
        with pytest.raises(ValueError, match=r"no fault|chance|could not|invalid"):
            parse_faults(0, [word])
