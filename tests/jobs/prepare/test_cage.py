"""What a preparing child can still reach, tried from inside."""

import json
import logging
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from drivers.types import DeviceKind
from jobs.prepare import cage, fence, mute
from jobs.prepare.request import PrepareRequest
from jobs.prepare.wire import Limits, ask
from jobs.types import Design, DesignKind
from tests.frame.house import ROOT

INSIDE = """
import json, os, socket, subprocess, sys
from jobs.prepare.confine import confine
from jobs.prepare.wire import asked

request, limits = asked(sys.stdin.buffer.readline())
confine(request, limits)
done = {}
def attempt(name, act):
    try:
        act()
        done[name] = True
    except OSError:
        done[name] = False

def by_a_program():
    if subprocess.run(["cat", canary], capture_output=True).returncode:
        raise PermissionError

canary, brought, out, home = sys.argv[1], str(request.source), str(request.out), os.environ["TMPDIR"]
attempt("read canary", lambda: open(canary).read())
attempt("write canary", lambda: open(canary, "a").close())
attempt("cut canary", lambda: os.truncate(canary, 0))
attempt("remove canary", lambda: os.unlink(canary))
attempt("link canary", lambda: os.link(canary, out + "/link"))
attempt("list its folder", lambda: os.listdir(os.path.dirname(canary)))
attempt("read the parent", lambda: open(f"/proc/{os.getppid()}/environ", "rb").read())
attempt("signal the parent", lambda: os.kill(os.getppid(), 0))
attempt("write what was brought", lambda: open(brought, "ab").close())
attempt("write our code", lambda: open(sys.modules["jobs"].__file__, "a").close())
attempt("make a link", lambda: os.symlink(canary, out + "/link"))
attempt("internet socket", lambda: socket.socket(socket.AF_INET))
attempt("datagram socket", lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
attempt("local socket", lambda: socket.socket(socket.AF_UNIX))
attempt("canary by a program", by_a_program)
attempt("read what was brought", lambda: open(brought).read())
attempt("make a file", lambda: open(out + "/made", "x").close())
attempt("make scratch", lambda: os.makedirs(home + "/a/b"))
attempt("be heard", lambda: open(os.devnull, "w").write("x"))
print(json.dumps(done))
"""

ALLOWED = {"read what was brought", "make a file", "make scratch", "be heard"}
SOCKETS = {"internet socket", "datagram socket", "local socket"}
SINCE = {"cut canary": 3, "signal the parent": 6}
"""From which version of Landlock on these are refused; everything else from the first."""


@pytest.fixture
def tried(tmp_path: Path) -> dict[str, bool]:
    """What a confined child could do."""
    for name in ("home", "out", "others"):
        (tmp_path / name).mkdir()
    canary, brought = tmp_path / "others" / "canary", tmp_path / "brought"
    canary.write_text("tweet")
    brought.write_text("shape")
    request = PrepareRequest(Design(DesignKind.MESH, DeviceKind.PRINTER), "i3", brought, tmp_path / "out")
    done = subprocess.run(
        [sys.executable, "-P", "-c", INSIDE, str(canary)],
        cwd=tmp_path / "home",
        env=cage.environment(tmp_path / "home"),
        input=ask(request, Limits()),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    said: dict[str, bool] = json.loads(done.stdout)
    return said


def test_a_child_reaches_only_what_it_was_given(tried: dict[str, bool]) -> None:
    """With Landlock: its upload, its folders and nothing else of the same user; sockets nowhere."""
    version = fence.version()
    reached = {name for name, could in tried.items() if could}
    expected = set(ALLOWED) if version else set(tried) - SOCKETS
    expected |= {name for name, since in SINCE.items() if version < since}
    expected |= set() if mute.known() else SOCKETS
    assert reached == expected


def test_a_system_without_walls_says_so(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the kernel has no Landlock and the processor is a stranger, the log names both, once."""
    cage.say_what_stays_open.cache_clear()
    monkeypatch.setattr(fence, "version", lambda: 0)
    monkeypatch.setattr(mute, "known", lambda: False)
    with caplog.at_level(logging.WARNING):
        cage.command(DesignKind.MESH)
        cage.command(DesignKind.MESH)
    cage.say_what_stays_open.cache_clear()
    assert [("Landlock" in text, "sockets" in text) for text in caplog.messages] == [
        (True, False),
        (False, True),
    ]


def test_the_child_has_no_network(caplog: pytest.LogCaptureFixture) -> None:
    """Where the kernel allows it the child reaches nobody; elsewhere the log says that it is not so."""
    prefix = cage.without_network()
    script = "import socket, sys; socket.create_connection(('127.0.0.1', int(sys.argv[1])), 2)"
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        tried = subprocess.run(
            [*prefix, sys.executable, "-c", script, port], capture_output=True, check=False
        )
    assert (tried.returncode != 0) == bool(prefix)


def test_the_environment_of_the_child_is_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variable of the service reaches the child but the path to programs and how bytecode is kept."""
    monkeypatch.setenv("DIPBIKE_SECRET", "x")
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    own = {"PATH", "PYTHONPATH", "HOME", "TMPDIR", "LC_ALL", "OPENBLAS_NUM_THREADS"}
    assert set(cage.environment(tmp_path)) == own
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    assert set(cage.environment(tmp_path)) == own | {"PYTHONDONTWRITEBYTECODE"}


@pytest.mark.parametrize("kind", DesignKind)
@pytest.mark.parametrize("brought", [True, False])
@pytest.mark.parametrize("milled", [True, False])
def test_every_kind_of_design_has_a_program(kind: DesignKind, brought: bool, milled: bool) -> None:
    """The module that a child is started with is there."""
    module = cage.command(kind, brought=brought, milled=milled)[-1]
    assert (ROOT / module.replace(".", "/")).with_suffix(".py").is_file()
