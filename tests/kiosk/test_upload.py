"""Uploads: streamed, bounded, under names of ours, and gone when nobody takes them."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from kiosk.spool import Spool
from onboard.config import Config

TWO_GIGABYTES = 2_000_000_000
HEAD = (
    b'--border\r\nContent-Disposition: form-data; name="key"\r\n\r\n12345678\r\n'
    b'--border\r\nContent-Disposition: form-data; name="file"; filename="a.stl"\r\n\r\n'
)
MULTIPART = {"Content-Type": "multipart/form-data; boundary=border"}


def left(config: Config) -> list[Path]:
    """What lies in the spool."""
    return list(config.paths.spool.glob("*"))


async def send_without_end(client: httpx.AsyncClient, head: str) -> tuple[bytes, int]:
    """Send up to 2 GB until the server has enough; return its answer and how much it let us send."""
    base = client.base_url
    reader, writer = await asyncio.open_connection(base.host, base.port)
    writer.write(head.encode() + HEAD.join((b"%x\r\n" % len(HEAD), b"\r\n")))
    block = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
    sent = 0
    answer = asyncio.create_task(reader.read(65_536))
    try:
        while sent < TWO_GIGABYTES:
            writer.write(block)
            await writer.drain()
            sent += 0x10000
    except ConnectionError:
        pass  # the server closed: exactly what is to be seen
    writer.close()
    return await answer, sent


async def test_two_gigabytes_are_cut_early(served: httpx.AsyncClient, config: Config) -> None:
    """A body of unknown length ends soon after the limit of 1 MB, and leaves nothing behind."""
    head = (
        f"POST /fichier HTTP/1.1\r\nHost: {served.base_url.netloc.decode()}\r\n"
        f"Origin: {served.headers['Origin']}\r\nContent-Type: {MULTIPART['Content-Type']}\r\n"
        "Transfer-Encoding: chunked\r\n\r\n"
    )
    for _ in range(5):  # a reset may overtake the answer on its way
        with suppress(ConnectionResetError):
            answer, sent = await send_without_end(served, head)
            break
    assert b" 413 " in answer.split(b"\r\n")[0]
    assert sent < 30_000_000  # the limit, and what two sockets hold
    assert left(config) == []


async def test_a_declared_length_beyond_the_limit_is_refused_at_once(
    client: httpx.AsyncClient, config: Config
) -> None:
    """Nobody has to send a file that will not be taken."""
    answer = await client.post(
        "/fichier", files={"file": ("a.stl", b"x" * 1_200_000)}, data={"key": "12345678"}
    )
    assert answer.status_code == 413
    assert "trop gros : 1 Mo au plus" in answer.text
    assert left(config) == []


async def test_a_file_just_over_the_limit_is_refused_while_streaming(
    client: httpx.AsyncClient, config: Config
) -> None:
    """The file itself counts, not only the declared body."""
    answer = await client.post(
        "/fichier", files={"file": ("a.stl", b"x" * 1_000_001)}, data={"key": "12345678"}
    )
    assert answer.status_code == 413
    assert left(config) == []


async def test_a_full_spool_takes_no_more(client: httpx.AsyncClient, config: Config) -> None:
    """All uploads together have a limit, too."""
    config.paths.spool.mkdir(parents=True)
    (config.paths.spool / "old").write_bytes(b"x" * 9_990_000)
    answer = await client.post("/fichier", files={"file": ("a.stl", b"x" * 20_000)}, data={"key": "12345678"})
    assert answer.status_code == 507
    assert "plus de place" in answer.text
    assert [path.name for path in left(config)] == ["old"]


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("a.stl", 503),
        ("a.STL", 503),
        ("a.svg", 503),
        ("a.gcode", 422),
        ("a", 422),
        ("", 400),
        ("../../x.php", 422),
    ],
)
async def test_a_file_that_leads_to_no_job_is_removed(
    client: httpx.AsyncClient, config: Config, name: str, status: int
) -> None:
    """Known kinds get as far as the absent daemon, others a sentence; neither leaves a file."""
    body = HEAD.replace(b"a.stl", name.encode()) + b"solid\r\n--border--\r\n"
    answer = await client.post("/fichier", content=body, headers=MULTIPART)
    assert answer.status_code == status
    assert "data-sentence" in answer.text
    assert left(config) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no form at all",
        HEAD + b"cut of",
        HEAD + b"x\r\n" + HEAD + b"x\r\n--border--\r\n",
        HEAD.replace(b"12345678", b"x" * 5000) + b"x\r\n--border--\r\n",
        b'--border\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' * 13 + b"--border--\r\n",
    ],
)
async def test_a_broken_form_is_refused(client: httpx.AsyncClient, config: Config, body: bytes) -> None:
    """Cut off, doubled or overlong: a sentence, and nothing left."""
    answer = await client.post("/fichier", content=body, headers=MULTIPART)
    assert answer.status_code == 400
    assert "Essaie encore" in answer.text
    assert left(config) == []


@pytest.mark.parametrize(
    "body",
    [
        b'--border\r\nContent-Disposition: form-data; name="key"\r\n\r\n12345678\r\n--border--\r\n',
        HEAD + b"\r\n--border--\r\n",
        HEAD.replace(b"a.stl", b"") + b"\r\n--border--\r\n",
    ],
)
async def test_a_form_without_a_file_asks_for_one(
    client: httpx.AsyncClient, config: Config, body: bytes
) -> None:
    """The green button pressed too early is no accident."""
    answer = await client.post("/fichier", content=body, headers=MULTIPART)
    assert answer.status_code == 400
    assert "Choisis d&#39;abord un fichier" in answer.text
    assert left(config) == []


async def test_a_form_without_border_is_refused(client: httpx.AsyncClient) -> None:
    """A JSON body is no form."""
    assert (await client.post("/fichier", json={"file": "x"})).status_code == 400


class Arriving:
    """A request whose body arrives in pieces."""

    def __init__(self, body: bytes, step: int) -> None:
        self.headers = MULTIPART | {"content-type": MULTIPART["Content-Type"]}
        self._pieces = [body[start : start + step] for start in range(0, len(body), step)]

    async def stream(self) -> AsyncIterator[bytes]:
        """Give the pieces one after the other."""
        for piece in self._pieces:
            yield piece


@pytest.mark.parametrize("step", [1, 7, 4096])
async def test_a_file_is_kept_under_a_name_of_ours(tmp_path: Path, step: int) -> None:
    """However the body is cut, the bytes are the same, the name is a UUID and the fields are read."""
    spool = Spool(tmp_path / "spool", 1_000_000, 10_000_000)
    content = bytes(range(256)) * 8 + b"\r\n--borde\r\n--"
    upload = await spool.receive(Arriving(HEAD + content + b"\r\n--border--\r\n", step))
    assert re.fullmatch(r"[0-9a-f]{32}", upload.source)
    assert upload.suffix == ".stl"
    assert upload.fields == {"key": "12345678"}
    assert [path.name for path in (tmp_path / "spool").iterdir()] == [upload.source]
    assert (tmp_path / "spool" / upload.source).read_bytes() == content


def test_half_written_files_of_an_earlier_run_are_swept(tmp_path: Path) -> None:
    """A kiosk that was killed while it received leaves nothing for good."""
    (tmp_path / "a.part").write_bytes(b"x")
    (tmp_path / "b").write_bytes(b"x")
    Spool(tmp_path, 1, 1).sweep()
    assert [path.name for path in tmp_path.iterdir()] == ["b"]
