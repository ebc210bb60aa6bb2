"""Aseba's own playground: a Thymio II that runs Aseba's real virtual machine, and an eye that sees it move.

The eye is a second, independent connection: the playground tells over D-Bus where its robots stand.
"""

import contextlib
import math
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from jeepney import DBusAddress, Message, Properties, new_method_call
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.wrappers import DBusErrorResponse, unwrap_msg
from PIL import Image

from drivers.robots.body import Pose
from onboard.ports import free_port

PACKAGES: Final = ("aseba", "xvfb", "xauth", "libgl1-mesa-dri", "dbus")
PROGRAMS: Final = ("asebaplayground", "asebaswitch", "xvfb-run", "xauth", "dbus-daemon")
SERVICE: Final = "ch.epfl.mobots.AsebaPlayground"
FIELD_MM: Final = 2000.0
DARK_FROM_MM: Final = 1500.0
"""The floor is white up to here, then black."""
START: Final = Pose(600.0, 600.0, 0.0)
BUTTONS: Final = ("backward", "left", "center", "forward", "right")
STILL_S: Final = 0.3
PATIENCE_S: Final = 60.0
WORLD: Final = """<!DOCTYPE aseba-playground>
<aseba-playground>
  <author name="tests" email="tests@example.org"/>
  <description lang="en">One Thymio on a floor, white here and black there</description>
  <color name="wall" r="0.9" g="0.9" b="0.9"/>
  <world w="200" h="200" color="wall" groundTexture="floor.png"/>
  <camera x="100" y="-50" altitude="150" yaw="0.3" pitch="-0.7"/>
  <robot type="thymio2" x="60" y="60" port="{port}" angle="0" name="Thymio"/>
</aseba-playground>
"""
BUS: Final = """<busconfig><type>session</type><listen>unix:path={path}</listen><auth>EXTERNAL</auth>
<policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/>
<allow own="*"/></policy></busconfig>
"""


def install() -> None:
    """Have Debian's aseba and what shows it to nobody, where they are missing."""
    if not all(shutil.which(program) for program in PROGRAMS):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        command = ["apt-get", "install", "-q", "-y", "--no-install-recommends", *PACKAGES]
        subprocess.run(command, check=True, env=environment)


@dataclass(frozen=True, slots=True)
class Robot:
    """The playground's robot, as its D-Bus interface has it."""

    bus: DBusConnection
    path: str

    @property
    def pose(self) -> Pose:
        """Where it stands, in millimetres and degrees."""
        x_cm, y_cm, angle = (self._get(name) for name in ("x", "y", "angle"))
        return Pose(10 * x_cm, 10 * y_cm, math.degrees(angle))

    def place(self, pose: Pose) -> None:
        """Put it somewhere by hand."""
        values = (pose.x_mm / 10, pose.y_mm / 10, math.radians(pose.heading_deg))
        for name, value in zip(("x", "y", "angle"), values, strict=True):
            self._ask(Properties(self._object).set(name, "d", value))

    def press(self, button: str, *, is_down: bool) -> None:
        """Press or release one of its buttons."""
        thymio = DBusAddress(self.path + "/thymio2", SERVICE, "ch.epfl.mobots.PlaygroundThymio2")
        self._ask(new_method_call(thymio, "SetButton", "ub", (BUTTONS.index(button), is_down)))

    def settled(self) -> Pose:
        """Wait until it stands still, and return where."""
        give_up_s = time.monotonic() + PATIENCE_S
        before = self.pose
        while time.monotonic() < give_up_s:
            time.sleep(STILL_S)
            now = self.pose
            if now == before:
                return now
            before = now
        raise AssertionError(f"the robot does not come to a stand: {before}")

    @property
    def _object(self) -> DBusAddress:
        return DBusAddress(self.path, SERVICE, "ch.epfl.mobots.EnkiPhysicalObject")

    def _get(self, name: str) -> float:
        (typed,) = self._ask(Properties(self._object).get(name))
        assert isinstance(typed, tuple)
        return float(typed[1])

    def _ask(self, message: Message) -> tuple[object, ...]:
        answer: tuple[object, ...] = unwrap_msg(self.bus.send_and_get_reply(message, timeout=PATIENCE_S))
        return answer


