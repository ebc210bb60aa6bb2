"""Files that are not what they are called, names that are more than names, and a stop pressed by a crowd."""

import json
import os
import secrets
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Self

import httpx

from jobs.cam.svg import read_svg
from jobs.errors import DesignRefusedError
from jobs.intake.reading import read_mesh
from tests.frame.house import ROOT
from tests.jobs import meshes
from tests.jobs.abuses import nested_zip, overlapping_zip
from tests.kiosk.hostile import wrong_files
from tests.kiosk.test_mediator import DAEMON, SQUARE, crewed, state
from tests.kiosk.virtual_bike import Bike

__all__ = ["crewed"]  # the fixture of a bike whose machines may be stopped

NAMES = 120
PRESSES = 100
HANDS = 10
ROOM_MB = 60.0
"""A preparing process may take this much more than it did for an honest square."""


def test_nothing_is_taken_for_what_it_is_called() -> None:
    """Three hundred programs, pages, pictures and archives named .stl or .svg: none is accepted (E05)."""
    accepted, tried = [], 0
    assert read_mesh(meshes.cube()) is not None
    assert read_svg(SQUARE) is not None
    for name, content in wrong_files():
        tried += 1
        with suppress(DesignRefusedError):
            read_mesh(content) if name.endswith(".stl") else read_svg(content)
            accepted.append((name, content[:40]))
    assert (accepted, tried) == ([], 300)


def test_a_name_leads_nowhere_and_runs_nothing(tmp_path: Path) -> None:
    """Traversal, NUL, devices, overlong, RTL and shell syntax: only names of ours are written (E07, E08)."""
    command = [sys.executable, "-m", "tests.kiosk.names_audit", str(NAMES), str(tmp_path)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    told = json.loads(ended.stdout)
    assert (told["strange"], told["ran"], told["left"]) == ([], [], [])
    assert told["named"] >= NAMES  # each was written for a moment, under a name of ours
    assert "500" not in told["answers"]


def tree_of(root: int) -> Iterator[int]:
    """A process and everything below it."""
    yield root
    with suppress(OSError):
        for task in Path(f"/proc/{root}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield from tree_of(int(child))


class Scales:
    """The largest resident size of any process of a bike, looked at all the time."""

    def __init__(self, bike: Bike) -> None:
        self.peak_mb = 0.0
        self._roots = [process.pid for process in bike.processes.values()]
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._weigh, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _weigh(self) -> None:
        page_mb = os.sysconf("SC_PAGE_SIZE") / 1e6
        while not self._ended.wait(0.02):
            for pid in [each for root in self._roots for each in tree_of(root)]:
                with suppress(OSError):
                    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
                    self.peak_mb = max(self.peak_mb, pages * page_mb)


def brought(bike: Bike, name: str, content: bytes) -> tuple[str, float]:
    """Bring a file as a child does; the job's id, and the largest process until it was ready or refused."""
    with bike.browser() as child, Scales(bike) as scales:
        form = {"key": secrets.token_hex(8)}
        page = bike.ready(child, child.post("/fichier", data=form, files={"file": (name, content)}))
        assert page.status_code == 200, page.text
    return page.url.path.rsplit("/", 1)[1], scales.peak_mb


def of_many_entries(count: int) -> bytes:
    """A package with so many parts that reading its directory alone is work."""
    whole = BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for number in range(count):
            archive.writestr(zipfile.ZipInfo(f"{number}"), b"")
    return whole.getvalue()


def slipping() -> bytes:
    """A good model beside a part that climbs out and one that is a symbolic link."""
    link = zipfile.ZipInfo("3D/link.model")
    link.create_system, link.external_attr = 3, 0o120777 << 16
    whole = BytesIO(meshes.three_mf())
    with zipfile.ZipFile(whole, "a") as archive:
        archive.writestr("../../../mark-of-an-escape", b"x")
        archive.writestr("/mark-of-an-escape", b"x")
        archive.writestr(link, "/etc/passwd")
    return whole.getvalue()


def test_a_package_cannot_climb_out() -> None:
    """Parts of a package are read in memory by their place in it; no name of one is ever a path (E19)."""
    written: list[str] = []
    hearing = [True]

    def hear(event: str, told: tuple[object, ...]) -> None:
        writes = event == "open" and isinstance(told[1], str) and set(told[1]) & set("wax+")
        if hearing and (writes or event in {"os.mkdir", "os.symlink", "os.link", "os.rename"}):
            written.append(str(told))

    sys.addaudithook(hear)  # stays in this process, but hears nothing after this test
    honest, climbing = read_mesh(meshes.three_mf()), read_mesh(slipping())
    hearing.clear()
    assert len(climbing.triangles) == len(honest.triangles)
    assert written == []


def test_no_archive_grows_on_the_bike(crewed: Bike) -> None:
    """Bombs, lies, overlaps and 100,000 entries end as a sentence, not as memory (E19)."""
    _, honest_mb = brought(crewed, "a.svg", SQUARE)
    bombs = {
        "bomb": meshes.bomb_3mf(300),
        "lies": meshes.lying_bomb_3mf(300),
        "nested": nested_zip(),
        "overlaps": overlapping_zip(),
        "entries": of_many_entries(100_000),
    }
    for name, content in bombs.items():
        job, peak_mb = brought(crewed, f"{name}.3mf", content)
        assert state(crewed, job) == "unusable", name
        assert peak_mb < honest_mb + ROOM_MB, name


def test_what_is_kept_of_an_object_is_never_a_page(crewed: Bike) -> None:
    """Every file of a job goes out as an attachment of its own kind, unguessed and without rights (E06)."""
    job, _ = brought(crewed, "a.svg", SQUARE)
    kinds = {"forme": "application/json", "image": "image/png", "trajet": "application/octet-stream",
             "couches": "image/png"}  # fmt: skip
    with crewed.browser() as child:
        for route, kind in kinds.items():
            answer = child.get(f"/{route}/{job}")
            assert (answer.status_code, answer.headers["content-type"]) == (200, kind), route
            assert answer.headers["content-disposition"] == "attachment"
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["content-security-policy"].startswith("default-src 'none'; sandbox")


def pressed(address: str, times: int) -> list[int]:
    """Press from many hands at once; what each was answered."""

    def press(_number: int) -> int:
        with httpx.Client(base_url=address, headers={"Origin": address}, timeout=60) as hand:
            return hand.post("/stop").status_code

    with ThreadPoolExecutor(HANDS) as hands:
        return list(hands.map(press, range(times)))


def test_many_hands_on_the_stop(crewed: Bike) -> None:
    """Each press is accepted, no press undoes one, and only a mediator lets the machines go again (E21)."""
    assert pressed(crewed.address, PRESSES) == [303] * PRESSES
    with crewed.browser() as child:
        for machine in crewed.config.machines:
            assert child.post(f"/mediateur/machine/{machine}/rearmer").status_code == 403
        assert "rearmer" not in child.get("/stop").text
        for page in ("/", "/prenom", "/fichier", "/dessiner", "/modeles", "/carte-mentale", "/ecran"):
            assert 'action="/stop"' not in child.get(page).text
        deadline = time.monotonic() + 10
        while "Les machines confirment" not in child.get("/stop").text:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    assert crewed.processes[DAEMON].poll() is None
