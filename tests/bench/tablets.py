"""Ten tablets at once: what the server's loop is held up by.

`python -m tests.bench.tablets` starts a virtual bike and opens ten tablets with pages and streams.
"""

import asyncio
import json
import re
import secrets
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Final

import httpx
import uvicorn

from kiosk.server import server_of
from onboard.config import load
from tests.kiosk.virtual_bike import SETTINGS, Bike

TABLETS: Final = 10
ROUNDS: Final = 6
LIMIT_MS: Final = 10.0
PAGES: Final = ("/", "/prenom", "/fichier", "/modeles", "/dessiner", "/carte-mentale", "/ecran")


class Watch:
    """The processor time of every callback of the server's loop, by its thread's own clock."""

    def __init__(self, thread: threading.Thread) -> None:
        self.spent_ms: list[tuple[float, str]] = []
        self._thread = thread

    def install(self) -> None:
        """Time every handle that the server's loop runs; the tablets' own loop is not counted."""
        run = asyncio.Handle._run

        def timed(handle: asyncio.Handle) -> None:
            began = time.thread_time()
            run(handle)
            if threading.current_thread() is self._thread:
                self.spent_ms.append((1000 * (time.thread_time() - began), str(handle)[:160]))

        asyncio.Handle._run = timed  # type: ignore[method-assign]  # a measurement, not a product


async def tablet(base: str, rounds: int) -> int:
    """Open pages as a child does, each with its stream for a moment; return how many answers came."""
    answers = 0
    async with httpx.AsyncClient(base_url=base, headers={"Origin": base}, timeout=30) as browser:
        for number in range(rounds):
            page = await browser.get(PAGES[number % len(PAGES)])
            assert page.status_code == 200, page.url
            found = re.search(r'<bike-live src="([^"]+)"', page.text)
            for address in re.findall(r'(?:src|href)="(/static/dist/[^"]+)"', page.text):
                await browser.get(address)
            if found:
                async with browser.stream("GET", found[1]) as events:
                    async for _ in events.aiter_text():
                        answers += 1
                        break
    return answers


def serve(server: uvicorn.Server) -> threading.Thread:
    """The kiosk in a thread of this process, so that its callbacks can be timed."""
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    return thread


async def crowd(base: str) -> int:
    """All tablets at once."""
    return sum(await asyncio.gather(*(tablet(base, ROUNDS) for _ in range(TABLETS))))


def main() -> int:
    """Measure; 1 when a callback took longer than it may."""
    with tempfile.TemporaryDirectory() as place:
        settings = Path(place) / "dipbike.toml"
        settings.write_text(SETTINGS.format(folder=place, port=18_099))
        bike = Bike(settings, load(settings), {})
        bike.start("onboard.cli.daemon")
        server = server_of(bike.config)
        thread = serve(server)
        watch = Watch(thread)
        try:
            bike.await_kiosk()
            with bike.browser() as browser:
                word = {"key": secrets.token_hex(8), "text": "Dix"}
                bike.ready(browser, browser.post("/prenom", data=word))
            watch.install()
            began_s = time.monotonic()
            answers = asyncio.run(crowd(bike.address))
            took_s = time.monotonic() - began_s
        finally:
            server.stop()
            thread.join(10)
            bike.end("onboard.cli.daemon")
    spent = sorted(watch.spent_ms, reverse=True)
    result = {
        "tablets": TABLETS,
        "events": answers,
        "seconds": round(took_s, 1),
        "callbacks": len(spent),
        "longest_ms": round(spent[0][0], 2),
        "p999_ms": round(spent[len(spent) // 1000][0], 2),
        "longest": [f"{ms:.1f} ms {what}" for ms, what in spent[:5]],
    }
    print(json.dumps(result, indent=1))  # noqa: T201 - this is what a person reads
    return 1 if spent[0][0] > LIMIT_MS else 0


if __name__ == "__main__":
    sys.exit(main())
