"""The asking side of the control socket."""

import asyncio
from pathlib import Path

from pydantic import ValidationError

from jobs.errors import Sentence
from onboard.control.messages import Asked, Reply

LINE_LIMIT = 1 << 20
"""Longest answer in bytes; a status with 200 jobs is about 100 kB."""


class DaemonUnreachableError(Exception):
    """The daemon did not answer; `sentence` says so to a person."""

    sentence = Sentence(
        "Le vélo ne répond pas. Prévenez le médiateur ; le bouton rouge arrête les machines.",
        "The bike does not answer. Tell the mediator; the red button stops the machines.",
    )

    def __init__(self, why: str) -> None:
        super().__init__(f"The daemon does not answer ({why}): check that `dipbike daemon` is running.")


class ControlClient:
    """Asks one question a connection, so that a lost daemon is noticed at once."""

    def __init__(self, path: Path, timeout_s: float = 5.0) -> None:
        self._path = path
        self._timeout_s = timeout_s

    async def ask(self, request: Asked) -> Reply:
        """Send one request and return the daemon's answer.

        Raises:
            DaemonUnreachableError: nobody listens, or no valid answer came in time.
        """
        try:
            async with asyncio.timeout(self._timeout_s):
                line = await self._exchange(request.model_dump_json().encode() + b"\n")
            return Reply.model_validate_json(line)
        except TimeoutError as error:
            raise DaemonUnreachableError(f"no answer in {self._timeout_s:g} s") from error
        except (OSError, ValueError, ValidationError) as error:
            raise DaemonUnreachableError(str(error)) from error

    async def _exchange(self, question: bytes) -> bytes:
        reader, writer = await asyncio.open_unix_connection(self._path, limit=LINE_LIMIT)
        try:
            writer.write(question)
            await writer.drain()
            line = await reader.readline()
        finally:
            writer.close()
        if not line:
            raise ConnectionResetError("the connection was closed")
        return line
