"""The G-code gate: an allow-list that writes each line anew, for uploads and for our own programs alike."""

from typing import assert_never

from drivers.gcode import Program, strip_comment
from jobs.allow.mill import MillGate
from jobs.allow.printer import PrinterGate
from jobs.allow.words import LineRefusedError
from jobs.errors import ProgramRefusedError, Sentence
from jobs.machines import MachineProfile, MillProfile, PrinterProfile

SIZE_LIMIT = 60_000_000


def check_program(data: bytes, profile: MachineProfile) -> Program:
    """Let a program through for one machine, re-emitted word by word; comments go.

    Raises:
        ProgramRefusedError: a line is not allowed, a limit is passed or heat or spindle stay on at the end.
    """
    if len(data) > SIZE_LIMIT:
        raise ProgramRefusedError(
            "too-big",
            Sentence("Ce programme est trop gros (plus de 60 Mo).", "This program is too big (over 60 MB)."),
        )
    gate = _gate(profile)
    lines = data.splitlines()
    kept = [line for number, raw in enumerate(lines, start=1) if (line := _through(gate, number, raw))]
    try:
        gate.finish()
    except LineRefusedError as error:
        raise _located(error, len(lines)) from error
    if not kept:
        raise ProgramRefusedError(
            "empty",
            Sentence("Ce programme ne fait rien : il est vide.", "This program does nothing: it is empty."),
        )
    return Program(b"\n".join(kept) + b"\n", len(kept))


def _through(gate: PrinterGate | MillGate, number: int, raw: bytes) -> bytes | None:
    """Pass one raw line; None when nothing of it goes to the machine."""
    try:
        if gate.take_plain(raw):
            return raw
        gate.check_raw(raw)
        bare = strip_comment(raw)
        return gate.take(bare) if bare else None
    except LineRefusedError as error:
        raise _located(error, number) from error


def _gate(profile: MachineProfile) -> PrinterGate | MillGate:
    """Choose the rules of one kind of machine."""
    match profile:
        case PrinterProfile():
            return PrinterGate(profile)
        case MillProfile():
            return MillGate(profile)
        case _:
            assert_never(profile)


def _located(error: LineRefusedError, number: int) -> ProgramRefusedError:
    """Say at which line a program was refused."""
    why = error.sentence
    return ProgramRefusedError(
        error.code,
        Sentence(f"Programme refusé, ligne {number} : {why.fr}", f"Program refused, line {number}: {why.en}"),
    )
