"""Many halts under each rule, summed up in one table."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from jobs.planner.simulation.bound import hindsight
from jobs.planner.simulation.play import Outcome, Rule, play
from jobs.planner.simulation.rules import Planned, blind, first_come, first_come_gated, shortest
from jobs.planner.simulation.story import Setting, Story, invent

PLANNER: Final = "planner"
BLIND: Final = frozenset({"first come, blind", "shortest first, blind"})
RULES: Final[dict[str, Callable[[], Rule]]] = {
    "first come, blind": lambda: blind(first_come),
    "shortest first, blind": lambda: blind(shortest),
    "first come, gated": lambda: first_come_gated,
    PLANNER: Planned,
}


@dataclass(frozen=True, slots=True)
class Row:
    """A rule over many halts; percentages of halts, of jobs begun, of the hindsight bound and of promises."""

    rule: str
    over_budget_pct: float
    over_cap_pct: float
    aborted_pct: float
    served: float
    of_bound_pct: float
    promises_pct: float
    jobs: float
    used_wh: float


@dataclass(frozen=True, slots=True)
class Played:
    """One halt under one rule."""

    story: Story
    outcome: Outcome
    bound: int


_bound = lru_cache(maxsize=1024)(hindsight)


def play_all(rule: str, setting: Setting, seeds: Iterable[int]) -> list[Played]:
    """Play the halts of some seeds."""
    out = []
    for seed in seeds:
        story = invent(seed, setting)
        out.append(
            Played(story, play(story, RULES[rule](), seed, is_protected=rule not in BLIND), _bound(story))
        )
    return out


def row(rule: str, played: Sequence[Played]) -> Row:
    """Sum up."""
    begun = sum(len(each.outcome.bars) for each in played)
    made = sum(len(each.outcome.made) for each in played)
    served = sum(len(each.outcome.served) for each in played)
    over_budget = sum(each.outcome.used_wh > each.story.budget_wh for each in played)
    over_cap = sum(each.outcome.peak_w > each.story.power_cap_w for each in played)
    promised = [
        work for each in played for work in each.story.works if work.job.promised and not work.cancels_min
    ]
    kept = sum(
        bar.work.job.promised for each in played for bar in each.outcome.made if not bar.work.cancels_min
    )
    return Row(
        rule=rule,
        over_budget_pct=_pct(over_budget, len(played)),
        over_cap_pct=_pct(over_cap, len(played)),
        aborted_pct=_pct(begun - made, begun),
        served=served / len(played),
        of_bound_pct=_pct(served, sum(each.bound for each in played)),
        promises_pct=_pct(kept, len(promised)),
        jobs=made / len(played),
        used_wh=sum(each.outcome.used_wh for each in played) / len(played),
    )


def _pct(part: float, whole: float) -> float:
    return 100.0 * part / whole if whole else 0.0
