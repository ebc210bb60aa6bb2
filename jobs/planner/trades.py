"""Exchanges that make a packing better: one goes and others come, or one moves over to make room."""

from collections.abc import Sequence
from typing import Final

from jobs.planner.packing import Offer, Packing

_AT_MOST: Final = 8
"""Exchanges made on one packing; each is worth a promise or a participant."""

_WAITING: Final = 16
"""Waiting jobs of each kind, promised or not, that are looked at: the cheapest."""


def improve(packing: Packing, order: Sequence[int]) -> None:
    """Exchange until nothing gets better; `order` has the cheapest job first."""
    for _ in range(_AT_MOST):
        candidates = _candidates(packing, order)
        if not (_add(packing, candidates) or _trade(packing, candidates) or _move_over(packing, candidates)):
            return


def _candidates(packing: Packing, order: Sequence[int]) -> list[int]:
    """Waiting jobs that could be worth something."""
    question = packing.question
    seen: dict[tuple[str, bool], int] = {}
    out = []
    for job in order:
        if job not in packing.on and question.is_worthy(job):
            like = question.jobs[job].kind, question.jobs[job].promised
            seen[like] = seen.get(like, 0) + 1
            if seen[like] <= _WAITING:
                out.append(job)
    return out


def _add(packing: Packing, candidates: Sequence[int]) -> bool:
    before = packing.value
    for job in candidates:
        if (offer := packing.best(job)) is not None:
            packing.take(job, offer)
            if packing.value > before:
                return True
            packing.drop(job)
    return False


def _trade(packing: Packing, candidates: Sequence[int]) -> bool:
    """One goes, one or two come; kept when that is worth more."""
    before = packing.value
    leasts = sorted(min(offer.tenths for offer in packing.question.offers[job]) for job in candidates)
    if not leasts:
        return False
    movable = [job for job in packing.on if job not in packing.pinned]
    for gone in sorted(movable, key=lambda job: (-packing.on[job].minutes, job)):
        was = packing.drop(gone)
        if packing.tenths_left >= leasts[0] and _come(packing, candidates, before, leasts):
            return True
        packing.take(gone, was)
    return False


def _come(packing: Packing, candidates: Sequence[int], before: tuple[int, int], leasts: list[int]) -> bool:
    for index, one in enumerate(candidates):
        for offer in _fitting(packing, one):
            packing.take(one, offer)
            if packing.value > before:
                return True
            if packing.tenths_left >= leasts[0] and _add_to(packing, candidates[index + 1 :], before):
                return True
            packing.drop(one)
    return False


def _add_to(packing: Packing, candidates: Sequence[int], before: tuple[int, int]) -> bool:
    """A second one, if it is worth something with the first."""
    kept, firsts = packing.value
    jobs, people = packing.question.jobs, packing.question.people
    for job in candidates:
        worth = (kept + jobs[job].promised, firsts + (packing.counts[people[job]] == 0))
        if worth <= before or (offer := packing.best(job)) is None:
            continue
        packing.take(job, offer)
        if packing.value > before:
            return True
        packing.drop(job)
    return False


def _move_over(packing: Packing, candidates: Sequence[int]) -> bool:
    """One moves to another lane so that a waiting one finds room."""
    if len(packing.lanes) < 2:
        return False
    before = packing.value
    for moved in list(packing.on):
        offers = packing.question.offers[moved]
        if len(offers) < 2 or moved in packing.pinned:
            continue
        was = packing.drop(moved)
        for offer in _fitting(packing, moved):
            if offer.lane != was.lane:
                packing.take(moved, offer)
                if _add_to(packing, candidates, before):
                    return True
                packing.drop(moved)
        packing.take(moved, was)
    return False


def _fitting(packing: Packing, job: int) -> list[Offer]:
    return [o for o in packing.question.offers[job] if o.lane in packing.lanes and packing.fits(o)]
