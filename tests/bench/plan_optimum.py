"""The optimum of the planner's question by OR-tools CP-SAT: one JSON line in, one out; only a judge."""

import json
import sys
from fractions import Fraction
from math import ceil, floor
from typing import Any

from ortools.sat.python import cp_model

from tests.bench.plan_slots import Slot, Table, exact, relevant, slots_of

CIRCUIT_AT_MOST = 45
"""Above so many jobs, all but the first of a machine may start warm: a bound, not a plan."""


class Optimum:
    """Two questions asked one after the other: how many promises, then how many first jobs."""

    def __init__(self, instance: Table, limit_s: float) -> None:
        self.instance, self.limit_s = instance, limit_s
        self.model = cp_model.CpModel()
        self.jobs = relevant(instance)
        self.energy: dict[str, list[cp_model.LinearExpr]] = {}
        self.is_exact = True
        self.running: list[tuple[Fraction, Any]] = []
        self.least_tenths: list[Any] = []
        self._place_jobs()
        self._spend()

    def _place_jobs(self) -> None:
        self.slots = [slot for job in self.jobs for slot in slots_of(job, self.instance, self.model)]
        for job in self.jobs:
            self.model.add_at_most_one([slot.here for slot in self.slots if slot.job is job])
            self.energy[job["id"]] = []
        capped = self._cap_may_bind()
        self.demands: list[tuple[Any, int]] = []
        for lane, device in enumerate(self.instance["devices"]):
            slots = [slot for slot in self.slots if slot.lane == lane]
            warm_is_dear = any(device[f"heat_warm_{of}"] > device[f"heat_cold_{of}"] for of in ("min", "wh"))
            if capped or warm_is_dear or any("arrives_min" in slot.job for slot in slots):
                self._timed(device, slots)
            else:
                self._packed(device, slots)
        if capped:
            self._bound_power()
            self._running_now()
            cap = floor(exact(self.instance["power_cap_w"]) * 1000)
            self.model.add_cumulative(
                [i for i, _ in self.demands], [min(d, cap) for _, d in self.demands], cap
            )

    def _cap_may_bind(self) -> bool:
        most = sum(max(exact(d["heat_w"]), exact(d["run_w"])) for d in self.instance["devices"])
        return most > exact(self.instance["power_cap_w"])

    def _running_now(self) -> None:
        """What runs already may be over the cap together; beside it nothing starts."""
        cap = exact(self.instance["power_cap_w"])
        for minute in range(self.instance["end_min"]):
            watts = sum(
                exact(device["heat_w" if minute < device["heating_until_min"] else "run_w"])
                for device in self.instance["devices"]
                if minute < device["free_at_min"]
            )
            if watts > 0:
                interval = self.model.new_fixed_size_interval_var(minute, 1, "")
                self.demands.append((interval, ceil(min(watts, cap) * 1000)))

    def _packed(self, device: Table, slots: list[Slot]) -> None:
        """Without a cap and with warm no dearer than cold, back to back from the left is the best."""
        if not slots:
            return
        gap, busy = device["changeover_min"], device["free_at_min"]
        begin = busy + gap if busy > 0 else 0
        first_warm = gap <= device["warm_hold_min"] if busy > 0 else device["warm_until_min"] > 0
        later_warm = gap <= device["warm_hold_min"]
        firsts = [self.model.new_bool_var("") for _ in slots]
        self.model.add_at_most_one(firsts)
        minutes = []
        for slot, first in zip(slots, firsts, strict=True):
            self.model.add_implication(first, slot.here)
            self.model.add_bool_or([*firsts]).only_enforce_if(slot.here)
            then, alone = (slot.warm if later_warm else slot.cold), (slot.warm if first_warm else slot.cold)
            minutes.append(slot.here * (then[0] + slot.run_min + gap) + first * (alone[0] - then[0]))
            self.energy[slot.job["id"]].append(slot.here * then[1] + first * (alone[1] - then[1]))
        self.model.add(sum(minutes) <= max(0, self.instance["end_min"] - begin + gap))
        if self.instance["end_min"] < begin:
            self.model.add(sum(slot.here for slot in slots) == 0)

    def _timed(self, device: Table, slots: list[Slot]) -> None:
        model, end_min = self.model, self.instance["end_min"]
        gap = device["changeover_min"]
        begin = device["free_at_min"] + gap if device["free_at_min"] > 0 else 0
        circuit = len(self.jobs) <= CIRCUIT_AT_MOST
        self.is_exact &= circuit
        starts, ends, warms, intervals = [], [], [], []
        if begin > end_min:
            for slot in slots:
                model.add(slot.here == 0)
            return
        for slot in slots:
            if begin + min(slot.warm[0], slot.cold[0]) + slot.run_min > end_min:
                model.add(slot.here == 0)
        slots = [s for s in slots if begin + min(s.warm[0], s.cold[0]) + s.run_min <= end_min]
        for slot in slots:
            warm = model.new_bool_var("")
            model.add_implication(warm, slot.here)
            start, heated, end = self._times(slot, begin)
            heat = warm * (slot.warm[0] - slot.cold[0]) + slot.cold[0]
            model.add(heated == start + heat).only_enforce_if(slot.here)
            model.add(end == heated + slot.run_min).only_enforce_if(slot.here)
            size = model.new_int_var(0, end_min, "")
            model.add(size == heat).only_enforce_if(slot.here)
            heating = model.new_optional_interval_var(start, size, heated, slot.here, "")
            running = model.new_optional_interval_var(heated, slot.run_min, end, slot.here, "")
            whole = model.new_int_var(0, end_min + gap, "")
            intervals.append(model.new_optional_interval_var(start, whole, end + gap, slot.here, ""))
            self.demands.append((heating, ceil(exact(device["heat_w"]) * 1000)))
            self.demands.append((running, ceil(exact(device["run_w"]) * 1000)))
            self._fits_cap(slot, device, warm)
            self.energy[slot.job["id"]].append(
                warm * (slot.warm[1] - slot.cold[1]) + slot.here * slot.cold[1]
            )
            for kept, variable in zip((starts, ends, warms), (start, end, warm), strict=True):
                kept.append(variable)
        model.add_no_overlap(intervals)
        if slots:
            self._bound_minutes(device, slots, begin)
            self._warmth(device, slots, (starts, ends, warms), circuit=circuit)

    def _times(self, slot: Slot, begin: int) -> list[cp_model.IntVar]:
        """Start, end of the heat-up and end; a job that comes or goes during the halt begins in between."""
        end_min = self.instance["end_min"]
        start, heated, end = (self.model.new_int_var(begin, end_min, "") for _ in range(3))
        self.model.add(start >= slot.job.get("arrives_min", 0)).only_enforce_if(slot.here)
        self.model.add(start < slot.job.get("cancels_min", end_min)).only_enforce_if(slot.here)
        return [start, heated, end]

    def _bound_minutes(self, device: Table, slots: list[Slot], begin: int) -> None:
        """What must hold anyway, said in sums: without it the solver proves little."""
        gap, model = device["changeover_min"], self.model
        opened = model.new_bool_var("")
        for slot in slots:
            model.add_implication(slot.here, opened)
        model.add_bool_or([opened.Not(), *(slot.here for slot in slots)])
        first_cold = device["free_at_min"] == 0 and device["warm_until_min"] <= 0
        heat = [min(slot.warm[0], slot.cold[0]) for slot in slots]
        extra = max(0, slots[0].cold[0] - slots[0].warm[0]) if first_cold else 0
        minutes = sum(
            slot.here * (least + slot.run_min + gap) for slot, least in zip(slots, heat, strict=True)
        )
        model.add(minutes + extra * opened <= self.instance["end_min"] - begin + gap)
        self.running.append((exact(device["run_w"]), sum(slot.here * slot.run_min for slot in slots)))
        more_tenths = max(0, slots[0].cold[1] - slots[0].warm[1] - 1) if first_cold else 0
        self.least_tenths.append(
            sum(slot.here * min(slot.warm[1], slot.cold[1]) for slot in slots) + more_tenths * opened
        )

    def _bound_power(self) -> None:
        """Machines that cannot run side by side share the minutes of the halt."""
        cap = exact(self.instance["power_cap_w"])
        end_min = self.instance["end_min"]
        for index, (watts, minutes) in enumerate(self.running):
            for others, more in self.running[index + 1 :]:
                if watts + others > cap:
                    self.model.add(minutes + more <= end_min)
        if len(self.running) == 3 and sum(watts for watts, _ in self.running) > cap:
            self.model.add(sum(minutes for _, minutes in self.running) <= 2 * end_min)

    def _fits_cap(self, slot: Slot, device: Table, warm: cp_model.IntVar) -> None:
        """Watts above the cap were cut down to it for the cumulative constraint."""
        cap = exact(self.instance["power_cap_w"])
        if exact(device["run_w"]) > cap:
            self.model.add(slot.here == 0)
        if exact(device["heat_w"]) > cap:
            if slot.warm[0] > 0:
                self.model.add(warm == 0)
            if slot.cold[0] > 0:
                self.model.add(warm == 1).only_enforce_if(slot.here)

    def _warmth(
        self, device: Table, slots: list[Slot], variables: tuple[list[Any], ...], *, circuit: bool
    ) -> None:
        model, (starts, _, warms) = self.model, variables
        busy, hold = device["free_at_min"], device["warm_hold_min"]
        firsts = [model.new_bool_var("") for _ in slots]
        model.add_at_most_one(firsts)
        for slot, first, start, warm in zip(slots, firsts, starts, warms, strict=True):
            model.add_implication(first, slot.here)
            model.add_bool_or([*firsts]).only_enforce_if(slot.here)
            limit = busy + hold if busy > 0 else device["warm_until_min"] - 1
            if limit < 0:
                model.add_implication(first, warm.Not())
            else:
                model.add(start <= limit).only_enforce_if([first, warm])
                model.add(start > limit).only_enforce_if([first, warm.Not()])
        if circuit:
            self._in_sequence(device, slots, firsts, variables)
        elif device["changeover_min"] > hold:
            for first, warm in zip(firsts, warms, strict=True):
                model.add_implication(warm, first)

    def _in_sequence(
        self, device: Table, slots: list[Slot], firsts: list[Any], variables: tuple[list[Any], ...]
    ) -> None:
        """Who follows whom on a machine, and whether it is still warm then."""
        model, (starts, ends, warms), hold = self.model, variables, device["warm_hold_min"]
        arcs = [(0, 0, self._none_of(slots))]
        for i, slot in enumerate(slots):
            arcs += [
                (0, i + 1, firsts[i]),
                (i + 1, 0, model.new_bool_var("")),
                (i + 1, i + 1, slot.here.Not()),
            ]
            for j in range(len(slots)):
                if i != j:
                    arc = model.new_bool_var("")
                    arcs.append((i + 1, j + 1, arc))
                    model.add(starts[j] >= ends[i] + device["changeover_min"]).only_enforce_if(arc)
                    model.add(starts[j] <= ends[i] + hold).only_enforce_if([arc, warms[j]])
                    model.add(starts[j] > ends[i] + hold).only_enforce_if([arc, warms[j].Not()])
        model.add_circuit(arcs)

    def _none_of(self, slots: list[Slot]) -> cp_model.IntVar:
        none = self.model.new_bool_var("")
        for slot in slots:
            self.model.add_implication(none, slot.here.Not())
        self.model.add_bool_or([none, *(slot.here for slot in slots)])
        return none

    def _spend(self) -> None:
        model = self.model
        budget = max(0, floor(exact(self.instance["budget_wh"]) * 10))
        model.add(sum(sum(parts) for parts in self.energy.values()) <= budget)
        if self.least_tenths:
            model.add(sum(self.least_tenths) <= budget)
        placed = {job["id"]: sum(slot.here for slot in self.slots if slot.job is job) for job in self.jobs}
        self.kept, promised_wh = [], []
        for job in (job for job in self.jobs if job["promised"]):
            kept = model.new_bool_var("")
            model.add(placed[job["id"]] >= 1).only_enforce_if(kept)
            spent = model.new_int_var(0, budget, "")
            model.add(spent >= sum(self.energy[job["id"]])).only_enforce_if(kept)
            promised_wh.append(spent)
            self.kept.append(kept)
        model.add(sum(promised_wh) <= budget // 2)
        self.firsts = []
        people: dict[str, list[str]] = {}
        for job in self.jobs:
            people.setdefault(job["participant"] or "job " + job["id"], []).append(job["id"])
        for person, names in people.items():
            if self.instance["served"].get(person, 0) == 0:
                first = model.new_bool_var("")
                model.add(sum(placed[name] for name in names) >= 1).only_enforce_if(first)
                self.firsts.append(first)

    def answer(self, hint: list[str]) -> Table:
        """Found and bounded counts of promises and first jobs."""
        for slot in self.slots:
            self.model.add_hint(slot.here, int(slot.job["id"] + "@" + str(slot.lane) in hint))
        promises = self._most(self.kept)
        self.model.add(sum(self.kept) >= promises[0])
        firsts = self._most(self.firsts)
        return {
            "promises": promises[0],
            "promises_bound": promises[1],
            "firsts": firsts[0],
            "firsts_bound": firsts[1],
            "exact": self.is_exact,
        }

    def _most(self, wanted: list[cp_model.IntVar]) -> tuple[int, int]:
        if not wanted:
            return 0, 0
        self.model.maximize(sum(wanted))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.max_time_in_seconds = self.limit_s
        solver.parameters.linearization_level = 2
        status = solver.solve(self.model)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return 0, len(wanted)
        return round(solver.objective_value), floor(solver.best_objective_bound + 1e-6)


def main() -> None:
    """Answer line by line."""
    for line in sys.stdin:
        asked = json.loads(line)
        found = Optimum(asked["instance"], asked["limit_s"]).answer(asked["hint"])
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
