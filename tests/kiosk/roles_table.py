"""Who may call what, as the routes say it: `python -m tests.kiosk.roles_table > tests/kiosk/roles.txt`.

The file is what a person has agreed to; the test compares. Read the difference before you commit it.
"""

import sys
import tempfile
from pathlib import Path
from typing import Final

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from kiosk.access.roles import Role, role_of
from kiosk.app import create_app
from onboard.config import Config, PathsSection

AGREED: Final = Path(__file__).with_name("roles.txt")


def table(app: FastAPI) -> dict[tuple[str, str], Role]:
    """The role of each method of each address."""
    return {
        (method, str(route.path)): role_of(route)
        for route in iter_route_contexts(app.routes)
        for method in sorted(route.methods or ())
    }


def written(roles: dict[tuple[str, str], Role]) -> str:
    """As lines, by address."""
    rows = sorted((path, method, role) for (method, path), role in roles.items())
    return "".join(f"{role:<9}{method:<5}{path}\n" for path, method, role in rows)


def main() -> None:
    """Print the table of an application in a folder of its own."""
    with tempfile.TemporaryDirectory() as folder:
        paths = PathsSection(state=Path(folder) / "state", run=Path(folder) / "run")
        sys.stdout.write(written(table(create_app(Config(paths=paths)))))


if __name__ == "__main__":
    main()
