"""Uploads: streamed to disk under names of ours, never larger than allowed, safe before they are used."""

import asyncio
import os
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from fastapi import Request
from starlette.requests import ClientDisconnect

from jobs.errors import Sentence
from kiosk.multipart import FormError, MultipartForm
from onboard.config import Config

MEGABYTE: Final = 1_000_000
FORM_BYTES: Final = 65_536
"""What the fields and the borders of a form may take beside its file."""
PATIENCE_S: Final = 30.0


class SpoolError(Exception):
    """A file could not be kept; `sentence` says why to a person, `status` to a browser."""

    def __init__(self, status: int, sentence: Sentence) -> None:
        super().__init__(sentence.en)
        self.status = status
        self.sentence = sentence


def _too_large(limit_bytes: int) -> SpoolError:
    limit = limit_bytes // MEGABYTE
    return SpoolError(
        413,
        Sentence(
            f"Ce fichier est trop gros : {limit} Mo au plus. Choisis un fichier plus simple.",
            f"This file is too big: {limit} MB at most. Choose a simpler file.",
        ),
    )


def _full() -> SpoolError:
    return SpoolError(
        507,
        Sentence(
            "Il n'y a plus de place pour les fichiers. Préviens le médiateur.",
            "There is no room left for files. Tell the mediator.",
        ),
    )


def _nothing() -> SpoolError:
    return SpoolError(400, Sentence("Choisis d'abord un fichier.", "Choose a file first."))


def _broken() -> SpoolError:
    return SpoolError(
        400,
        Sentence(
            "Le fichier n'est pas arrivé en entier. Essaie encore.",
            "The file did not arrive whole. Try again.",
        ),
    )


_ERASED: Final = Sentence("Ce fichier a été effacé.", "This file was erased.")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file in the spool: its name there, its ending (lower case) and the other fields of its form."""

    source: str
    suffix: str
    fields: dict[str, str]


class Spool:
    """A folder that only the kiosk writes, with a limit for each file and for all of them."""

    def __init__(self, folder: Path, file_limit_bytes: int, limit_bytes: int) -> None:
        self._folder = folder
        self._file_limit_bytes = file_limit_bytes
        self._limit_bytes = limit_bytes

    @classmethod
    def of(cls, config: Config) -> "Spool":
        """The spool of a bike."""
        limits = config.kiosk
        return cls(config.paths.spool, limits.upload_limit_mb * MEGABYTE, limits.spool_limit_mb * MEGABYTE)

    @property
    def file_limit_mb(self) -> int:
        """The largest file that is taken."""
        return self._file_limit_bytes // MEGABYTE

    def sweep(self) -> None:
        """Remove what an earlier run of the kiosk left half written."""
        for path in self._folder.glob("*.part"):
            path.unlink(missing_ok=True)

    def discard(self, upload: Upload) -> None:
        """Remove a file that nobody will ask for."""
        self.remove(upload.source)

    def remove(self, source: str) -> None:
        """Remove the file of this name, if there is one."""
        (self._folder / source).unlink(missing_ok=True)

    def again(self, source: str) -> str:
        """Give a file a second name, under which it stays when the first one is erased.

        Raises:
            SpoolError: it is gone, or there is no room.
        """
        name = uuid.uuid4().hex
        try:
            os.link(self._folder / source, self._folder / name)
        except FileNotFoundError as error:
            raise SpoolError(410, _ERASED) from error
        except OSError as error:
            raise _full() from error
        return name

    async def receive(self, request: Request) -> Upload:
        """Keep the one file of a form.

        Raises:
            SpoolError: it is too large, there is no room, or the form is broken.
        """
        self._check_declared(request.headers.get("content-length"))
        name = uuid.uuid4().hex
        part = self._folder / f"{name}.part"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with part.open("xb") as file:
                form = await self._fill(request, file)
                await asyncio.to_thread(_flush, file)
            await asyncio.to_thread(_publish, part, self._folder / name)
        except (FormError, ClientDisconnect, TimeoutError) as error:
            raise _broken() from error
        except OSError as error:
            raise _full() from error
        finally:
            part.unlink(missing_ok=True)
        return Upload(name, Path(form.file_name or "").suffix.lower()[:8], form.fields)

    async def keep(self, data: bytes) -> Upload:
        """Keep a small file that we made from a form.

        Raises:
            SpoolError: there is no room.
        """
        if self._used_bytes() + len(data) > self._limit_bytes:
            raise _full()
        name = uuid.uuid4().hex
        try:
            await asyncio.to_thread(_write, self._folder, name, data)
        except OSError as error:
            raise _full() from error
        return Upload(name, "", {})

    def _check_declared(self, declared: str | None) -> None:
        """Refuse before the first byte what is announced as too large."""
        if declared is not None and declared.isdecimal():
            size = int(declared)
            if size > self._file_limit_bytes + FORM_BYTES:
                raise _too_large(self._file_limit_bytes)
            if self._used_bytes() + size > self._limit_bytes:
                raise _full()

    def _used_bytes(self) -> int:
        try:
            return sum(path.stat().st_size for path in self._folder.iterdir())
        except FileNotFoundError:
            return 0

    async def _fill(self, request: Request, file: BinaryIO) -> MultipartForm:
        """Write the form's file as it arrives, and stop at the first byte too many."""
        free_bytes = self._limit_bytes - self._used_bytes()
        form = MultipartForm(request.headers.get("content-type", ""), file.write)
        seen_bytes = 0
        async for chunk in _patiently(request.stream()):
            seen_bytes += len(chunk)
            if seen_bytes > self._file_limit_bytes + FORM_BYTES:
                raise _too_large(self._file_limit_bytes)
            form.feed(chunk)
            if file.tell() > self._file_limit_bytes:
                raise _too_large(self._file_limit_bytes)
            if file.tell() > free_bytes:
                raise _full()
        form.close()
        if not form.file_name or not file.tell():
            raise _nothing()
        return form


async def _patiently(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same chunks, but a sender who falls silent is given up."""
    while True:
        try:
            async with asyncio.timeout(PATIENCE_S):
                chunk = await anext(chunks)
        except StopAsyncIteration:
            return
        yield chunk


def _write(folder: Path, name: str, data: bytes) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    part = folder / f"{name}.part"
    try:
        with part.open("xb") as file:
            file.write(data)
            _flush(file)
        _publish(part, folder / name)
    finally:
        part.unlink(missing_ok=True)


def _flush(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())


def _publish(part: Path, final: Path) -> None:
    """Give a file its name only once its bytes are on the disk."""
    part.rename(final)
    folder = os.open(final.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
