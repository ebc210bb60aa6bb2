"""How long a frame takes while a mesh of 200,000 triangles is turned: `python -m tests.bench.orbit`.

It runs in Chromium as it is installed here, drawing in software (SwiftShader) unless `--gpu` is given.
A tablet's own graphics is many times faster, so this is a lower bound.
"""

import argparse
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

import numpy as np
from playwright.sync_api import sync_playwright

from jobs.intake.mesh import Mesh
from jobs.intake.stl import write_stl
from kiosk.assets import DIST, Assets

SOFTWARE: Final = ["--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
PAGE: Final = """<!doctype html><title>orbit</title><link rel="stylesheet" href="{css}">
<script type="module" src="{js}"></script><div class="stage">
<bike-preview src="/mesh" bed="220 220" left="l" right="r">
<img src="data:," alt="mesh"></bike-preview></div>"""
TURN: Final = """(frames) => new Promise((resolve) => {
    const scene = document.querySelector("bike-preview").scene, took = [], gl = scene.renderer.getContext();
    const pixel = new Uint8Array(4);
    let before = performance.now();
    const step = () => {
        scene.turn(0.02);
        gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, pixel);  // waits until the picture is drawn
        const now = performance.now();
        took.push(now - before);
        before = now;
        if (took.length < frames) requestAnimationFrame(step); else resolve(took);
    };
    requestAnimationFrame(step);
})"""


def ball(triangles: int) -> bytes:
    """A knobbly ball of so many triangles as a binary STL."""
    rows = int(np.sqrt(triangles / 2))
    u, v = np.meshgrid(np.linspace(0, 2 * np.pi, rows + 1), np.linspace(0, np.pi, rows + 1))
    radius = 60 + 4 * np.sin(9 * u) * np.sin(11 * v)
    at = np.stack(
        (radius * np.cos(u) * np.sin(v), radius * np.sin(u) * np.sin(v), radius * np.cos(v)), axis=2
    )
    a, b, c, d = at[:-1, :-1], at[1:, :-1], at[1:, 1:], at[:-1, 1:]
    faces = np.concatenate((np.stack((a, b, c), axis=2), np.stack((a, c, d), axis=2)), axis=0)
    return write_stl(Mesh(faces.reshape(-1, 3, 3).astype(np.float32)))


def handler_of(files: dict[str, tuple[str, bytes]]) -> type[BaseHTTPRequestHandler]:
    """A server of a few files in memory and of the built scripts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.rsplit("/", 1)[-1]
            built = DIST / name
            kind = "text/css" if name.endswith(".css") else "text/javascript"
            found = files.get(self.path) or ((kind, built.read_bytes()) if built.is_file() else None)
            self.send_response(200 if found else 404)
            if found:
                self.send_header("Content-Type", found[0])
            self.end_headers()
            self.wfile.write(found[1] if found else b"")

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    return Handler


def measure(triangles: int, frames: int, flags: list[str], size: tuple[int, int]) -> list[float]:
    """Milliseconds a frame."""
    assets = Assets()
    page_html = PAGE.format(css=assets.url("kiosk.css"), js=assets.url("kiosk.js")).encode()
    mesh = ball(triangles)
    handler = handler_of({"/": ("text/html", page_html), "/mesh": ("model/stl", mesh)})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=flags)
            page = browser.new_page(viewport={"width": size[0], "height": size[1]})
            page.goto(f"http://127.0.0.1:{server.server_port}/")
            page.wait_for_function("document.querySelector('bike-preview').scene", timeout=120_000)
            took: list[float] = page.evaluate(TURN, frames)
            browser.close()
    finally:
        server.shutdown()
    return took[1:]


def main(say: Callable[[str], object] = sys.stdout.write) -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--triangles", type=int, default=200_000)
    parser.add_argument("--frames", type=int, default=90)
    parser.add_argument("--gpu", action="store_true", help="draw with the graphics of this computer")
    asked = parser.parse_args()
    flags = ["--no-sandbox"] if asked.gpu else SOFTWARE
    took = measure(asked.triangles, asked.frames, flags, (1280, 800))
    median, slow = (float(each) for each in np.percentile(took, (50, 95)))
    say(
        f"{asked.triangles} triangles: median {median:.1f} ms ({1000 / median:.0f} frames a second), "
        f"95 % {slow:.1f} ms\n"
    )


if __name__ == "__main__":
    main()
