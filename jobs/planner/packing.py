"""A plan without its clock: which jobs share which device, counted in minutes and energy only.

Jobs are packed back to back, so each but the first of a device is heated as one that was just left. Whether
the power cap lets the clock follow is for the board to say; here a job goes in or out in constant time.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from jobs.planner.instance import PlanDevice, PlanJob
from jobs.planner.needs import TENTHS, Sized, heeds_warmth


@dataclass(frozen=True, slots=True)
class Offer:
    """What a job takes on a lane after another job, changeover included."""

    lane: int
    minutes: int
    tenths: int


@dataclass(slots=True)
class Room:
    """What a lane has left, and what its first job takes beyond the others."""

    minutes: int
    first_minutes: int = 0
    first_tenths: int = 0
    jobs: int = 0


class Question:
    """What stays while jobs go in and out: the jobs by number, whose they are, what they take where."""

    def __init__(self, sized: Sized, jobs: Sequence[PlanJob]) -> None:
        self.sized = sized
        self.jobs = jobs
        self.people = [participant_of(job) for job in jobs]
        self.offers = [self._offers(job) for job in jobs]
        self.least_minutes = [min(offer.minutes for offer in offers) for offers in self.offers]
        self.least_tenths = [min(offer.tenths for offer in offers) for offers in self.offers]
        self.ranks = _ranks(jobs)
        served = sized.instance.served
        self.had = {person: served.get(person, 0) for person in self.people}

    def is_worthy(self, job: int) -> bool:
        """Could it be a promise kept or somebody's first object?"""
        return self.jobs[job].promised or self.had[self.people[job]] == 0

    def rooms(self) -> list[Room]:
        """The empty lanes."""
        end_min = self.sized.instance.end_min
        return [_room(device, end_min) for device in self.sized.instance.devices]

    def _offers(self, job: PlanJob) -> tuple[Offer, ...]:
        devices = self.sized.instance.devices
        return tuple(
            Offer(need.lane, need.length_min + devices[need.lane].changeover_min, need.tenths)
            for need in self.sized.needs[job.id]
            if need.is_warm == _is_warm_later(devices[need.lane])
        )


def participant_of(job: PlanJob) -> str:
    """Whom a job counts for; nobody's jobs count each for itself."""
    return job.participant or f"job {job.id}"


def _ranks(jobs: Sequence[PlanJob]) -> list[int]:
    """Among equals, priority, then waiting time, then the order given: one number a job."""
    order = sorted(range(len(jobs)), key=lambda job: _standing(jobs[job]))
    ranks = dict(zip(order, range(len(jobs)), strict=True))
    return [ranks[job] for job in range(len(jobs))]


def _standing(job: PlanJob) -> tuple[int, int, str]:
    return -job.priority, job.submitted_min, job.id


def _is_warm_later(device: PlanDevice) -> bool:
    return heeds_warmth(device) and device.changeover_min <= device.warm_hold_min


def _room(device: PlanDevice, end_min: int) -> Room:
    gap, busy = device.changeover_min, device.free_at_min
    minutes = end_min - (busy + gap if busy > 0 else 0)
    room = Room(minutes + gap if minutes > 0 else 0)
    later_warm = _is_warm_later(device)
    first_warm = later_warm if busy > 0 else heeds_warmth(device) and device.warm_until_min > 0
    if first_warm != later_warm:
        sign = 1 if later_warm else -1
        room.first_minutes = sign * (device.heat_cold_min - device.heat_warm_min)
        room.first_tenths = ceil(sign * (device.heat_cold_wh - device.heat_warm_wh) * TENTHS - 1e-6)
    return room


