"""Why a job is held: the first gate that fails, with true numbers, in French and in English."""

from functools import cache
from typing import Final

from drivers.types import DeviceKind
from jobs.errors import Sentence
from jobs.planner.build import Build, soonest
from jobs.planner.instance import Held, Instance, PlanJob
from jobs.planner.needs import MILLI, TENTHS, Need
from jobs.planner.packing import participant_of
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


class Reasons:
    """Explains a finished build; what is asked twice is worked out once."""

    def __init__(self, build: Build) -> None:
        self._build = build
        self._board = build.board
        self._without = cache(self._board_without_others)
        self._longest = cache(self._longest_of_length)

    def why(self, job: PlanJob) -> Held:
        """The first gate that keeps a job out: other people's turn, energy, time or power."""
        if self._build.counts[participant_of(job)]:
            before, board = self._without(participant_of(job))
            if before and any(board.options(job)):
                return _unfair(job, before)
        return self._gate(job)

    def _board_without_others(self, participant: str) -> tuple[tuple[str, ...], Board]:
        """Who goes before this participant's next job, and the board without them."""
        own_round = self._build.counts[participant] + 1
        placed, round_of = self._board.placed, self._build.round_of
        before = tuple(
            p.job.id
            for p in placed
            if participant_of(p.job) != participant and round_of[p.job.id] <= own_round
        )
        other = Build.empty(self._board.sized, soonest)
        for placement in placed:
            if placement.job.id not in before:
                other.place(placement.job, placement.lane)
        return before, other.board

    def _gate(self, job: PlanJob) -> Held:
        board = self._board
        needs = board.sized.needs[job.id]
        if startable := [need.tenths for need in needs if board.starts(need)]:
            return _energy(job, board, min(startable))
        reachable = [need for need in needs if not need.is_warm or board.lanes[need.lane].warm]
        if (cheapest := min(need.tenths for need in reachable)) > board.tenths_left:
            return _energy(job, board, cheapest)
        if not any(board.lanes[need.lane].starts(need) for need in needs):
            return self._time(job, needs)
        return _power(job, board, needs)

    def _time(self, job: PlanJob, needs: tuple[Need, ...]) -> Held:
        """Names the device on which least is missing."""
        missing = [
            (need.length_min, self._longest(need.lane, need.is_warm, need.heat_min, need.run_min))
            for need in needs
        ]
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

    def _longest_of_length(self, lane: int, is_warm: bool, heat_min: int, run_min: int) -> int:  # noqa: FBT001 - what is cached by
        """The longest job that this device could still take in place of one that does not fit."""
        track = self._board.lanes[lane]
        kind = track.warm if is_warm else track.cold
        low, high = heat_min, min(heat_min + run_min, track.end_min + 1)
        while high - low > 1:
            middle = (low + high) // 2
            if kind & track.stretches.of(middle):
                low = middle
            else:
                high = middle
        for length in range(low, heat_min, -1):
            if track.starts(Need(lane, is_warm, heat_min, length - heat_min, 0)):
                return length
        return 0


def _unfair(job: PlanJob, before: tuple[str, ...]) -> Held:
    """The participant has had a job, and others have not."""
    return Held(
        job.id,
        "fairness",
        Sentence(
            f"Tu as déjà un objet ; les objets des autres passent avant ({len(before)} aujourd'hui).",
            f"You already have an object; the objects of others go first ({len(before)} today).",
        ),
        before=before,
    )


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


def _power(job: PlanJob, board: Board, needs: tuple[Need, ...]) -> Held:
    """Tells of the start at which least power is missing."""
    placeable = [need for need in needs if board.lanes[need.lane].starts(need)]
    missing = (_least_missing(board, need) for need in placeable)
    drawn, left = min(missing, key=lambda pair: pair[0] - pair[1])
    needs_w, left_w = drawn / MILLI, max(left, 0) / MILLI
    alone = left == board.sized.cap_mw
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


def _least_missing(board: Board, need: Need) -> tuple[int, int]:
    """The power drawn and left, in mW, at the worst minute of the start at which least is missing."""
    lane, cap_mw = board.lanes[need.lane], board.sized.cap_mw
    phases = {lane.run_mw} | ({lane.heat_mw} if need.heat_min else set())
    pairs = sorted(
        ((drawn, cap_mw - level) for level in board.watts.levels for drawn in phases),
        key=lambda pair: pair[0] - pair[1],
    )
    return next(pair for pair in pairs if pair[0] > pair[1] and board.starts(need, pair[0] - pair[1]))


def _fr(number: float) -> str:
    return f"{number:g}".replace(".", ",")
