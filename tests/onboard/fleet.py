"""Robots on virtual Thymios that a bike lends, and what their black boxes say."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path

from drivers.kits import open_kit
from jobs.loans import Loan, LoanEnd, LoanState
from jobs.store.reader import JobReader
from onboard.config import RobotSection
from onboard.control.messages import (
    AskRobot,
    GetStatus,
    LendRobot,
    RobotView,
    StartRobot,
)
from onboard.robots.station import RobotStation
from tests.onboard.rig import Rig, rig_in, until

FAR = '{"version": 1, "steps": [{"do": "turn", "deg": 3600, "id": "round"}]}'
SHORT = '{"version": 1, "steps": [{"do": "move", "mm": 20, "id": "go"}]}'
DRAWS = '{"version": 1, "steps": [{"do": "pen", "down": true}]}'


@dataclass
class Fleet:
    """A bike with two robots, and what their black boxes say."""

    rig: Rig
    boxes: dict[str, Path]
    keys: int = 0
    loans: dict[str, str] = field(default_factory=dict)

    def station(self, name: str = "anna") -> RobotStation:
        """One robot."""
        return self.rig.bike.robots[name]

    def key(self) -> str:
        """An idempotency key that nobody has used."""
        self.keys += 1
        return f"key-{self.keys:06}"

    async def ask(self, program: str = FAR) -> str:
        """Ask for a robot; return the loan's id."""
        reply = await self.rig.ask(AskRobot(key=self.key(), program=program))
        assert reply.loan is not None
        return reply.loan.loan

    async def lent(self, name: str = "anna", program: str = FAR, minutes: int = 10) -> str:
        """A loan of a robot that is out."""
        loan = await self.ask(program)
        await self.rig.ask(LendRobot(loan=loan, robot=name, minutes=minutes, key=self.key()))
        return loan

    async def driving(self, name: str = "anna") -> str:
        """A loan whose robot drives."""
        loan = await self.lent(name)
        await self.rig.ask(StartRobot(loan=loan, key=self.key()))
        await until(lambda: self.turns(name))
        return loan

    def wheels(self, name: str = "anna") -> list[tuple[float, float]]:
        """Each speed that the wheels were given, by the black box."""
        entries = (json.loads(line) for line in self.boxes[name].read_text(encoding="utf-8").splitlines())
        return [(e["left_mm_s"], e["right_mm_s"]) for e in entries if e["kind"] == "wheels"]

    def turns(self, name: str = "anna") -> bool:
        """Whether its wheels turn now, by the black box."""
        wheels = self.wheels(name)
        return bool(wheels) and wheels[-1] != (0, 0)

    async def view(self, name: str = "anna") -> RobotView:
        """A robot as pages see it."""
        status = (await self.rig.ask(GetStatus())).status
        assert status is not None
        return next(robot for robot in status.robots if robot.name == name)

    def read(self, loan: str) -> Loan:
        """A loan as it stands on disk, read beside the daemon as the kiosk does."""
        with closing(JobReader.open(self.rig.bike.config.paths.jobs_database)) as reader:
            return reader.loan(loan)

    async def state(self, loan: str) -> LoanState:
        """Where a loan is, on disk."""
        return self.read(loan).state

    async def end(self, loan: str) -> LoanEnd | None:
        """Why a loan is over, on disk, once it is."""
        await until(lambda: self.read(loan).state is LoanState.ENDED)
        return self.read(loan).end


@asynccontextmanager
async def fleet_in(tmp_path: Path) -> AsyncIterator[Fleet]:
    """Two robots, connected, at an open halt; loans are looked after."""
    async with rig_in(tmp_path) as rig:
        boxes = {name: tmp_path / f"{name}.jsonl" for name in ("anna", "bruno")}
        section = RobotSection(protocol="thymio", port="sim://thymio", charge_w=6.0)
        for name, box in boxes.items():
            box.touch()
            kit = open_kit(name, "thymio", f"sim://thymio?blackbox={box}")
            rig.bike.robots[name] = RobotStation(kit, section, rig.clock)
        for station in rig.bike.robots.values():
            await station.connect()
            rig.start(station.work(rig.bike.changed))
        await rig.open_halt()
        rig.start(rig.desk._robots._lending.run())
        yield Fleet(rig, boxes)
        for station in rig.bike.robots.values():
            await station.kit.close()
