"""Built scripts: complete, compressed, kept for good by browsers."""

import gzip
import json
import re
from pathlib import Path

import httpx
import pytest

from kiosk.assets import DIST, Assets, AssetsMissingError

FIRST_LOAD_BYTES = 40_000
BUILD = Path(__file__).parents[2] / "kiosk" / "build"


def test_manifest_names_a_hashed_file_for_every_script_and_style() -> None:
    """A page that asks for an entry gets the file built from it."""
    static = DIST.parent
    sources = {path.name for path in [*(static / "script").glob("*.js"), *(static / "style").glob("*.css")]}
    manifest = json.loads((DIST / "manifest.json").read_text())
    assert manifest.keys() == sources
    for entry, name in manifest.items():
        assert re.fullmatch(rf"{Path(entry).stem}-[A-Z0-9]{{8}}{Path(entry).suffix}", name)
        assert (DIST / name).is_file()


def test_every_script_and_style_lies_compressed_beside_itself() -> None:
    """Nothing is compressed while somebody waits."""
    built = [*DIST.glob("*.js"), *DIST.glob("*.css")]
    assert built
    for path in built:
        assert gzip.decompress((DIST / f"{path.name}.gz").read_bytes()) == path.read_bytes()


def test_the_lock_names_no_registry_and_pins_every_package() -> None:
    """The lock works with whatever registry a machine has, and only with these very files."""
    lock = (BUILD / "package-lock.json").read_text()
    assert "://" not in lock
    packages = {name: about for name, about in json.loads(lock)["packages"].items() if name}
    assert packages
    assert all(about["integrity"].startswith("sha512-") for about in packages.values())


async def test_first_load_stays_small(client: httpx.AsyncClient) -> None:
    """Page, script, style and font take less than 40 kB as they travel; the 3D view comes when shown."""
    page = await client.get("/")
    files = re.findall(r'(?:src|href)="/static/dist/([^"]+)"', page.text)
    assert {Path(name).suffix for name in files} == {".js", ".css"}
    size = len(gzip.compress(page.content)) + sum((DIST / f"{name}.gz").stat().st_size for name in files)
    size += sum(path.stat().st_size for path in DIST.glob("*.woff2"))
    assert size < FIRST_LOAD_BYTES
    assert not any("WebGLRenderer" in (DIST / name).read_text() for name in files)


async def test_built_files_are_kept_for_good(client: httpx.AsyncClient) -> None:
    """A name stands for its content, so a browser never asks twice."""
    url = Assets().url("kiosk.js")
    squeezed = await client.get(url)
    assert squeezed.headers["content-encoding"] == "gzip"
    assert "immutable" in squeezed.headers["cache-control"]
    assert squeezed.headers["content-type"].startswith("text/javascript")
    plain = await client.get(url, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.content == squeezed.content


@pytest.mark.parametrize("name", ["manifest.json", "..%2f..%2fassets.py", "kiosk.js", "%2e%2e"])
async def test_only_built_files_are_served(client: httpx.AsyncClient, name: str) -> None:
    """Neither the folder above nor what stands beside the files can be read."""
    assert (await client.get(f"/static/dist/{name}")).status_code == 404


def test_a_kiosk_without_built_files_says_what_to_do(tmp_path: Path) -> None:
    """A checkout that was never installed tells so in one sentence."""
    with pytest.raises(AssetsMissingError, match="uv pip install"):
        Assets(tmp_path)


async def test_a_page_is_pressed_for_those_who_can_read_it(client: httpx.AsyncClient) -> None:
    """The same page either way, much smaller on the Wi-Fi."""
    pressed = await client.get("/", headers={"Accept-Encoding": "gzip"})
    plain = await client.get("/", headers={"Accept-Encoding": "identity"})
    assert pressed.headers["Content-Encoding"] == "gzip"
    assert int(pressed.headers["Content-Length"]) < len(plain.content) / 2
    assert pressed.text == plain.text
