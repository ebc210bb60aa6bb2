"""What else goes on while somebody presses stop: busy processors, an upload, a locked queue."""

import http.client
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

UPLOAD_BYTES: Final = 20_000_000
UPLOAD_BYTES_S: Final = 10_000_000
"""As fast as the Wi-Fi of a bike carries it: each upload lasts two seconds."""
PIECE_BYTES: Final = 65_536
_BORDER: Final = "bench"
_HEAD: Final = (
    f'--{_BORDER}\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n'
    "Content-Type: application/octet-stream\r\n\r\n"
).encode()
_TAIL: Final = f"\r\n--{_BORDER}--\r\n".encode()


@contextmanager
def running(*words: str, copies: int = 1) -> Iterator[None]:
    """Let this module do something in processes of its own until the end."""
    command = [sys.executable, "-P", "-m", "tests.bench.stop_load", *words]
    crew = [subprocess.Popen(command) for _ in range(copies)]
    try:
        yield
    finally:
        for member in crew:
            member.terminate()
            member.wait()


def burn() -> None:
    """Keep one processor busy."""
    while True:
        pass


def upload(port: int) -> None:
    """Bring one large file after the other; its ending is refused, so that nothing is made of it."""
    while True:
        with suppress(OSError, http.client.HTTPException):
            _upload_once(port)


def _upload_once(port: int) -> None:
    kiosk = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    kiosk.putrequest("POST", "/fichier")
    kiosk.putheader("Origin", f"http://127.0.0.1:{port}")
    kiosk.putheader("Content-Type", f"multipart/form-data; boundary={_BORDER}")
    kiosk.putheader("Content-Length", str(len(_HEAD) + UPLOAD_BYTES + len(_TAIL)))
    kiosk.endheaders(_HEAD)
    piece = os.urandom(PIECE_BYTES)
    begun_s, sent = time.monotonic(), 0
    while sent < UPLOAD_BYTES:
        size = min(PIECE_BYTES, UPLOAD_BYTES - sent)
        kiosk.send(piece[:size])
        sent += size
        time.sleep(max(0.0, begun_s + sent / UPLOAD_BYTES_S - time.monotonic()))
    kiosk.send(_TAIL)
    kiosk.getresponse().read()
    kiosk.close()


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Hold the queue as another process would."""
    lock = sqlite3.connect(database, isolation_level=None, timeout=20.0)
    try:
        lock.execute("BEGIN EXCLUSIVE")
        yield
    finally:
        lock.close()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["burn"]:
            burn()
        case ["upload", port]:
            upload(int(port))
        case _:
            raise SystemExit("burn, or upload PORT")
