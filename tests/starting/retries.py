"""Tablets whose Wi-Fi drops just after they sent something, and which send it again."""

import asyncio
import random
import secrets
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from drivers.types import DeviceKind
from jobs.types import JobState
from kiosk.server import server_of
from onboard.control.server import ControlServer
from tests.onboard.rig import PRINT, Rig, until

LONGEST_S: Final = 0.03
AT_ONCE: Final = 8
DRAWING: Final = b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0 9 0 9 9Z"/></svg>'
_BORDER: Final = "tablet"


@dataclass(slots=True)
class Retries:
    """What was sent twice: keys of drafts and ids of jobs sent to the mediator, and what came back."""

    keys: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


async def retry_often(rig: Rig, count: int, seed: int) -> Retries:
    """Make `count` submissions, each cut off once and sent again."""
    dice, done = random.Random(seed), Retries()  # noqa: S311 - repeatable
    async with kiosk_of(rig) as port:
        for first in range(0, count, AT_ONCE):
            numbers = range(first, min(count, first + AT_ONCE))
            await asyncio.gather(*(_once(rig, port, number, dice.random(), done) for number in numbers))
            rig.workshop.shares.clear()  # nothing is prepared here, so the room before the workshop is made
    return done


@asynccontextmanager
async def kiosk_of(rig: Rig) -> AsyncIterator[int]:
    """The bike's own pages over real connections; give the port."""
    path = rig.bike.config.paths.control_socket
    serving = rig.start(ControlServer(path, rig.desk.answer).serve())
    await until(path.exists)
    listener = socket.create_server(("127.0.0.1", 0))
    server = server_of(rig.bike.config)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    await until(lambda: server.started)
    try:
        yield listener.getsockname()[1]
    finally:
        server.stop()
        await task
        serving.cancel()


async def _once(rig: Rig, port: int, number: int, chance: float, done: Retries) -> None:
    if number % 2:
        job = await rig.ready(f"retry-{number:05}", PRINT, DeviceKind.PRINTER)
        request = _post(port, f"/envoyer/{job.id}", b"", "application/x-www-form-urlencoded")
        done.sent.append(job.id)
    else:
        key = f"{number:04}{secrets.token_hex(4)}"
        request = _post(port, "/fichier", _form(key), f"multipart/form-data; boundary={_BORDER}")
        done.keys.append(key)
    tablet = f"127.0.{1 + number // 200}.{2 + number % 200}"
    await _cut_off(port, tablet, request, chance * LONGEST_S)
    answer = await _whole(port, tablet, request)
    if b" 303 " not in answer.split(b"\r\n", 1)[0]:
        done.refused.append(answer[:80].decode(errors="replace"))


async def _cut_off(port: int, tablet: str, request: bytes, after_s: float) -> None:
    """Send all and hang up without having heard a byte of the answer."""
    _, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(tablet, 0))
    writer.write(request)
    await writer.drain()
    await asyncio.sleep(after_s)
    writer.transport.abort()


async def _whole(port: int, tablet: str, request: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(tablet, 0))
    writer.write(request)
    answer = await reader.read()
    writer.close()
    return answer


def _post(port: int, path: str, body: bytes, kind: str) -> bytes:
    host = f"127.0.0.1:{port}"
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nConnection: close\r\n"
    return f"{head}Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def _form(key: str) -> bytes:
    field_of = f'--{_BORDER}\r\nContent-Disposition: form-data; name="key"\r\n\r\n{key}\r\n'
    file_of = f'--{_BORDER}\r\nContent-Disposition: form-data; name="file"; filename="a.svg"\r\n\r\n'
    return (field_of + file_of).encode() + DRAWING + f"\r\n--{_BORDER}--\r\n".encode()


def doubled(rig: Rig, done: Retries) -> list[str]:
    """Keys without exactly one job, jobs not sent exactly once, files that belong to none."""
    jobs = rig.store.jobs()
    by_key = {job.key: [each for each in jobs if each.key == job.key] for job in jobs}
    wrong = [key for key in done.keys if len(by_key.get(key, [])) != 1]
    for job_id in done.sent:
        steps = [entry.to_state for entry in rig.store.journal(job_id)]
        if steps.count(JobState.WAITING) != 1 or rig.store.get(job_id).ticket is None:
            wrong.append(job_id)
    if len(jobs) != len(done.keys) + len(done.sent):
        wrong.append(f"{len(jobs)} jobs")
    known = {job.design.source for job in jobs}
    spool = rig.bike.config.paths.spool
    return wrong + [path.name for path in spool.iterdir() if path.is_file() and path.name not in known]
