"""The web abuse cases of the fault catalogue at their full counts: `python -m tests.bench.web_abuse`.

E03 200 payloads on every page with and without our policy, E05 300 files, E07 and E08 2,000 names, E21 1,000
presses. Prints one line a case.
"""

import json
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Final

from playwright.sync_api import sync_playwright

from jobs.cam.svg import read_svg
from jobs.errors import DesignRefusedError
from jobs.intake.reading import read_mesh
from onboard.config import load
from onboard.ports import free_port
from tests.frame.house import ROOT
from tests.kiosk.hostile import XSS, wrong_files
from tests.kiosk.hostile_bike import hostile_bike
from tests.kiosk.test_browser import FLAGS
from tests.kiosk.test_hostile_files import pressed
from tests.kiosk.test_hostile_words import look_at_every_page, watched
from tests.kiosk.virtual_bike import SETTINGS, Bike

NAMES: Final = 2_000
PRESSES: Final = 1_000


def words(folder: Path) -> tuple[int, str]:
    """E03: what ran, loaded or broke the policy."""
    found: list[str] = []
    pages = 0
    with sync_playwright() as playwright, hostile_bike(folder, XSS) as (bike, jobs):
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        for has_policy in (True, False):
            with watched(browser, bike.address, has_policy=has_policy) as (page, seen):
                pages += look_at_every_page(page, jobs[:5])
                found += seen
        browser.close()
    return len(
        found
    ), f"E03 {len(XSS)} payloads on {pages} pages: {len(found)} ran, loaded or broke the policy"


def files(_folder: Path) -> tuple[int, str]:
    """E05: wrong files that were taken."""
    taken = tried = 0
    for name, content in wrong_files():
        tried += 1
        with suppress(DesignRefusedError):
            read_mesh(content) if name.endswith(".stl") else read_svg(content)
            taken += 1
    return taken, f"E05 {tried} files: {taken} accepted"


def names(folder: Path) -> tuple[int, str]:
    """E07 and E08: what was written elsewhere, or run."""
    command = [sys.executable, "-m", "tests.kiosk.names_audit", str(NAMES), str(folder)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    told = json.loads(ended.stdout)
    bad = len(told["strange"]) + len(told["left"]) + len(told["ran"])
    return bad, f"E07/E08 {NAMES} names, answers {told['answers']}: {bad} written elsewhere, left or run"


def presses(folder: Path) -> tuple[int, str]:
    """E21: presses that were not accepted."""
    port = free_port()
    settings = folder / "dipbike.toml"
    settings.write_text(SETTINGS.format(folder=folder, port=port))
    bike = Bike(settings, load(settings), {})
    bike.start("onboard.cli.daemon")
    bike.start("kiosk.server")
    try:
        bike.await_kiosk()
        missed = sum(status != 303 for status in pressed(bike.address, PRESSES))
    finally:
        for module in list(bike.processes):
            bike.end(module)
    return missed, f"E21 {PRESSES} presses: {missed} missed"


def main() -> int:
    """Every case once; 1 when one of them came through."""
    bad = 0
    for case in (files, names, presses, words):
        with tempfile.TemporaryDirectory() as place:
            found, told = case(Path(place))
        print(told, flush=True)  # noqa: T201 - this is what a person reads
        bad += found
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
