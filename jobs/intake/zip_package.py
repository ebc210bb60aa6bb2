"""Parts of a ZIP package, counted against lying directories and bombs; nothing is ever unpacked to disk."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from jobs.intake.refusals import refused

ENTRY_LIMIT: Final = 500
UNPACKED_LIMIT_BYTES: Final = 250_000_000
CHUNK_BYTES: Final = 1 << 16
_ENCRYPTED: Final = 0x1
_LOCAL_HEADER_BYTES: Final = 30


class Package:
    """A ZIP file whose directory was found plausible; what is read of it counts against one limit."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
            raise refused("broken") from error
        entries = self._zip.infolist()
        if len(entries) > ENTRY_LIMIT or sum(entry.file_size for entry in entries) > UNPACKED_LIMIT_BYTES:
            raise refused("too-heavy")
        self._parts = {entry.filename.lstrip("/").lower(): entry for entry in entries}
        if len(self._parts) < len(entries) or _overlap(entries):
            raise refused("broken")
        self._left_bytes = UNPACKED_LIMIT_BYTES

    def __contains__(self, part: str) -> bool:
        return part.lstrip("/").lower() in self._parts

    def has_folder(self, folder: str) -> bool:
        """Tell whether any part lies in a folder."""
        return any(part.startswith(folder.lower() + "/") for part in self._parts)

    def chunks(self, part: str) -> Iterator[bytes]:
        """Unpack one part piece by piece.

        Raises:
            DesignRefusedError: the part is missing, damaged, encrypted or larger than allowed.
        """
        entry = self._parts.get(part.lstrip("/").lower())
        if entry is None or entry.flag_bits & _ENCRYPTED:
            raise refused("broken")
        try:
            with self._zip.open(entry) as stream:
                while chunk := stream.read(CHUNK_BYTES):
                    self._left_bytes -= len(chunk)
                    if self._left_bytes < 0:
                        raise refused("too-heavy")
                    yield chunk
        except (
            zipfile.BadZipFile,
            zlib.error,
            NotImplementedError,
            EOFError,
            RuntimeError,
            OSError,
        ) as error:
            raise refused("broken") from error


def _overlap(entries: list[zipfile.ZipInfo]) -> bool:
    """Whether two entries claim the same bytes, as bombs do and packages never.

    Source: D. Fifield, "A better zip bomb", 2019.
    """
    ordered = sorted(entries, key=lambda entry: entry.header_offset)
    return any(
        here.header_offset + _LOCAL_HEADER_BYTES + here.compress_size > following.header_offset
        for here, following in pairwise(ordered)
    )
