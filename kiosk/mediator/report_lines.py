"""A report as lines: the same for the page, the table and the paper."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from jobs.errors import Sentence
from jobs.report import Report
from kiosk.mediator.group_words import GROUP_WORDS
from kiosk.mediator.report_words import CODES, INCIDENTS, KINDS, OUTCOMES, said_of

FEWEST: Final = 5
"""Counts of people below this are not published: who is meant could be known."""
FEW: Final = Sentence("non publié", "not published")
"""The same for a small count and for one that would give it away."""
NOTHING: Final = "–"


@dataclass(frozen=True, slots=True)
class Line:
    """One figure; `is_hidden` when it counts people and stays on the mediator's screen."""

    code: str
    label: Sentence
    value: float | None
    unit: str = ""
    is_hidden: bool = False

    def shown(self, language: str, *, published: bool = True) -> str:
        """The figure with its unit, as it may leave the bike or as a mediator sees it."""
        if self.value is None:
            return NOTHING
        if self.is_hidden and published:
            return FEW.en if language == "en" else FEW.fr
        return f"{number(self.value, language)} {self.unit}".strip()


@dataclass(frozen=True, slots=True)
class Section:
    """Lines with a title."""

    code: str
    title: Sentence
    lines: tuple[Line, ...]


def number(value: float, language: str) -> str:
    """A whole number, or one with a decimal."""
    text = f"{value:.1f}".removesuffix(".0")
    return text if language == "en" else text.replace(".", ",")


def sections(report: Report) -> tuple[Section, ...]:
    """All figures of a report."""
    return (
        Section("halt", Sentence("Halte", "Halt"), tuple(_halt(report))),
        Section("objects", Sentence("Objets", "Objects"), tuple(_objects(report))),
        Section("people", Sentence("Participants", "Participants"), tuple(_people(report))),
        Section("energy", Sentence("Énergie et matière", "Energy and material"), tuple(_energy(report))),
        Section("machines", Sentence("Machines", "Machines"), tuple(_machines(report))),
        Section("robots", Sentence("Robots prêtés", "Robots lent"), tuple(_robots(report))),
        Section("waits", Sentence("Attente", "Waiting"), tuple(_waits(report))),
        Section("incidents", Sentence("Incidents", "Incidents"), tuple(_incidents(report))),
    )


def _halt(report: Report) -> Iterator[Line]:
    yield Line("halts", Sentence("Haltes", "Halts"), len(report.halts))
    yield Line("open", Sentence("Temps d'ouverture", "Time open"), round(report.open_minutes), "min")


def _objects(report: Report) -> Iterator[Line]:
    for outcome, label in OUTCOMES.items():
        yield Line(f"objects.{outcome}", label, report.outcomes.get(outcome, 0))
    yield Line("fresh", Sentence("Total : nouveaux", "Total: new"), report.fresh)
    yield Line("brought", Sentence("Total : déjà en attente", "Total: waiting already"), report.brought)
    yield Line(
        "success", Sentence("Fabrications réussies", "Runs that came out well"), report.success_pct, "%"
    )
    for kind, count in sorted(report.kinds.items()):
        words = Sentence(f"Réussis : {KINDS[kind].fr}", f"Good: {KINDS[kind].en}")
        yield Line(f"kind.{kind}", words, count)
    yield Line("thumbs.up", Sentence("Pouces levés", "Thumbs up"), report.thumbs_up)
    yield Line("thumbs.down", Sentence("Pouces baissés", "Thumbs down"), report.thumbs_down)


def _people(report: Report) -> Iterator[Line]:
    groups = dict(report.groups)
    others = report.participants - sum(groups.values())
    cells = {**groups, **({"": others} if groups and others else {})}
    hidden = unpublished(cells)
    few = 0 < report.participants < FEWEST
    yield Line("participants", Sentence("Participants", "Participants"), report.participants, "", few)
    for group, count in sorted(cells.items()):
        word = said_of(GROUP_WORDS, group)
        yield Line(f"group.{group or 'none'}", word, count, "", few or group in hidden)


def unpublished(cells: Mapping[str, int]) -> frozenset[str]:
    """Cells that are too small, and as many others as it takes that the sum does not give them away."""
    order = sorted(cells, key=lambda name: (cells[name], name))
    hidden = [name for name in order if cells[name] < FEWEST]
    while hidden and len(hidden) < len(order) and sum(cells[name] for name in hidden) < FEWEST:
        hidden.append(order[len(hidden)])
    return frozenset(hidden)


def _energy(report: Report) -> Iterator[Line]:
    yield Line("energy", Sentence("Énergie des fabrications", "Energy of all runs"), report.energy_wh, "Wh")
    label = Sentence("Énergie par objet réussi", "Energy for each good object")
    yield Line("energy.part", label, report.energy_a_part_wh, "Wh")
    label = Sentence("Fabrications mesurées, les autres estimées", "Runs measured, the others estimated")
    yield Line("energy.measured", label, report.measured_runs)
    yield Line("mass", Sentence("Matière imprimée", "Material printed"), report.mass_g, "g")
    yield Line("mass.lost", Sentence("Dont perdue", "Lost of it"), report.lost_g, "g")


def _machines(report: Report) -> Iterator[Line]:
    for machine in report.machines:
        of, name = f"machine.{machine.name}", machine.name
        yield Line(f"{of}.minutes", Sentence(f"{name} : temps", f"{name}: time"), machine.minutes, "min")
        yield Line(f"{of}.runs", Sentence(f"{name} : lancés", f"{name}: runs"), machine.runs)
        yield Line(f"{of}.good", Sentence(f"{name} : réussis", f"{name}: good"), machine.good)
        yield Line(f"{of}.energy", Sentence(f"{name} : énergie", f"{name}: energy"), machine.energy_wh, "Wh")


def _robots(report: Report) -> Iterator[Line]:
    """All of them, then each; nothing where no robot has come back."""
    robots = report.robots
    if not robots:
        return
    yield Line(
        "robots.loans", Sentence("Prêts terminés", "Loans that are over"), sum(r.loans for r in robots)
    )
    yield Line("robots.minutes", Sentence("Temps prêté", "Time lent"), sum(r.minutes for r in robots), "min")
    label = Sentence("Énergie pour les recharger", "Energy to charge them")
    yield Line("robots.energy", label, sum(r.charge_wh for r in robots), "Wh")
    for robot in robots:
        of, name = f"robot.{robot.name}", robot.name
        yield Line(f"{of}.loans", Sentence(f"{name} : prêts", f"{name}: loans"), robot.loans)
        yield Line(f"{of}.minutes", Sentence(f"{name} : temps", f"{name}: time"), robot.minutes, "min")
        yield Line(f"{of}.energy", Sentence(f"{name} : énergie", f"{name}: energy"), robot.charge_wh, "Wh")


def _waits(report: Report) -> Iterator[Line]:
    label = Sentence("Médiane, de l'envoi au départ", "Median, from sending to start")
    yield Line("wait.median", label, report.wait_median_min, "min")
    yield Line("wait.longest", Sentence("La plus longue", "The longest"), report.wait_longest_min, "min")


def _incidents(report: Report) -> Iterator[Line]:
    for incident, label in INCIDENTS.items():
        yield Line(f"incident.{incident}", label, report.incidents.get(incident, 0))
    for reason, count in sorted(report.reasons.items()):
        words = said_of(CODES, reason)
        label = Sentence(f"Pas réussi : {words.fr}", f"Not good: {words.en}")
        yield Line(f"reason.{reason}", label, count)