@dataclass(frozen=True, slots=True)
class Playground:
    """The running program: where its robot listens, and the robot."""

    port: int
    robot: Robot

    @property
    def url(self) -> str:
        """The robot's address, as in dipbike.toml."""
        return f"socket://127.0.0.1:{self.port}"

    @contextlib.contextmanager
    def switch(self) -> Iterator[str]:
        """Put Aseba's switch in between, and return its address."""
        port = free_port()
        target = f"tcp:host=127.0.0.1;port={self.port}"
        with running(["asebaswitch", "-p", str(port), target], dict(os.environ)):
            wait_for(lambda: is_open(port))
            yield f"socket://127.0.0.1:{port}"


@contextlib.contextmanager
def playing(folder: Path) -> Iterator[Playground]:
    """Run the playground with one robot until the end of the block."""
    port, bus = free_port(), folder / "bus"
    (folder / "bus.conf").write_text(BUS.format(path=bus), encoding="utf-8")
    (folder / "world.playground").write_text(WORLD.format(port=port), encoding="utf-8")
    floor = Image.new("RGB", (200, 200), "white")
    floor.paste("black", (round(DARK_FROM_MM / 10), 0, 200, 200))
    floor.save(folder / "floor.png")
    environment = {
        **os.environ,
        "HOME": str(folder),
        "XDG_RUNTIME_DIR": str(folder),
        "LIBGL_ALWAYS_SOFTWARE": "1",
        "DBUS_SESSION_BUS_ADDRESS": f"unix:path={bus}",
    }
    show = ["xvfb-run", "-a", "-s", "-screen 0 320x240x24", "asebaplayground", "world.playground"]
    with contextlib.ExitStack() as stack:
        daemon = ["dbus-daemon", "--nofork", f"--config-file={folder / 'bus.conf'}"]
        stack.enter_context(running(daemon, environment))
        wait_for(bus.exists)
        connection = stack.enter_context(open_dbus_connection(bus=f"unix:path={bus}"))
        stack.enter_context(running(show, environment, folder))
        wait_for(lambda: is_open(port) and bool(robots(connection)))
        world = DBusAddress("/world", SERVICE, "ch.epfl.mobots.EnkiWorld")
        message = new_method_call(world, "PhysicalObject", "s", (robots(connection)[0],))
        path = unwrap_msg(connection.send_and_get_reply(message, timeout=PATIENCE_S))[0]
        yield Playground(port, Robot(connection, path))


def robots(bus: DBusConnection) -> Sequence[str]:
    """Return the names of the robots in the playground; none while it is not there."""
    world = DBusAddress("/world", SERVICE, "ch.epfl.mobots.EnkiWorld")
    message = new_method_call(world, "PhysicalObjectsByType", "s", ("Thymio",))
    try:
        return unwrap_msg(bus.send_and_get_reply(message, timeout=PATIENCE_S))[0]
    except DBusErrorResponse:
        return []


@contextlib.contextmanager
def running(command: list[str], environment: dict[str, str], folder: Path | None = None) -> Iterator[None]:
    """Run a program and all that it starts, and end them."""
    process = subprocess.Popen(command, env=environment, cwd=folder, start_new_session=True)
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_for(is_so: Callable[[], bool]) -> None:
    """Wait for another program."""
    give_up_s = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < give_up_s, "the other program did not come"
        time.sleep(0.1)


def is_open(port: int) -> bool:
    """Whether somebody listens, without disturbing him."""
    wanted = f":{port:04X}"
    lines = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    return any(line.split()[1].endswith(wanted) and line.split()[3] == "0A" for line in lines)
