"""A non-blocking byte pipe to a machine, opened by URL."""

import contextlib
import errno
import fcntl
import os
import socket
import struct
import termios
from collections.abc import Callable
from typing import Final, Protocol, TypeVar
from urllib.parse import urlsplit

import serial

from drivers.errors import LinkLostError, PortBusyError, PortNotFoundError, TransportError

READ_SIZE: Final = 4096
CONNECT_TIMEOUT_S: Final = 5.0
PSEUDOTERMINALS: Final = "/dev/pts/"

Answer = TypeVar("Answer")


class Transport(Protocol):
    """Bytes to and from one machine; only `close` may be called twice."""

    def fileno(self) -> int:
        """The descriptor to wait on."""

    def read(self) -> bytes:
        """Return what has arrived, b"" when nothing has; raises LinkLostError at its end."""

    def write(self, data: bytes) -> int:
        """Hand over as much as the kernel takes now and return how much; raises LinkLostError."""

    def output_waiting(self) -> int:
        """Bytes that the kernel has not yet sent, 0 where it does not tell."""

    def discard_output(self) -> None:
        """Throw away what the kernel has not yet sent, where it can."""

    def close(self) -> None:
        """Release the port."""


def open_transport(url: str, baud_bps: int) -> Transport:
    """Open `/dev/…` or `socket://host:port`.

    Raises:
        PortNotFoundError: there is nothing at that address.
        PortBusyError: another program holds the port.
        TransportError: the address makes no sense or the port cannot be set up.
    """
    if url.startswith("socket://"):
        return _open_socket(url)
    if url.startswith("/"):
        return SerialTransport(url, baud_bps)
    raise TransportError(f"{url!r} is no port: write /dev/serial/by-id/… or socket://host:port.")


class SocketTransport:
    """A stream socket as a byte pipe."""

    def __init__(self, end: socket.socket) -> None:
        end.settimeout(0)
        self._end = end

    def fileno(self) -> int:
        """The socket's descriptor."""
        return self._end.fileno()

    def read(self) -> bytes:
        """Return what has arrived."""
        data = _attempt(lambda: self._end.recv(READ_SIZE))
        if data == b"":
            raise LinkLostError
        return data or b""

    def write(self, data: bytes) -> int:
        """Hand over what the socket takes now."""
        return _attempt(lambda: self._end.send(data)) or 0

    def output_waiting(self) -> int:
        """A socket does not tell how much the far side has still to send."""
        return 0

    def discard_output(self) -> None:
        """What a socket has taken is on its way."""

    def close(self) -> None:
        """Close the socket."""
        self._end.close()


class SerialTransport:
    """A serial port or a pseudo-terminal, held exclusively."""

    def __init__(self, path: str, baud_bps: int) -> None:
        self._port = _open_serial(path, baud_bps)
        _tell_silence_from_loss(self._port.fileno())
        with contextlib.suppress(OSError, ValueError, AttributeError):
            # Only some USB chips have this switch; without it the line is slower, not wrong.
            self._port.set_low_latency_mode(True)
        self._fd = self._port.fileno()
        self._counts_output = not os.ttyname(self._fd).startswith(PSEUDOTERMINALS)

    def fileno(self) -> int:
        """The port's descriptor."""
        return self._fd

    def read(self) -> bytes:
        """Return what has arrived."""
        data = _attempt(lambda: os.read(self._fd, READ_SIZE))
        if data == b"":
            raise LinkLostError
        return data or b""

    def write(self, data: bytes) -> int:
        """Hand over what the port takes now."""
        return _attempt(lambda: os.write(self._fd, data)) or 0

    def output_waiting(self) -> int:
        """Bytes in the kernel's queue; a pseudo-terminal would always answer 0."""
        if not self._counts_output:
            return 0
        try:
            answer = fcntl.ioctl(self._fd, termios.TIOCOUTQ, b"\0\0\0\0")
        except OSError:
            return 0
        return int(struct.unpack("i", answer)[0])

    def discard_output(self) -> None:
        """Empty the kernel's queue; a pseudo-terminal keeps what its far side can read already."""
        with contextlib.suppress(OSError, termios.error):  # a lost port is told by the write that follows
            termios.tcflush(self._fd, termios.TCOFLUSH)

    def close(self) -> None:
        """Release the port; its number may serve another file from now on."""
        self._fd = -1
        self._port.close()


def _attempt(action: Callable[[], Answer]) -> Answer | None:
    try:
        return action()
    except BlockingIOError:
        return None
    except (OSError, ValueError) as error:
        raise LinkLostError from error


def _open_socket(url: str) -> SocketTransport:
    parts = urlsplit(url)
    try:
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if host is None or port is None:
        raise TransportError(f"{url!r} is no address: write socket://host:port.")
    try:
        end = socket.create_connection((host, port), timeout=CONNECT_TIMEOUT_S)
    except OSError as error:
        raise PortNotFoundError(f"Nothing answers at {url}: {error.strerror or error}.") from error
    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return SocketTransport(end)


def _open_serial(path: str, baud_bps: int) -> serial.Serial:
    try:
        return serial.Serial(path, baud_bps, timeout=0, write_timeout=0, exclusive=True)
    except (serial.SerialException, OSError, ValueError) as error:
        raise _explain(path, error) from error


def _explain(path: str, error: Exception) -> TransportError:
    match getattr(error, "errno", None):
        case errno.ENOENT | errno.ENODEV | errno.ENXIO:
            return PortNotFoundError(
                f"There is no port {path}: check the cable and the name in dipbike.toml."
            )
        case errno.EAGAIN | errno.EBUSY:
            return PortBusyError(f"Another program holds {path}: close it and try again.")
        case errno.EACCES | errno.EPERM:
            return TransportError(f"This user may not open {path}: add it to the group of serial ports.")
        case _:
            return TransportError(f"{path} is no serial port that can be used: {error}.")


def _tell_silence_from_loss(fd: int) -> None:
    """With VMIN 0 an empty port and a lost one read alike; with VMIN 1 the empty one says EAGAIN."""
    attributes = termios.tcgetattr(fd)
    attributes[6][termios.VMIN] = 1
    termios.tcsetattr(fd, termios.TCSANOW, attributes)
