"""The answering side of the control socket."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from drivers.errors import DriverError
from jobs.errors import JobError
from jobs.french import in_french
from onboard.control.messages import ASKED, Asked, Refusal, Reply, Signed

log = logging.getLogger(__name__)

Answer = Callable[[Asked], Awaitable[Reply]]

REQUEST_LIMIT = 64 * 1024
READ_TIMEOUT_S = 5.0


class ControlServer:
    """Listens on a Unix socket that only the bike's own group may open."""

    def __init__(self, path: Path, answer: Answer) -> None:
        self._path = path
        self._answer = answer

    async def serve(self, ready: Callable[[], None] = lambda: None) -> None:
        """Answer until cancelled; `ready` is called once the socket listens."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.unlink(missing_ok=True)
        server = await asyncio.start_unix_server(self._converse, self._path, limit=REQUEST_LIMIT)
        self._path.chmod(0o660)
        ready()
        async with server:
            try:
                await server.serve_forever()
            finally:
                self._path.unlink(missing_ok=True)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Read one request, answer it, close; a peer that leaves early is its own business."""
        with suppress(OSError, TimeoutError):
            try:
                reply = await answer_line(await _read_line(reader), self._answer)
                writer.write(reply.model_dump_json(exclude_none=True).encode() + b"\n")
                await writer.drain()
            finally:
                writer.close()


async def _read_line(reader: asyncio.StreamReader) -> bytes:
    """Read one request; one that is too long reads as an empty one."""
    try:
        async with asyncio.timeout(READ_TIMEOUT_S):
            return await reader.readline()
    except ValueError:
        return b""


async def answer_line(line: bytes, answer: Answer) -> Reply:
    """Turn one line into one reply; whatever goes wrong becomes a refusal with a sentence."""
    try:
        asked = ASKED.validate_json(line)
    except (ValidationError, ValueError):
        return refuse("bad-request", "Demande incomprise.", "The request was not understood.")
    try:
        return await answer(asked)
    except JobError as error:
        return refuse(error.code, error.sentence.fr, error.sentence.en)
    except DriverError as error:
        log.warning("%s refused: %s", op_of(asked), error)
        known = in_french(str(error)) or f"la machine dit : {error}"
        return refuse("machine", f"La machine ne peut pas faire cela. {known}", str(error))
    except Exception:
        log.exception("%s failed", op_of(asked))
        return refuse(
            "internal",
            "Quelque chose a échoué à bord. Regardez où en sont les machines, puis réessayez.",
            "Something failed on board. Look at what the machines do, then try again.",
        )


def op_of(asked: Asked) -> str:
    """The name of what is asked, whoever signs it."""
    return asked.request.op if isinstance(asked, Signed) else asked.op


def refuse(code: str, text_fr: str, text_en: str) -> Reply:
    """Build the answer to what cannot be done."""
    return Reply(refusal=Refusal(code=code, text_fr=text_fr, text_en=text_en))
