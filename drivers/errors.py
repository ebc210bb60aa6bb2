"""Every way a machine can fail us, under one root.

The docstring of an error is its default message.
"""


class DriverError(Exception):
    """The machine could not do what was asked."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.__doc__ or type(self).__name__)


class TransportError(DriverError):
    """The line to the machine failed."""


class PortNotFoundError(TransportError):
    """There is no such port: check the cable and the name in dipbike.toml."""


class PortBusyError(TransportError):
    """Another program holds this port: close it and try again."""


class LinkLostError(TransportError):
    """The line to the machine was lost: check its cable and its power, then re-arm it."""


class KeyRefusedError(TransportError):
    """The server refuses the API key: make a new one for the file that dipbike.toml names."""


class ProtocolError(DriverError):
    """The machine answered something that its protocol does not allow."""


class ConnectTimeoutError(ProtocolError):
    """The machine did not answer in time: check that it is switched on and its baud rate."""


class DeviceFaultError(DriverError):
    """The machine reported a fault and is latched until a person re-arms it."""


class DeviceBusyError(DriverError):
    """The machine is busy or not ready: wait until it is idle."""


class ProgramCancelledError(DriverError):
    """The program was cancelled before its end."""


class ProgramInterruptedError(DriverError):
    """The program was interrupted: nothing resumes by itself."""


def for_the_log(error: DriverError) -> str:
    """What a log may keep: a machine's own words, which may be anybody's, are only shown on the pages."""
    return str(error) if isinstance(error, TransportError) else type(error).__doc__ or type(error).__name__
