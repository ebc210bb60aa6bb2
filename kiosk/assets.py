"""Built files under names that change with their content, so that a browser keeps them for good."""

import json
from pathlib import Path
from typing import Final

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import FileResponse

DIST: Final = Path(__file__).parent / "static" / "dist"
PREFIX: Final = "/static/dist"
_TYPES: Final = {".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2", ".txt": "text/plain"}


class AssetsMissingError(Exception):
    """The pages' scripts have not been built: run `uv pip install -e .` once."""

    def __init__(self, dist: Path) -> None:
        super().__init__(f"{dist} holds no built scripts: run `uv pip install --no-deps -e .` once.")


class Assets:
    """The built files of one folder: their addresses for templates and the route that serves them."""

    def __init__(self, dist: Path = DIST) -> None:
        try:
            self._names: dict[str, str] = json.loads((dist / "manifest.json").read_text())
        except FileNotFoundError as error:
            raise AssetsMissingError(dist) from error
        self._files = {path.name: path for path in dist.iterdir() if path.suffix in _TYPES}

    def url(self, name: str) -> str:
        """Where a page finds an entry such as "participant.js"."""
        return f"{PREFIX}/{self._names[name]}"

    def router(self) -> APIRouter:
        """The route to every built file."""
        router = APIRouter()

        @router.get(PREFIX + "/{name}", include_in_schema=False)
        async def built_file(name: str, request: Request) -> FileResponse:
            if name not in self._files:
                raise HTTPException(404)
            return _respond(self._files[name], request.headers.get("accept-encoding", ""))

        return router


def _respond(path: Path, accepted: str) -> FileResponse:
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    media_type = _TYPES[path.suffix]
    squeezed = path.with_name(path.name + ".gz")
    if "gzip" in accepted and squeezed.exists():
        return FileResponse(squeezed, headers={**headers, "Content-Encoding": "gzip"}, media_type=media_type)
    return FileResponse(path, headers=headers, media_type=media_type)
