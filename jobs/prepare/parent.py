"""The parent's side of preparing: starts the child in its cage, listens, and ends its whole group.

Limits are set by the child itself as its first act (`Limits.apply`), because code run between fork and exec
in a threaded parent may deadlock; only our own imports run before.
"""

import asyncio
import contextlib
import json
import logging
import os
import signal
import tempfile
from pathlib import Path
from typing import Final

from jobs.errors import TOO_SLOW, PreparationFailedError, Sentence
from jobs.machines import PROFILES, MillProfile
from jobs.prepare import cage
from jobs.prepare.request import PrepareRequest, ProgressReport
from jobs.prepare.wire import FILES, Limits, ask, told
from jobs.types import Prepared

log = logging.getLogger(__name__)

LINE_LIMIT: Final = 1 << 20
STAGES: Final = {"intake": (0.0, 0.1), "slice": (0.1, 0.75), "check": (0.75, 0.85), "estimate": (0.85, 1.0)}
"""Which part of the whole each stage is, from where to where."""


async def prepare(request: PrepareRequest, report: ProgressReport, limits: Limits | None = None) -> Prepared:
    """Make a design in a child process; `report` gets the stage and the share of the whole, 0 to 1.

    Raises:
        DesignRefusedError: what was brought cannot be made.
        ProgramRefusedError: the program did not pass the gate.
        PreparationFailedError: the child failed or passed a limit; `out` is then as empty as before.
    """
    bounds = limits or Limits()
    with tempfile.TemporaryDirectory(prefix="dipbike-child-", ignore_cleanup_errors=True) as home:
        try:
            async with asyncio.timeout(bounds.wall_s):
                return await _prepare(request, report, bounds, Path(home))
        except TimeoutError as error:
            _clear(request.out)
            raise PreparationFailedError("too-slow", TOO_SLOW) from error
        except BaseException:
            _clear(request.out)
            raise


async def _prepare(request: PrepareRequest, report: ProgressReport, limits: Limits, home: Path) -> Prepared:
    """Run one child to its end, or kill it and all it started."""
    errors = home / "errors.log"
    brought = request.source is not None
    milled = isinstance(PROFILES[request.profile], MillProfile)
    command = await asyncio.to_thread(cage.command, request.design.kind, brought=brought, milled=milled)
    with errors.open("wb") as stderr:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=home,
            env=cage.environment(home),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=stderr,
            limit=LINE_LIMIT,
            start_new_session=True,
        )
    try:
        last = await _listen(process, ask(request, limits), report)
        code = await process.wait()
    finally:
        await _end(process)
    try:
        return told(json.loads(last), request.out)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        said = errors.read_bytes()[-2000:].decode(errors="replace")
        log.error("The preparing child ended with %s: %s", code, said)  # noqa: TRY400 - its own words say more
        raise _ended(code) from error


async def _listen(process: asyncio.subprocess.Process, line: bytes, report: ProgressReport) -> bytes:
    """Hand over the request, pass progress on and return the last other line."""
    if process.stdin is None or process.stdout is None:
        raise PreparationFailedError("child-failed", _FAILED)
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # its exit code tells what happened
        process.stdin.write(line)
        await process.stdin.drain()
        process.stdin.close()
    last = b""
    while said := await _line(process.stdout):
        progress = _progress(said)
        if progress is None:
            last = said
        else:
            report(*progress)
    return last


async def _line(stream: asyncio.StreamReader) -> bytes:
    """The next line; one that is too long ends the talk."""
    try:
        return await stream.readline()
    except ValueError:
        return b""


def _progress(line: bytes) -> tuple[str, float] | None:
    """Stage and share of the whole, None when the line is not about progress."""
    try:
        stage, share = json.loads(line)["progress"]
        start, end = STAGES[stage]
        return str(stage), start + (end - start) * min(max(float(share), 0.0), 1.0)
    except (ValueError, KeyError, TypeError):
        return None


async def _end(process: asyncio.subprocess.Process) -> None:
    """Kill the whole group: the slicer must not outlive its job."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()


def _clear(out: Path) -> None:
    """Leave nothing of an unfinished preparation."""
    for name in FILES:
        (out / name).unlink(missing_ok=True)


def _ended(code: int) -> PreparationFailedError:
    """Say why a child ended without a word."""
    if code in {-signal.SIGXCPU, -signal.SIGKILL}:
        return PreparationFailedError("too-slow", TOO_SLOW)
    return PreparationFailedError("child-failed", _FAILED)


_FAILED: Final = Sentence(
    "La préparation a échoué. Essaie une autre fois, ou montre le fichier à ta médiatrice ou ton médiateur.",
    "Preparing failed. Try again, or show the file to your mediator.",
)