class Packing:
    """Some of the jobs, each on one lane, within the minutes and the energy there are.

    A lane's first heat-up counts for the promised job that comes first; `is_lenient` hopes another one does.
    """

    def __init__(self, question: Question, lanes: Iterable[int], *, is_lenient: bool = False) -> None:
        self.is_lenient = is_lenient
        self.question = question
        self.lanes = frozenset(lanes)
        self.rooms = question.rooms()
        self.tenths_left = max(0, question.sized.budget_tenths)
        self.promise_left = question.sized.promise_tenths
        self.on: dict[int, Offer] = {}
        self.pinned: dict[int, int] = {}
        self.kept: dict[int, int] = {}
        self.counts = Counter(question.had)
        self.firsts = 0

    @property
    def value(self) -> tuple[int, int]:
        """Promises kept and participants with a first job: what is never traded for anything else."""
        return len(self.kept), self.firsts

    def fits(self, offer: Offer) -> bool:
        """Is there room for this job on this lane?"""
        room = self.rooms[offer.lane]
        if room.jobs:
            return offer.minutes <= room.minutes and offer.tenths <= self.tenths_left
        return (
            offer.minutes + room.first_minutes <= room.minutes
            and offer.tenths + room.first_tenths <= self.tenths_left
        )

    def best(self, job: int) -> Offer | None:
        """The cheapest lane that has room for a job, the emptiest of equals."""
        found, least = None, (0, 0)
        for offer in self.question.offers[job]:
            if offer.lane in self.lanes and self.fits(offer):
                cost = offer.tenths, -self.rooms[offer.lane].minutes
                if found is None or cost < least:
                    found, least = offer, cost
        return found

    def take(self, job: int, offer: Offer) -> None:
        """Let a job in."""
        room = self.rooms[offer.lane]
        tenths, minutes = offer.tenths, offer.minutes
        if not room.jobs:
            tenths, minutes = tenths + room.first_tenths, minutes + room.first_minutes
        room.jobs += 1
        room.minutes -= minutes
        self.tenths_left -= tenths
        self.on[job] = offer
        person = self.question.people[job]
        self.firsts += self.counts[person] == 0
        self.counts[person] += 1
        if self.question.jobs[job].promised:
            counted = offer.tenths if self.is_lenient else tenths
            if counted <= self.promise_left:
                self.kept[job] = counted
                self.promise_left -= counted

    def pin(self, pinned: Mapping[int, int]) -> None:
        """Let in what was announced, for good: on its lane, or not at all when it has no room there."""
        for job, lane in pinned.items():
            for offer in self.question.offers[job]:
                if offer.lane == lane and self.fits(offer):
                    self.take(job, offer)
                    self.pinned[job] = lane

    def rounds(self) -> dict[int, int]:
        """Which of its participant's objects each job is, counted over the term."""
        had = Counter(self.question.had)
        out: dict[int, int] = {}
        for job in sorted(self.on, key=self._own_turn):
            had[self.question.people[job]] += 1
            out[job] = had[self.question.people[job]]
        return out

    def _own_turn(self, job: int) -> tuple[bool, int, int, str]:
        one = self.question.jobs[job]
        return not one.promised, one.run_min, one.submitted_min, one.id

    def drop(self, job: int) -> Offer:
        """Let a job out again, and tell where it was."""
        offer = self.on.pop(job)
        room = self.rooms[offer.lane]
        room.jobs -= 1
        tenths, minutes = offer.tenths, offer.minutes
        if not room.jobs:
            tenths, minutes = tenths + room.first_tenths, minutes + room.first_minutes
        room.minutes += minutes
        self.tenths_left += tenths
        person = self.question.people[job]
        self.counts[person] -= 1
        self.firsts -= self.counts[person] == 0
        self.promise_left += self.kept.pop(job, 0)
        return offer


def fill(packing: Packing, order: Sequence[int]) -> None:
    """Promises, everybody's first job; each in the order given."""
    jobs, people = packing.question.jobs, packing.question.people
    for job in order:
        if jobs[job].promised and job not in packing.on:
            _keep(packing, job)
    for job in order:
        if packing.counts[people[job]] == 0 and (offer := packing.best(job)) is not None:
            packing.take(job, offer)


def _keep(packing: Packing, job: int) -> None:
    """A promise is taken only within the energy that promises may take."""
    if (
        packing.question.least_tenths[job] <= packing.promise_left
        and (offer := packing.best(job)) is not None
    ):
        packing.take(job, offer)
        if job not in packing.kept:
            packing.drop(job)


def fill_rounds(packing: Packing, order: Sequence[int]) -> None:
    """Until nothing more fits: whoever has had least comes first."""
    people = packing.question.people
    waiting = [job for job in order if job not in packing.on]
    while waiting:
        level = min(packing.counts[people[job]] for job in waiting)
        later = []
        for job in waiting:
            if packing.counts[people[job]] > level:
                later.append(job)
            elif (offer := packing.best(job)) is not None:
                packing.take(job, offer)
        waiting = later
