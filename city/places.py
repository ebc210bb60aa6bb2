"""Where the communes of Île-de-France lie, and how their short names are written out."""

import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

_FILE: Final = Path(__file__).parent / "data" / "places.txt"


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune and its middle, in degrees."""

    name: str
    latitude: float
    longitude: float


def slug(name: str) -> str:
    """A name as it stands in a topic: small letters without accents, joined by hyphens."""
    plain = unicodedata.normalize("NFKD", name.lower().replace("’", "'")).encode("ascii", "ignore").decode()
    return "-".join("".join(c if c.isalnum() else " " for c in plain).split())


def find(name: str) -> Commune | None:
    """A commune by its name or its short name."""
    return _communes().get(slug(name))


def written_out(short: str) -> str:
    """`creteil-1` as "Créteil 1", `creteil` as "Créteil", anything else as it is."""
    city, _, number = short.rpartition("-")
    if number.isdigit() and (found := find(city)):
        return f"{found.name} {number}"
    found = find(short)
    return found.name if found else short


@cache
def _communes() -> dict[str, Commune]:
    lines = _FILE.read_text(encoding="utf-8").splitlines()
    rows = [line.split(";") for line in lines if line and not line.startswith("#")]
    return {slug(name): Commune(name, float(north), float(east)) for name, north, east in rows}
