"""Reads what a virtual machine recorded: the judge of every journey."""

import json
import re
from pathlib import Path

MOVE = re.compile(r"G[0-3](?!\d)")


def entries(path: Path) -> list[dict[str, object]]:
    """Every entry that is complete; the machine may be writing the last one."""
    text = path.read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]


def executed(path: Path) -> list[str]:
    """The lines that the machine executed, without number and checksum."""
    return [str(entry["line"]) for entry in entries(path) if entry["kind"] == "exec"]


def heater_targets(path: Path) -> dict[str, float]:
    """The last target of each heater, in degrees Celsius."""
    targets: dict[str, float] = {}
    for entry in entries(path):
        if entry["kind"] == "heater":
            targets[str(entry["name"])] = float(str(entry["target"]))
    return targets


def moves(lines: list[str]) -> list[str]:
    """The lines that move an axis, without spaces: GRBL drops them before it executes a line."""
    bare = [line.replace(" ", "") for line in lines]
    return [line for line in bare if MOVE.match(line)]
