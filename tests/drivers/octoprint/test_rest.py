"""Servers that are not as they should be, each on a real socket: bounded in time, told in a sentence."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import pytest

from drivers.errors import DeviceBusyError, DriverError, KeyRefusedError, LinkLostError, ProtocolError
from drivers.octoprint import rest
from drivers.octoprint.rest import Rest

KEY = "0123456789ABCDEF"


def answer(status: str, body: str, *headers: str) -> bytes:
    """One whole HTTP answer."""
    head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body.encode())}", "Connection: close", *headers]
    return ("\r\n".join(head) + "\r\n\r\n" + body).encode()


@contextmanager
def serving(reply: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """A server that gives everybody the same bytes; yields its address and what it was asked."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    caller, _ = listener.accept()
                except OSError:
                    return
                with caller:
                    asked.append(caller.recv(65536))
                    if reply:
                        caller.sendall(reply)
                    else:
                        caller.recv(1)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", asked
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)


@pytest.mark.parametrize(
    ("reply", "error", "says"),
    [
        (answer("403 FORBIDDEN", '{"error": "no"}'), KeyRefusedError, "refuses the API key"),
        (answer("401 UNAUTHORIZED", ""), KeyRefusedError, "refuses the API key"),
        (
            answer("409 CONFLICT", '{"error": "Printer is not operational"}'),
            DeviceBusyError,
            "not operational",
        ),
        (answer("404 NOT FOUND", "no"), ProtocolError, "no such file"),
        (answer("500 OOPS", "<html>" + "x" * 9999), ProtocolError, "OctoPrint answered"),
        (answer("200 OK", "<html>hello</html>"), LinkLostError, "does not answer"),
        (answer("200 OK", "[1, 2]"), ProtocolError, "no OctoPrint"),
        (b"SSH-2.0-OpenSSH_9\r\n", LinkLostError, "does not answer"),
    ],
)
def test_a_wrong_answer_is_a_sentence(reply: bytes, error: type[DriverError], says: str):
    """Whatever sits on that port, the reader learns what to check."""
    with serving(reply) as (address, _), pytest.raises(error, match=says) as raised:
        Rest(address, KEY).version()
    assert len(str(raised.value)) < 300


def test_the_key_is_not_carried_to_another_host():
    """A redirect is no answer of OctoPrint: the key would go where nobody meant it to go."""
    with serving(answer("200 OK", '{"text": "OctoPrint"}')) as (elsewhere, asked):
        moved = answer("302 FOUND", "", f"Location: {elsewhere}/api/version")
        with serving(moved) as (address, _), pytest.raises(LinkLostError):
            Rest(address, KEY).version()
        assert asked == []


def test_a_silent_server_is_left_in_time(monkeypatch: pytest.MonkeyPatch):
    """Octorest alone would wait for ever."""
    monkeypatch.setattr(rest, "ANSWER_S", 0.3)
    with serving(b"") as (address, _), pytest.raises(LinkLostError, match="does not answer"):
        Rest(address, KEY).version()


def test_every_call_carries_the_key_and_ignores_proxies(monkeypatch: pytest.MonkeyPatch):
    """The server is on the bike's own network, whatever the environment says."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with serving(answer("200 OK", '{"text": "OctoPrint 1.11.8"}')) as (address, asked):
        assert Rest(address, KEY).version() == "OctoPrint 1.11.8"
    assert KEY.encode() in asked[0]


def test_a_file_that_is_gone_was_never_printed_and_is_deleted():
    """Somebody removed it in OctoPrint: that is no error of ours."""
    with serving(answer("404 NOT FOUND", "no")) as (address, _):
        client = Rest(address, KEY)
        assert client.prints("a.gcode").completed == 0
        client.delete("a.gcode")


@pytest.mark.parametrize("call", ["pause", "resume", "cancel", "open_printer"])
def test_orders_are_one_request_each(call: str):
    """A repeated order would be a second pause or a second cancel."""
    with serving(answer("204 NO CONTENT", "")) as (address, asked):
        getattr(Rest(address, KEY), call)()
    assert len(asked) == 1


def test_a_print_is_started_by_selecting_it():
    """Octorest ignores `print` in an upload: only a select with print begins."""
    with serving(answer("204 NO CONTENT", "")) as (address, asked):
        partial(Rest(address, KEY).start, "dipbike-1.gcode")()
    assert b"/api/files/local/dipbike-1.gcode" in asked[0]
