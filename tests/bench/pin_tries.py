"""E15: 10⁴ wrong PINs, one a second for hours of a virtual clock: `python -m tests.bench.pin_tries [TRIES]`.

Judged from outside: the bytes of every answer, and the words that reach the socket of the emergency stop,
which a child presses in between.
"""

import asyncio
import socket
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from kiosk.access.book import AccessBook
from kiosk.access.lockout import LONGEST_WAIT_S
from kiosk.access.login import Door
from kiosk.access.people import MOST
from kiosk.access.secret import HASHER
from kiosk.app import create_app
from onboard.config import Config, KioskSection, PathsSection

BASE: Final = "http://velo.example"
EVERY: Final = 50
"""The stop is pressed once in so many tries."""


@dataclass
class Outcome:
    """What came of it; `checked` tries were really compared with a PIN."""

    tries: int = 0
    entered: int = 0
    checked: int = 0
    presses: int = 0
    heard: int = 0
    answers: int = 0

    @property
    def checks_a_day(self) -> float:
        """What somebody gets who tries without pause, once the lockout has grown."""
        return 86_400 / LONGEST_WAIT_S


class CountingDoor(Door):
    """A door that counts how often a PIN was compared."""

    checked = 0

    def _whose(self, pin: str) -> tuple[str, str] | None:
        self.checked += 1
        return super()._whose(pin)


async def play(folder: Path, tries: int) -> Outcome:
    """Try and press; the kiosk has twelve mediators, and nobody knows a PIN."""
    config = Config(
        paths=PathsSection(state=folder / "state", run=folder / "run"), kiosk=KioskSection(public_url=BASE)
    )
    now_s = 0.0
    door = CountingDoor(AccessBook(config.paths.kiosk_state), HASHER.hash("998877"), lambda: now_s)
    for number in range(MOST):
        door.people.add("Abcdefghijklmno"[: number + 2])
    app, outcome, seen = create_app(config), Outcome(), set()
    app.state.door = door
    config.paths.run.mkdir()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as lane:
        lane.bind(str(config.paths.stop_socket))
        lane.setblocking(False)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url=BASE, headers={"Origin": BASE}) as tablet:
            for number in range(tries):
                now_s += 1.0
                answer = await tablet.post("/mediateur", data={"pin": f"{number:05}"})
                seen.add((answer.status_code, answer.content, tuple(sorted(answer.headers.items()))))
                outcome.entered += answer.status_code != 403
                if number % EVERY == 0:
                    await tablet.post("/api/v1/stop")
                    outcome.presses += 1
                    outcome.heard += lane.recv(16) == b"stop"
    outcome.tries, outcome.checked, outcome.answers = tries, door.checked, len(seen)
    return outcome


def main() -> int:
    """Play, and say what it means."""
    tries = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        outcome = asyncio.run(play(Path(folder), tries))
    days = {digits: 10**digits / 2 / outcome.checks_a_day for digits in (4, 6)}
    print(f"E15 {outcome.tries} tries: {outcome.entered} entered, {outcome.checked} compared,")  # noqa: T201 - this is what a person reads
    print(f"    {outcome.answers} kind of answer, stop {outcome.heard} of {outcome.presses} heard")  # noqa: T201 - as above
    print(f"    days without pause for half of all PINs: 4 digits {days[4]:.0f}, 6 digits {days[6]:.0f}")  # noqa: T201 - as above
    whole = outcome.entered == 0 and outcome.answers == 1 and outcome.heard == outcome.presses
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())
