"""Answers what a person asks of a machine at rest."""

import logging
from collections import deque
from typing import Final

from drivers.byhand import HandPrinter, Jogged
from drivers.types import DeviceState
from jobs.types import JobState
from onboard.bike import Bike
from onboard.byhand import words
from onboard.byhand.mill import HandyMill
from onboard.byhand.outlines import check_next
from onboard.byhand.printer import HandyPrinter, PrinterRequest
from onboard.control.messages import (
    AdjustPrint,
    CheckProgram,
    ContinueErrand,
    EndErrand,
    HandRequest,
    HoldJog,
    JogMachine,
    ProbeMill,
    ReleaseJog,
    ZeroMill,
)
from onboard.station import Station

log = logging.getLogger(__name__)

ON: Final = frozenset({DeviceState.RUNNING, DeviceState.PAUSED})
PRESSES: Final = 32


class HandDesk:
    """One errand at a time a machine; ending one, and cooling, need no halt and no safe panel."""

    def __init__(self, bike: Bike) -> None:
        self._bike = bike
        self._pressed: deque[str] = deque(maxlen=PRESSES)

    async def carry_out(self, request: HandRequest) -> None:
        """Do one request.

        Raises:
            JobError: nothing was sent, and why.
        """
        station = self._bike.station(request.machine)
        match request:
            case AdjustPrint():
                await self._adjust(station, request)
            case EndErrand():
                await self._end(station)
            case ContinueErrand():
                self._continue(station)
            case CheckProgram():
                await check_next(self._bike, station)
            case HoldJog() | ReleaseJog():
                self._press(station, request)
                return  # ten a second: no plan is made again for each
            case ZeroMill() | ProbeMill():
                HandyMill(self._bike, station).carry_out(request)
            case _:
                self._move(station, request)
        self._bike.changed()

    def _move(self, station: Station, request: PrinterRequest) -> None:
        """Both kinds of machine take steps; the rest is a printer's."""
        if isinstance(request, JogMachine) and isinstance(station.device, Jogged):
            HandyMill(self._bike, station).carry_out(request)
        else:
            HandyPrinter(self._bike, station).carry_out(request)

    async def _adjust(self, station: Station, request: AdjustPrint) -> None:
        if not isinstance(station.device, HandPrinter):
            raise words.refused(words.NOT_THIS)
        if station.order is None or station.device.snapshot.state not in ON:
            raise words.refused(words.NO_PRINT)
        await station.device.adjust(request.speed_pct, request.flow_pct)

    async def _end(self, station: Station) -> None:
        if station.errand is None:
            raise words.refused(words.NO_ERRAND)
        station.withdraw(JobState.CANCELLED)
        station.hand.word.set()
        if station.device.snapshot.state in ON:
            await station.device.cancel()

    def _continue(self, station: Station) -> None:
        if station.errand is None or station.hand.waits is None:
            raise words.refused(words.NOT_WAITING)
        station.hand.word.set()

    def _press(self, station: Station, request: HoldJog | ReleaseJog) -> None:
        """A finger on a button: begins, goes on, or ends; a press that has ended never begins again."""
        mill = HandyMill(self._bike, station)
        is_on = station.errand is not None and station.hand.press == request.press
        if isinstance(request, ReleaseJog):
            self._pressed.append(request.press)
            if is_on:
                mill.release()
        elif is_on:
            mill.beat()
        elif request.press not in self._pressed:
            mill.hold(request)
            self._pressed.append(request.press)
            self._bike.changed()
