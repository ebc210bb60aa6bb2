"""A multipart form taken apart while it arrives, so that nothing large is ever held in memory."""

from collections.abc import Callable
from typing import Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

FIELD_LIMIT_BYTES: Final = 4096
PART_LIMIT: Final = 12


class FormError(Exception):
    """The body is no multipart form that one of our pages sends."""


class MultipartForm:
    """Collects the small fields, and hands the bytes of the one file on as they come.

    `file_name` is what the browser called the file (None without one); only its ending may be looked at.
    """

    def __init__(self, content_type: str, write: Callable[[bytes], object]) -> None:
        kind, options = parse_options_header(content_type)
        if kind != b"multipart/form-data" or not options.get(b"boundary"):
            raise FormError("the body is no multipart form")
        self.fields: dict[str, str] = {}
        self.file_name: str | None = None
        self._write = write
        self._parts = 0
        self._name = self._header = self._value = b""
        self._disposition = self._text = b""
        self._in_file = False
        self._ended = False
        self._parser = MultipartParser(
            options[b"boundary"],
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_name,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._headers_finished,
                "on_part_data": self._data,
                "on_part_end": self._end,
                "on_end": self._finish,
            },
        )

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the body.

        Raises:
            FormError: they do not belong to such a form.
        """
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise FormError(str(error)) from error

    def close(self) -> None:
        """Say that the body has ended.

        Raises:
            FormError: it ended too early.
        """
        if not self._ended:
            raise FormError("the body ended too early")

    def _begin(self) -> None:
        self._parts += 1
        if self._parts > PART_LIMIT:
            raise FormError("too many fields")
        self._disposition = self._text = self._header = self._value = b""
        self._in_file = False

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        self._header = self._value = b""

    def _headers_finished(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._name = options.get(b"name", b"")
        if b"filename" in options:
            if self.file_name is not None:
                raise FormError("more than one file")
            self.file_name = options[b"filename"].decode("utf-8", "replace")
            self._in_file = True

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._in_file:
            self._write(data[start:end])
            return
        self._text += data[start:end]
        if len(self._text) > FIELD_LIMIT_BYTES:
            raise FormError("a field is too long")

    def _end(self) -> None:
        if not self._in_file:
            self.fields[self._name.decode("utf-8", "replace")] = self._text.decode("utf-8", "replace")

    def _finish(self) -> None:
        self._ended = True
