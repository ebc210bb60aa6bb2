"""Answers what participants and mediators ask about robots."""

from typing import Final, assert_never

from drivers.robots.fitting import require
from drivers.robots.program import RobotProgram
from drivers.robots.reading import read_program
from drivers.robots.refusals import RobotProgramError
from jobs.loans import LoanEnd, LoanState
from onboard.bike import Bike
from onboard.control.messages import (
    Accepted,
    AskRobot,
    AskRobotAgain,
    EraseLoan,
    LendRobot,
    LoanReference,
    RearmMachine,
    Reply,
    ReturnRobot,
    ReviseRobot,
    RobotRequest,
    StartRobot,
    StopRobot,
    TakeBackRobot,
)
from onboard.plan.planning import budget_wh
from onboard.robots.lending import Lending
from onboard.robots.station import RobotStation
from onboard.robots.words import (
    AWAY,
    NO_ENERGY,
    NO_HALT,
    NO_ROBOT,
    NOT_LENT,
    PLAYS,
    STOPPED,
    STOPPED_NOT,
    TAKEN,
    program_refused,
    robot_refused,
)

RobotAct = LendRobot | TakeBackRobot | ReturnRobot | StartRobot | StopRobot | RearmMachine
DONE: Final = Reply(accepted=Accepted())


class RobotDesk:
    """One method a request; the same twice is as good as once."""

    def __init__(self, bike: Bike, lending: Lending) -> None:
        self._bike = bike
        self._lending = lending

    async def answer(self, request: RobotRequest | RearmMachine) -> Reply:
        """Carry one request out."""
        match request:
            case AskRobot() | AskRobotAgain() | ReviseRobot() | EraseLoan():
                reply = await self._keep(request)
            case _:
                await self._act(request)
                reply = DONE
        self._bike.changed()
        return reply

    async def _keep(self, request: AskRobot | AskRobotAgain | ReviseRobot | EraseLoan) -> Reply:
        """What is only written down: no robot does anything."""
        ledger = self._bike.ledger
        match request:
            case AskRobot():
                _read(request.program)
                loan = await ledger(ledger.store.ask_robot, request.program, request.key, request.holder)
            case AskRobotAgain():
                loan = await ledger(ledger.store.ask_again, request.loan)
            case ReviseRobot():
                _read(request.program)
                loan = await ledger(ledger.store.revise_robot, request.loan, request.program)
            case EraseLoan():
                loan = await ledger(ledger.store.erase_loan, request.loan)
            case _:
                assert_never(request)
        return Reply(loan=LoanReference(loan=loan.id, ticket=loan.ticket))

    async def _act(self, request: RobotAct) -> None:
        match request:
            case LendRobot():
                await self._lend(request)
            case TakeBackRobot():
                await self._end(request.loan, LoanEnd.TAKEN_BACK)
            case ReturnRobot():
                await self._end(request.loan, LoanEnd.GIVEN_BACK)
            case StartRobot():
                await self._start(request)
            case StopRobot():
                await self._stop(request.loan)
            case RearmMachine():
                await self._rearm(self._station(request.machine))
            case _:
                assert_never(request)

    async def _rearm(self, station: RobotStation) -> None:
        """A person has looked at a robot that was stopped, lost or faulty; its loan is over then."""
        if station.is_ready:
            raise robot_refused("not-stopped", STOPPED_NOT)
        await self._lending.end(station, LoanEnd.STOPPED)
        await station.rearm()

    async def _lend(self, request: LendRobot) -> None:
        station = self._station(request.robot)
        if station.lend_key == request.key:
            return
        self._check_lendable(station, request)
        store = self._bike.ledger.store
        loan = await self._bike.ledger(store.lend, request.loan, station.name, request.minutes, request.key)
        if loan.state is LoanState.LENT and station.lend_key != request.key:
            station.lend(loan, request.minutes, request.key)

    def _check_lendable(self, station: RobotStation, request: LendRobot) -> None:
        if self._bike.halt is None:
            raise robot_refused("no-halt", NO_HALT)
        if station.loan is not None and station.loan.id != request.loan:
            raise robot_refused("robot-lent", TAKEN)
        if station.stopped:
            raise robot_refused("robot-stopped", STOPPED)
        if not station.is_ready:
            raise robot_refused("robot-away", AWAY)
        left_wh = budget_wh(self._bike)
        if (
            left_wh is not None
            and station.section.charge_w * request.minutes / 60 > left_wh + station.owed_wh
        ):
            raise robot_refused("energy", NO_ENERGY)

    async def _end(self, loan_id: str, why: LoanEnd) -> None:
        """The motors stop first; a loan that the bike does not hold any more is only written down."""
        if (station := self._lent(loan_id)) is not None:
            await self._lending.end(station, why)
        else:
            await self._bike.ledger(self._bike.ledger.store.end_loan, loan_id, why)

    async def _start(self, request: StartRobot) -> None:
        station = self._lent(request.loan)
        if station is None:
            raise robot_refused("not-lent", NOT_LENT)
        if station.start_key == request.key:
            return
        program = _read((await self._bike.ledger(self._bike.ledger.store.loan, request.loan)).program)
        self._check_startable(station, request, program)
        station.play(program, request.key)

    def _check_startable(self, station: RobotStation, request: StartRobot, program: RobotProgram) -> None:
        """Time has passed since the disk was asked."""
        if station.loan is None or station.loan.id != request.loan:
            raise robot_refused("not-lent", NOT_LENT)
        if station.is_playing:
            raise robot_refused("robot-plays", PLAYS)
        if not station.is_ready:
            raise robot_refused("robot-away", AWAY)
        try:
            require(program, station.kit.snapshot.abilities)
        except RobotProgramError as error:
            raise program_refused(error) from error

    async def _stop(self, loan_id: str) -> None:
        if (station := self._lent(loan_id)) is not None:
            await station.rest()

    def _station(self, name: str) -> RobotStation:
        if name not in self._bike.robots:
            raise robot_refused("no-robot", NO_ROBOT)
        return self._bike.robots[name]

    def _lent(self, loan_id: str) -> RobotStation | None:
        """The robot that is out on a loan."""
        stations = self._bike.robots.values()
        return next((s for s in stations if s.loan is not None and s.loan.id == loan_id), None)


def _read(program: str) -> RobotProgram:
    try:
        return read_program(program)
    except RobotProgramError as error:
        raise program_refused(error) from error
