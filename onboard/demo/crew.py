"""The demo's processes: started in order, watched, ended in reverse order."""

import asyncio
import sys
from asyncio.subprocess import Process
from collections.abc import Callable
from pathlib import Path
from typing import Final

START_S: Final = 60.0
END_S: Final = 15.0
POLL_S: Final = 0.1
LOG_TAIL: Final = 12


class CrewError(Exception):
    """A process of the demo did not start or ended by itself; the message holds the end of its log."""


class Crew:
    """Our own modules as child processes, each with a log of its own."""

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._members: dict[str, Process] = {}

    async def start(self, name: str, module: str, *arguments: str, ready: Callable[[], bool]) -> None:
        """Start a module and wait until `ready` says so.

        Raises:
            CrewError: it ended, or was not ready within START_S.
        """
        with (self._logs / f"{name}.log").open("ab") as log:
            command = [sys.executable, "-P", "-m", module, *arguments]
            member = await asyncio.create_subprocess_exec(
                *command, stdin=asyncio.subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )
        self._members[name] = member
        try:
            async with asyncio.timeout(START_S):
                while not ready():
                    if member.returncode is not None:
                        raise CrewError(self._obituary(name, member.returncode))
                    await asyncio.sleep(POLL_S)
        except TimeoutError as error:
            raise CrewError(f"{name} was not ready within {START_S:.0f} s.\n{self._tail(name)}") from error

    def process(self, name: str) -> Process:
        """Return one of the started processes."""
        return self._members[name]

    async def watch(self) -> None:
        """Return never, unless a process ends by itself.

        Raises:
            CrewError: one did.
        """
        waits = {asyncio.create_task(member.wait()): name for name, member in self._members.items()}
        try:
            done, _ = await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        ended = next(iter(done))
        raise CrewError(self._obituary(waits[ended], ended.result()))

    async def end(self) -> None:
        """Ask each process to end, the last started first; kill what does not."""
        for member in reversed(self._members.values()):
            if member.returncode is None:
                member.terminate()
                try:
                    async with asyncio.timeout(END_S):
                        await member.wait()
                except TimeoutError:
                    member.kill()
                    await member.wait()

    def _obituary(self, name: str, code: int) -> str:
        return f"{name} ended with code {code}.\n{self._tail(name)}"

    def _tail(self, name: str) -> str:
        text = (self._logs / f"{name}.log").read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.splitlines()[-LOG_TAIL:])
