"""Why a job is held: the first gate that fails, with true numbers, in French and in English."""

from collections.abc import Iterator, Sequence
from typing import Final

from drivers.types import DeviceKind
from jobs.errors import Sentence
from jobs.planner.instance import Held, Instance, PlanJob
from jobs.planner.needs import MILLI, TENTHS, Need, milliwatts
from jobs.planner.placement import Board

_NOUNS: Final[dict[DeviceKind, tuple[str, str, str]]] = {
    DeviceKind.PRINTER: ("imprimante", "d'imprimante", "printer"),
    DeviceKind.MILL: ("fraiseuse", "de fraiseuse", "mill"),
}


def gate_before_plan(job: PlanJob, instance: Instance) -> Held | None:
    """The gates that do not depend on the plan: approval and machine; None when both are open."""
    if not job.approved:
        return Held(job.id, "approval", Sentence("En attente du médiateur.", "Waiting for the mediator."))
    if all(device.kind is not job.kind for device in instance.devices):
        _, some, noun = _NOUNS[job.kind]
        return Held(
            job.id, "machine", Sentence(f"Pas {some} prête à cette halte.", f"No {noun} ready at this halt.")
        )
    return None


def unfair(job: PlanJob) -> Held:
    """The participant has had a job, and others have not."""
    return Held(
        job.id,
        "fairness",
        Sentence(
            "Tu as déjà un objet ; les premiers objets des autres passent avant.",
            "You already have an object; the first objects of others go first.",
        ),
    )


def gate_in_plan(job: PlanJob, board: Board) -> Held:
    """The gate that keeps a job out of a full plan: energy, time or power."""
    needs = board.sized.needs[job.id]
    reachable = [need for need in needs if not need.is_warm or board.lanes[need.lane].warm]
    if (cheapest := min(need.tenths for need in reachable)) > board.tenths_left:
        return _energy(job, board, cheapest)
    if not any(board.lanes[need.lane].starts(need) for need in needs):
        return _time(job, board, needs)
    startable = [need for need in needs if board.starts(need)]
    if not startable:
        return _power(job, board, needs)
    return _energy(job, board, min(need.tenths for need in startable))


def _energy(job: PlanJob, board: Board, tenths: int) -> Held:
    needs_wh, left_wh = tenths / TENTHS, max(board.tenths_left, 0) / TENTHS
    return Held(
        job.id,
        "energy",
        Sentence(
            f"Pas assez de batterie aujourd'hui : il faut {_fr(needs_wh)} Wh, il en reste {_fr(left_wh)}. "
            "Gardé pour la prochaine halte.",
            f"Not enough battery today: {needs_wh:g} Wh needed, {left_wh:g} left. Kept for the next halt.",
        ),
        needs_wh,
        left_wh,
    )


def _time(job: PlanJob, board: Board, needs: Sequence[Need]) -> Held:
    """Names the device on which least is missing."""
    missing = [(need.length_min, _longest(board, need)) for need in needs]
    needs_min, left_min = min(missing, key=lambda pair: (pair[0] - pair[1], pair[0]))
    noun_fr, _, noun_en = _NOUNS[job.kind]
    return Held(
        job.id,
        "time",
        Sentence(
            f"Aucune {noun_fr} libre assez longtemps : il faut {needs_min} min, il en reste {left_min}.",
            f"No {noun_en} is free long enough: {needs_min} min needed, {left_min} left.",
        ),
        needs_min,
        left_min,
    )


def _longest(board: Board, need: Need) -> int:
    """The longest job that this device could still take, started as warm."""
    for run_min in range(need.run_min - 1, 0, -1):
        shorter = Need(need.lane, need.is_warm, need.heat_min, run_min, need.tenths)
        if board.lanes[need.lane].starts(shorter):
            return shorter.length_min
    return 0


def _power(job: PlanJob, board: Board, needs: Sequence[Need]) -> Held:
    """Tells of the start at which least power is missing."""
    drawn, left = min(_worst_minutes(board, needs), key=lambda pair: pair[0] - pair[1])
    needs_w, left_w = drawn / MILLI, max(left, 0) / MILLI
    alone = left == board.cap_mw
    fr = "" if alone else " à côté des machines qui marchent"
    en = "" if alone else " beside the machines at work"
    return Held(
        job.id,
        "power",
        Sentence(
            f"Pas assez de puissance{fr} : il faut {_fr(needs_w)} W, il en reste {_fr(left_w)} "
            "avant le départ.",
            f"Not enough power{en}: {needs_w:g} W needed, {left_w:g} left before departure.",
        ),
        needs_w,
        left_w,
    )


def _worst_minutes(board: Board, needs: Sequence[Need]) -> Iterator[tuple[int, int]]:
    """For each start the device allows: the power drawn and left, in mW, at its worst minute."""
    for need in needs:
        device = board.lanes[need.lane].device
        heat, run = milliwatts(device.heat_w), milliwatts(device.run_w)
        phases = [heat] * need.heat_min + [run] * need.run_min
        mask = board.lanes[need.lane].starts(need)
        for start in (minute for minute in range(board.sized.instance.end_min) if mask >> minute & 1):
            loads = board.load_mw[start : start + need.length_min]
            yield max(
                ((drawn, board.cap_mw - load) for drawn, load in zip(phases, loads, strict=True)),
                key=lambda pair: pair[0] - pair[1],
            )


def _fr(number: float) -> str:
    return f"{number:g}".replace(".", ",")
