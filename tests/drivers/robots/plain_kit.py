"""A kit without a wire: it moves a simulated body in this process, stops by itself, and can be lost."""

import asyncio
import time
from dataclasses import replace
from typing import assert_never

from drivers.errors import DeviceBusyError, LinkLostError
from drivers.robots.body import DARK, Body
from drivers.robots.types import STILL, Abilities, Action, Drive, KitSnapshot, Light, Pen, Sound
from drivers.simulator import BlackBox
from drivers.types import DeviceState
from tests.drivers.robots.programs import ABLE

DEADMAN_S = 0.6


class PlainKit:
    """Judge it by `box`; `lose` pulls its cable, `hang` lets it take an action and never answer."""

    def __init__(self, name: str = "plain", abilities: Abilities = ABLE) -> None:
        self.name = name
        self.snapshot = KitSnapshot(name, DeviceState.OFFLINE, abilities, battery_pct=80)
        self.box = BlackBox()
        self.body = Body(abilities.gauge or ABLE.gauge, black_box=self.box)
        self.beats = 0
        self.hangs = False
        self._heard_s = 0.0
        self._deadman: asyncio.TimerHandle | None = None

    async def connect(self) -> None:
        """Answer at once."""
        self._enter(DeviceState.IDLE)
        await self._off()

    async def act(self, action: Action) -> None:
        """Do it on the body."""
        self._ready()
        if self.hangs:
            await asyncio.Event().wait()
        self._hear()
        match action:
            case Drive():
                self.body.drive(action, self._now_s())
                self._enter(DeviceState.RUNNING if action != STILL else DeviceState.IDLE)
            case Pen():
                self.body.set_pen(is_down=action.is_down, now_s=self._now_s())
            case Light():
                self.body.shine(action, self._now_s())
            case Sound():
                self.body.sing(action.pitch_hz, action.duration_s, self._now_s())
            case _:
                assert_never(action)

    async def beat(self) -> None:
        """Count it."""
        self._ready()
        if self.hangs:
            await asyncio.Event().wait()
        self.beats += 1
        self._hear()

    async def rest(self) -> None:
        """All off."""
        self._ready()
        await self._off()
        self._enter(DeviceState.IDLE)

    def stop(self) -> None:
        """Motors off, latched."""
        self.body.drive(STILL, self._now_s())
        self._enter(DeviceState.STOPPED)

    async def close(self) -> None:
        """Motors off."""
        self.body.drive(STILL, self._now_s())
        self._enter(DeviceState.OFFLINE)

    def lose(self) -> None:
        """The cable goes; the body goes on until its dead man's switch stops it."""
        self._enter(DeviceState.OFFLINE, LinkLostError.__doc__ or "")

    def _hear(self) -> None:
        if self._deadman is not None:
            self._deadman.cancel()
        self._deadman = asyncio.get_running_loop().call_later(DEADMAN_S, self._die)

    def _die(self) -> None:
        if self.body.is_moving:
            self.box.record(self._now_s(), "deadman")
            self.body.drive(STILL, self._now_s())

    async def _off(self) -> None:
        self.body.drive(STILL, self._now_s())
        self.body.set_pen(is_down=False, now_s=self._now_s())
        self.body.shine(DARK, self._now_s())
        self.body.sing(0, 0, self._now_s())

    def _ready(self) -> None:
        if self.snapshot.state not in {DeviceState.IDLE, DeviceState.RUNNING}:
            raise DeviceBusyError(f"{self.name} is {self.snapshot.state}.")

    def _enter(self, state: DeviceState, message: str = "") -> None:
        self.snapshot = replace(self.snapshot, state=state, message=message)

    def _now_s(self) -> float:
        self.body.advance(time.monotonic())
        self.snapshot = replace(self.snapshot, senses=self.body.feel(self.snapshot.abilities.sensors))
        return time.monotonic()
