"""Reads what OctoPrint's virtual printer itself wrote down: what it took and what it said."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

_RECORD = re.compile(r"(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) (?:(<<<|>>>) ?(.*)|(-{78}))")
_TARGET = re.compile(r"(?:T|B):[\d.]+/ ([\d.]+)")
_MARK = re.compile(r"echo:mark (\d+)")
_NUMBERED = re.compile(r"N(\d+) (.*)\*\d+\Z")
_MOVE = re.compile(r"G[0-3](?!\d)")


@dataclass(frozen=True, slots=True)
class Record:
    """One line on the wire; `at_s` is UTC epoch seconds."""

    at_s: float
    to_printer: bool
    text: str

    @property
    def command(self) -> str:
        """The line without number and checksum."""
        found = _NUMBERED.match(self.text)
        return found.group(2) if found else self.text


class SerialLog:
    """The log of one server; `forget` begins a new chapter.

    With each connection one more handler writes into the same file, so that in the nth one every line stands
    there n times; n is the length of the rule in front of it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._begin = 0

    def forget(self) -> None:
        """Look only at what is written from now on."""
        self._begin = len(self._all())

    def records(self) -> list[Record]:
        """Every line since then."""
        return self._all()[self._begin :]

    def marks(self) -> list[int]:
        """The numbers of `M117 mark N` in the order in which the printer executed them."""
        found = [_MARK.fullmatch(record.text) for record in self.records() if not record.to_printer]
        return [int(mark.group(1)) for mark in found if mark]

    def targets_c(self) -> list[list[float]]:
        """The targets of nozzle and bed in each report of the printer."""
        found = [_TARGET.findall(record.text) for record in self.records() if not record.to_printer]
        return [[float(target) for target in targets] for targets in found if targets]

    def taken(self, command: str) -> list[float]:
        """When the printer took a command."""
        return [record.at_s for record in self.records() if record.to_printer and record.command == command]

    def accepted_moves(self) -> list[str]:
        """The moves in the order of their line numbers, without spaces; a resend counts once."""
        found = (_NUMBERED.match(record.text) for record in self.records() if record.to_printer)
        kept: list[str] = []
        last = 0
        for line in filter(None, found):
            number, command = int(line.group(1)), line.group(2).replace(" ", "")
            if command.startswith("M110"):
                last = number
            elif number == last + 1:
                last = number
                if _MOVE.match(command):
                    kept.append(command)
        return kept

    def _all(self) -> list[Record]:
        if not self._path.exists():
            return []
        records: list[Record] = []
        copies, rule_is_open = 0, False
        echoes: Counter[tuple[str, str]] = Counter()
        for line in self._path.read_text(encoding="utf-8", errors="replace").splitlines():
            found = _RECORD.match(line)
            if found is None:
                continue
            stamp, way, text, rule = found.groups()
            if rule:
                copies = copies + 1 if rule_is_open else 1
                rule_is_open = True
                echoes.clear()
                continue
            rule_is_open = False
            if echoes[way, text]:
                echoes[way, text] -= 1
                continue
            echoes[way, text] = copies - 1
            at_s = datetime.strptime(stamp, "%Y-%m-%d %H:%M:%S,%f").astimezone().timestamp()
            records.append(Record(at_s, way == "<<<", text.strip()))
        return records
