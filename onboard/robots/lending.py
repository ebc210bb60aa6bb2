"""Ends loans: when their time is up, when somebody stops everything, when the halt closes."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from jobs.errors import JobError, StoreError
from jobs.loans import LoanEnd
from onboard.bike import Bike
from onboard.robots.station import RobotStation

log = logging.getLogger(__name__)

LOOK_S: Final = 0.1
RETRY_S: Final = 5.0
Returned = Callable[[float, float], None]
"""Hears of a robot that is back: for how many seconds it was lent, and what charging takes for them."""


class Lending:
    """Looks at every robot that is lent; what the disk refuses to write down is owed."""

    def __init__(self, bike: Bike, returned: Returned) -> None:
        self._bike = bike
        self._returned = returned
        self._owed: dict[str, tuple[LoanEnd, float]] = {}
        self._retry_s = 0.0
        self._counted: str | None = None

    async def run(self) -> None:
        """Look for ever."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_S)

    async def look(self) -> None:
        """End what is due, all at the same time, and write down what is owed."""
        due = [(station, why) for station in self._bike.robots.values() if (why := self._due(station))]
        if due:
            for station, _ in due:
                station.finish()
            await asyncio.gather(*(self.end(station, why) for station, why in due))
        if self._owed and self._bike.clock() >= self._retry_s:
            await self._write()
        await self._count()

    async def end(self, station: RobotStation, why: LoanEnd) -> None:
        """Bring a robot to rest and end its loan; without one nothing happens."""
        took_s, took_wh = station.past_s, station.held_wh
        loan = station.release()
        if loan is None:
            return
        await station.rest()
        self._returned(took_s, took_wh)
        self._owed[loan.id] = (why, took_wh)
        await self._write()
        self._bike.changed()

    def _due(self, station: RobotStation) -> LoanEnd | None:
        if station.loan is not None and self._bike.halt is None:
            return LoanEnd.TAKEN_BACK
        return station.due

    async def _write(self) -> None:
        """A row that stands in the way of nothing waits for the disk."""
        self._retry_s = self._bike.clock() + RETRY_S
        for loan_id, (why, took_wh) in list(self._owed.items()):
            try:
                await self._bike.ledger(self._bike.ledger.store.end_loan, loan_id, why, took_wh)
            except StoreError as error:
                log.warning("The end of a loan waits to be written down: %s", error)
                return
            except JobError as error:
                log.warning("The end of a loan cannot be written down: %s", error)
            self._owed.pop(loan_id, None)
        self._counted = None

    async def _count(self) -> None:
        """Know what the robots given back in this halt take for charging."""
        halt_id = self._bike.halt.id if self._bike.halt else ""
        if halt_id == self._counted:
            return
        try:
            used_wh = await self._bike.ledger(self._bike.ledger.store.robots_wh, halt_id)
        except StoreError:
            return  # safe mode says so on every page, and the next look asks again
        self._bike.robots_used_wh, self._counted = used_wh, halt_id
