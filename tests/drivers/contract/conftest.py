"""Rigs that clean up after themselves, and a recorder of every state that a device ever enters."""

import itertools
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from drivers.device import TRANSITIONS
from drivers.session import Session
from drivers.types import Snapshot
from tests.drivers.contract.rigs import RIGS, Rig
from tests.drivers.pipes import Quality


class Recorder:
    """Stands in for the attribute `Session.snapshot` and keeps every value that it was ever given."""

    def __init__(self) -> None:
        self.seen: dict[Session, list[Snapshot]] = {}

    def __get__(self, session: Session, _owner: type) -> Snapshot:
        return self.seen[session][-1]

    def __set__(self, session: Session, snapshot: Snapshot) -> None:
        self.seen.setdefault(session, []).append(snapshot)

    def check(self) -> None:
        """Only the changes of TRANSITIONS were made, and progress never fell in one program."""
        for snapshots in self.seen.values():
            for before, after in itertools.pairwise(snapshots):
                changed = before.state is not after.state
                assert not changed or after.state in TRANSITIONS[before.state], (before, after)


@pytest.fixture(autouse=True)
def recorder(monkeypatch: pytest.MonkeyPatch) -> Iterator[Recorder]:
    """Watch all devices of a test, and at its end judge the states that they went through."""
    watch = Recorder()
    monkeypatch.setattr(Session, "snapshot", watch, raising=False)
    yield watch
    watch.check()


@pytest.fixture
async def build() -> AsyncIterator[Callable[[str, Quality, int], Rig]]:
    """Build rigs, and close them and their devices at the end."""
    rigs: list[Rig] = []

    def make(kind: str, quality: Quality, seed: int) -> Rig:
        rigs.append(RIGS[kind](quality, seed))
        return rigs[-1]

    yield make
    for rig in rigs:
        await rig.device.close()
        rig.close()
