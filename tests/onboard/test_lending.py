"""Robots on virtual Thymios: asked for, lent, driven, taken back; judged by their black boxes."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from drivers.kits import open_kit
from drivers.robots.types import Abilities
from drivers.types import DeviceState
from jobs.errors import JobError
from jobs.loans import LoanEnd, LoanState
from onboard.boot import Boot
from onboard.config import RobotSection
from onboard.control.messages import (
    AskRobot,
    AskRobotAgain,
    CloseHalt,
    EraseLoan,
    GetStatus,
    LendRobot,
    RearmMachine,
    Reply,
    ReturnRobot,
    ReviseRobot,
    StartRobot,
    StopEverything,
    StopRobot,
    TakeBackRobot,
)
from onboard.control.stoplane import press, stop_lane
from onboard.linked import stay_connected
from onboard.plan.planning import robots_wh
from onboard.robots.station import RobotStation
from onboard.robots.view import abilities_of
from tests.drivers.robots.plain_kit import PlainKit
from tests.onboard.fleet import DRAWS, FAR, SHORT, Fleet, fleet_in
from tests.onboard.rig import lock_outside, records, rig_in, until


@pytest.fixture
async def fleet(tmp_path: Path) -> AsyncIterator[Fleet]:
    """Two robots, connected, at an open halt; loans are looked after."""
    async with fleet_in(tmp_path) as made:
        yield made


async def refused(fleet: Fleet, request: object) -> str:
    """The stable word with which a request is refused."""
    with pytest.raises(JobError) as caught:
        await fleet.rig.ask(request)  # type: ignore[arg-type] # any request
    assert caught.value.sentence.fr
    return caught.value.code


async def test_a_program_is_lent_a_robot_and_plays(fleet: Fleet) -> None:
    """Asked, lent, started: the step that plays is shown; at its end the robot is at rest and still lent."""
    loan = await fleet.lent(program=SHORT)
    before = await fleet.view()
    assert (before.loan, before.playing, before.state) == (loan, False, DeviceState.IDLE)
    assert 590 < (before.left_s or 0) <= 600
    assert abilities_of(before.abilities) == fleet.station().kit.snapshot.abilities
    await fleet.rig.ask(StartRobot(loan=loan, key=fleet.key()))
    assert (await fleet.view()).playing
    await until(lambda: fleet.station().ended)
    after = await fleet.view()
    assert (after.ended, after.playing, after.loan, after.step) == ("done", False, loan, "")
    assert fleet.wheels()[-1] == (0, 0)
    assert any(left > 0 for left, _ in fleet.wheels())


@pytest.mark.parametrize("way", [TakeBackRobot, ReturnRobot])
async def test_a_robot_that_is_taken_back_stands(
    fleet: Fleet, way: type[TakeBackRobot] | type[ReturnRobot]
) -> None:
    """In the middle of a program; asked twice it is done once, and nothing of that loan starts any more."""
    loan = await fleet.driving()
    await fleet.rig.ask(way(loan=loan))
    await until(lambda: not fleet.turns())
    assert await fleet.state(loan) is LoanState.ENDED
    await fleet.rig.ask(way(loan=loan))
    assert await refused(fleet, StartRobot(loan=loan, key=fleet.key())) == "not-lent"
    assert not fleet.turns()
    await fleet.rig.ask(AskRobotAgain(loan=loan))
    assert await fleet.state(loan) is LoanState.ASKED


async def test_time_ends_a_loan(fleet: Fleet) -> None:
    """The motors stop by themselves when the time is up, and the loan says why."""
    loan = await fleet.driving()
    fleet.rig.clock.ahead_s += 601
    await until(lambda: fleet.station().loan is None)
    await until(lambda: not fleet.turns())
    await until(lambda: not fleet.station().is_playing)
    assert await fleet.end(loan) is LoanEnd.TIME


async def test_a_program_is_stopped_and_begun_anew(fleet: Fleet) -> None:
    """The robot stays lent; one key starts once; a program that plays is not started twice."""
    loan, key = await fleet.lent(), fleet.key()
    await fleet.rig.ask(StartRobot(loan=loan, key=key))
    await until(fleet.turns)
    assert await refused(fleet, StartRobot(loan=loan, key=fleet.key())) == "robot-plays"
    await fleet.rig.ask(StopRobot(loan=loan))
    await until(lambda: not fleet.turns())
    await fleet.rig.ask(StopRobot(loan=loan))
    await fleet.rig.ask(StartRobot(loan=loan, key=key))
    assert not (await fleet.view()).playing
    assert (await fleet.view()).ended == "stopped"
    await fleet.rig.ask(ReviseRobot(loan=loan, program=SHORT))
    await fleet.rig.ask(StartRobot(loan=loan, key=fleet.key()))
    await until(lambda: fleet.station().ended == "done")


async def test_stop_everything_stops_every_robot(fleet: Fleet) -> None:
    """Latched: loans are over, nothing starts or is lent until a person has looked and re-armed."""
    loans = {name: await fleet.driving(name) for name in ("anna", "bruno")}
    await fleet.rig.ask(StopEverything())
    await until(lambda: not fleet.turns("anna") and not fleet.turns("bruno"))
    counted = {name: len(fleet.wheels(name)) for name in loans}
    for name, loan in loans.items():
        await until(lambda name=name: fleet.station(name).loan is None)
        await until(lambda name=name: not fleet.station(name).is_playing)
        assert await fleet.end(loan) is LoanEnd.STOPPED
        assert (await fleet.view(name)).stopped
        await fleet.rig.ask(AskRobotAgain(loan=loan))
        lend = LendRobot(loan=loan, robot=name, minutes=5, key=fleet.key())
        assert await refused(fleet, lend) == "robot-stopped"
    assert {name: len(fleet.wheels(name)) for name in loans} == counted
    await fleet.rig.ask(RearmMachine(machine="anna"))
    assert not (await fleet.view()).stopped
    lend = LendRobot(loan=loans["anna"], robot="anna", minutes=5, key=fleet.key())
    await fleet.rig.ask(lend)
    assert not fleet.turns()
    assert await refused(fleet, RearmMachine(machine="anna")) == "not-stopped"


async def test_two_robots_have_two_borrowers(fleet: Fleet) -> None:
    """One robot is lent once, the other one goes on whatever happens to the first."""
    first = await fleet.driving("anna")
    second = await fleet.driving("bruno")
    third = await fleet.ask()
    lend = LendRobot(loan=third, robot="anna", minutes=5, key=fleet.key())
    assert await refused(fleet, lend) == "robot-lent"
    await fleet.rig.ask(TakeBackRobot(loan=first))
    assert fleet.turns("bruno")
    await fleet.rig.ask(lend)
    await fleet.rig.ask(lend)
    assert (await fleet.view("anna")).loan == third
    await fleet.rig.ask(StopRobot(loan=second))


async def test_a_loan_is_made_longer(fleet: Fleet) -> None:
    """Lent anew, with another key; the program plays on."""
    loan = await fleet.driving()
    await fleet.rig.ask(LendRobot(loan=loan, robot="anna", minutes=30, key=fleet.key()))
    assert 1790 < fleet.station().left_s <= 1800
    assert fleet.station().is_playing
    fleet.rig.clock.ahead_s += 700
    assert fleet.station().due is None


async def test_what_cannot_be_is_refused(fleet: Fleet) -> None:
    """Each with a stable word and a sentence in both languages."""
    loan = await fleet.ask()
    key = fleet.key()
    assert await refused(fleet, LendRobot(loan=loan, robot="nobody", minutes=5, key=key)) == "no-robot"
    assert await refused(fleet, StartRobot(loan=loan, key=key)) == "not-lent"
    assert await refused(fleet, AskRobot(key=key, program="{}")) == "program-not-a-program"
    huge = '{"version": 1, "steps": [{"do": "repeat", "times": 1000000000, "steps": []}]}'
    assert await refused(fleet, ReviseRobot(loan=loan, program=huge)) == "program-out-of-range"
    assert await refused(fleet, ReturnRobot(loan="0" * 32)) == "unknown-loan"
    lacking = await fleet.lent(program=DRAWS)
    assert await refused(fleet, StartRobot(loan=lacking, key=key)) == "program-no-pen"
    assert await refused(fleet, EraseLoan(loan=lacking)) == "still-lent"
    await fleet.rig.ask(ReturnRobot(loan=lacking))
    await fleet.rig.ask(EraseLoan(loan=lacking))
    await fleet.rig.ask(CloseHalt())
    assert await refused(fleet, LendRobot(loan=loan, robot="anna", minutes=5, key=key)) == "no-halt"


async def test_a_closed_halt_brings_robots_back(fleet: Fleet) -> None:
    """Who packs up has every robot standing."""
    loan = await fleet.driving()
    await fleet.rig.ask(CloseHalt())
    await until(lambda: fleet.station().loan is None)
    await until(lambda: not fleet.turns())
    await until(lambda: not fleet.station().is_playing)
    assert await fleet.end(loan) is LoanEnd.TAKEN_BACK


async def test_a_disk_that_refuses_keeps_no_robot_driving(fleet: Fleet) -> None:
    """The motors stop at once; the end is written down when the disk takes it."""
    loan = await fleet.driving()
    db = lock_outside(fleet.rig.bike.config.paths.jobs_database)
    with closing(db):
        taking = asyncio.create_task(fleet.rig.ask(TakeBackRobot(loan=loan)))
        await until(lambda: not fleet.turns())
        assert fleet.station().loan is None
    await taking
    fleet.rig.clock.ahead_s += 10
    await until(lambda: fleet.read(loan).state is LoanState.ENDED)


async def test_charging_counts_in_the_budget(fleet: Fleet) -> None:
    """A loan counts whole from its beginning; one that is given back early counts what it was."""
    assert robots_wh(fleet.rig.bike) == 0
    loan = await fleet.lent(minutes=60)
    assert robots_wh(fleet.rig.bike) == pytest.approx(6.0, rel=0.01)
    fleet.rig.clock.ahead_s += 1800
    assert robots_wh(fleet.rig.bike) == pytest.approx(6.0, rel=0.01)
    await fleet.rig.ask(ReturnRobot(loan=loan))
    await until(lambda: fleet.rig.bike.robots_used_wh > 0)
    assert robots_wh(fleet.rig.bike) == pytest.approx(3.0, rel=0.01)


async def test_the_city_hears_of_a_robot_that_is_back(fleet: Fleet) -> None:
    """Minutes in steps of five and what charging takes, once, without robot, ticket or program."""
    loan = await fleet.lent(minutes=60)
    fleet.rig.clock.ahead_s += 1320
    for _ in range(2):
        await fleet.rig.ask(ReturnRobot(loan=loan))
    await until(lambda: any(kind == "robot.returned" for kind, _ in records(fleet.rig.outbox)))
    told = [json.loads(payload) for kind, payload in records(fleet.rig.outbox) if kind == "robot.returned"]
    assert told == [{"minutes": 20, "energy_wh": pytest.approx(2.2, abs=0.05)}]


async def test_after_a_restart_nothing_is_lent_and_nothing_moves(tmp_path: Path) -> None:
    """The daemon before was killed: the loan is over, the robot is connected, still, and lent to nobody."""
    async with rig_in(tmp_path) as rig:
        loan = await rig.bike.ledger(rig.store.ask_robot, FAR, "key-00001")
        await rig.bike.ledger(rig.store.lend, loan.id, "anna", 10, "lend-0001")
    async with rig_in(tmp_path) as rig:
        assert (await rig.bike.ledger(rig.store.loan, loan.id)).state is LoanState.LENT
        assert await Boot(rig.bike).try_to_open()
        after = await rig.bike.ledger(rig.store.loan, loan.id)
        assert (after.state, after.end) == (LoanState.ENDED, LoanEnd.RESTART)


async def test_a_robot_that_is_lost_stands_and_resumes_nothing(fleet: Fleet, tmp_path: Path) -> None:
    """Its cable goes in mid-program: it stops by itself; back again, it is still lent and plays nothing."""
    box = tmp_path / "carla.jsonl"
    box.touch()
    fleet.boxes["carla"] = box
    kit = open_kit("carla", "thymio", f"sim://thymio?blackbox={box}&fault=unplug@2")
    section = RobotSection(protocol="thymio", port="sim://thymio")
    carla = fleet.rig.bike.robots["carla"] = RobotStation(kit, section, fleet.rig.clock)
    fleet.rig.start(carla.work(fleet.rig.bike.changed))
    await carla.connect()
    loan = await fleet.driving("carla")
    await until(lambda: carla.ended)
    assert (await fleet.view("carla")).ended == "failed"
    assert (await fleet.view("carla")).message
    await until(lambda: not fleet.turns("carla"))
    counted = len(fleet.wheels("carla"))
    fleet.rig.start(stay_connected(carla))
    await until(lambda: carla.is_ready)
    assert (await fleet.view("carla")).loan == loan
    assert not carla.is_playing
    assert not any(wheels != (0, 0) for wheels in fleet.wheels("carla")[counted:])
    await fleet.rig.ask(StartRobot(loan=loan, key=fleet.key()))
    await until(lambda: fleet.turns("carla"))


async def test_a_stop_needs_no_loop(fleet: Fleet) -> None:
    """The lane of the stop is a thread: while the loop hangs the motors go off all the same."""
    await fleet.driving()
    with stop_lane(fleet.rig.bike.config.paths.stop_socket, fleet.rig.bike.stop):
        assert press(fleet.rig.bike.config.paths.stop_socket)
        give_up_s = time.monotonic() + 20
        while fleet.turns() and time.monotonic() < give_up_s:
            time.sleep(0.01)  # noqa: ASYNC251 - the loop shall hang
        assert not fleet.turns()


async def test_a_robot_without_wheels_is_told_over_the_socket(fleet: Fleet) -> None:
    """What a robot does not have is left out of the line, and read back as absent."""
    section = RobotSection(protocol="micropython", port="sim://micropython")
    bare = PlainKit("bare", Abilities(gauge=None))
    fleet.rig.bike.robots["bare"] = RobotStation(bare, section, fleet.rig.clock)
    reply = await fleet.rig.ask(GetStatus())
    assert Reply.model_validate_json(reply.model_dump_json(exclude_none=True)) == reply
    assert abilities_of((await fleet.view("bare")).abilities) == Abilities(gauge=None)
