"""Answers what a mediator asks about the halt, the class that is here and its tickets."""

from typing import Final, assert_never

from jobs.errors import JobError, Sentence
from jobs.types import Halt
from onboard.bike import Bike
from onboard.control.messages import (
    BeginTerm,
    ChangeReserve,
    CloseHalt,
    ExtendHalt,
    GiveTickets,
    MoveHalt,
    OpenHalt,
    WelcomeGroup,
)
from onboard.uplink.reporter import Reporter

HaltRequest = (
    OpenHalt | ExtendHalt | MoveHalt | ChangeReserve | CloseHalt | WelcomeGroup | GiveTickets | BeginTerm
)

NO_SUCH_TICKET: Final = Sentence(
    "Cette classe n'a pas ce ticket depuis le début de la période.",
    "This class has no such ticket since the term began.",
)


class HaltDesk:
    """Writes a halt down first, then makes it the bike's own; a machine that works is never asked."""

    def __init__(self, bike: Bike, reporter: Reporter) -> None:
        self._bike = bike
        self._reporter = reporter

    async def carry_out(self, request: HaltRequest) -> None:
        """Do one request; the same twice is the same as once."""
        ledger, store = self._bike.ledger, self._bike.ledger.store
        match request:
            case OpenHalt():
                await self._open(request)
            case MoveHalt():
                await self._move(request)
            case CloseHalt():
                await ledger(store.close_halt)
                self._replace(None)
            case GiveTickets():
                await self._give(request)
            case BeginTerm():
                await ledger(store.begin_term)
            case _:
                self._keep(await self._changed(request))
        self._bike.changed()

    async def _changed(self, request: ExtendHalt | ChangeReserve | WelcomeGroup) -> Halt:
        """Write a change of the open halt down."""
        ledger, store = self._bike.ledger, self._bike.ledger.store
        match request:
            case ExtendHalt():
                left_s = self._bike.until_end_s
                return await ledger(store.extend_halt, request.minutes, left_s, request.ends_s)
            case ChangeReserve():
                return await ledger(store.reserve, request.reserve_wh)
            case WelcomeGroup():
                return await ledger(store.welcome, request.group)
            case _:
                assert_never(request)

    async def _open(self, request: OpenHalt) -> None:
        bike = self._bike
        ends_s = bike.wall() + request.minutes * 60.0
        named = (request.place, request.host_city, ends_s, request.reserve_wh, request.group)
        bike.check_open()
        self._replace(await bike.ledger(bike.ledger.store.open_halt, *named))
        bike.go_on()

    async def _move(self, request: MoveHalt) -> None:
        bike = self._bike
        halt = await bike.ledger(bike.ledger.store.move_halt, request.place, request.host_city)
        if bike.halt is None or halt.id != bike.halt.id:
            self._replace(halt, bike.until_end_s)

    async def _give(self, request: GiveTickets) -> None:
        store = self._bike.ledger.store
        if not await self._bike.ledger(store.give_again, request.group, request.ticket):
            raise JobError("no-such-ticket", NO_SUCH_TICKET)

    def _replace(self, halt: Halt | None, left_s: float | None = None) -> None:
        """End the halt there was, begin the one there is, and tell the city both."""
        before, overdue_s = self._bike.halt, self._bike.until_end_s
        if before is not None:
            self._reporter.halt_closed(before, overdue_s)
        self._bike.adopt(halt)
        if left_s is not None:
            self._bike.halt_ends_at_s = self._bike.clock() + left_s
        if halt is not None:
            self._reporter.halt_opened(halt)

    def _keep(self, halt: Halt) -> None:
        """Change the halt that stays open; its end moves on the clock that never jumps."""
        before = self._bike.halt
        if before is not None:
            self._bike.halt_ends_at_s += halt.ends_s - before.ends_s
        self._bike.halt = halt
