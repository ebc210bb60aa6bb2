"""What the interface tells of objects, halts and reports; no word of a child, no name of a file."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from drivers.types import DeviceKind
from jobs.errors import Sentence
from jobs.store.accounts import Act
from jobs.types import DesignKind, Halt, Job, JobState
from kiosk.mediator.report import Told
from kiosk.mediator.report_lines import Line


class View(BaseModel):
    """A closed object in an answer."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(View):
    """A sentence for a person, in both languages."""

    fr: str
    en: str

    @classmethod
    def of(cls, sentence: Sentence) -> Self:
        """As our own sentences say it."""
        return cls(fr=sentence.fr, en=sentence.en)


class CostView(View):
    """What an object takes: a value with its low and high bound."""

    duration_s: float
    duration_low_s: float
    duration_high_s: float
    energy_wh: float
    energy_low_wh: float
    energy_high_wh: float
    mass_g: float


class JobView(View):
    """An object in the queue or in the past. Its id opens its child's ticket: do not publish it.

    `priority` is 0 normal, 1 class project, 2 the mediator's pick; `problem` says why it is not made. Times
    are UTC epoch seconds.
    """

    id: str
    state: JobState
    ticket: str | None
    kind: DesignKind
    machine_kind: DeviceKind
    machine: str | None
    created_s: float
    changed_s: float
    started_s: float | None
    ended_s: float | None
    group: str = Field(description="The class, a word from a closed list; empty for passers-by.")
    priority: int
    promised: bool
    cost: CostView | None
    problem: Words | None

    @classmethod
    def of(cls, job: Job) -> Self:
        """Without what the child has drawn, written or brought."""
        prepared = job.prepared
        cost = (
            {name: getattr(prepared.estimate, name) for name in CostView.model_fields} if prepared else None
        )
        return cls(
            id=job.id,
            state=job.state,
            ticket=job.ticket,
            kind=job.design.kind,
            machine_kind=job.design.device,
            machine=job.machine,
            created_s=job.created_s,
            changed_s=job.changed_s,
            started_s=job.started_s,
            ended_s=job.ended_s,
            group=job.group,
            priority=job.priority,
            promised=job.promised,
            cost=CostView.model_validate(cost) if cost else None,
            problem=Words.of(job.problem) if job.problem else None,
        )


class HaltRecord(View):
    """A halt that is open (`closed_s` is null) or was; times are UTC epoch seconds."""

    id: str
    place: str
    host_city: str
    opened_s: float
    ends_s: float
    closed_s: float | None
    reserve_wh: float
    group: str

    @classmethod
    def of(cls, halt: Halt) -> Self:
        """All that is known of it."""
        return cls.model_validate({name: getattr(halt, name) for name in cls.model_fields})


class FigureView(View):
    """One figure; null with nothing to count, or when fewer than five people are meant (`hidden`)."""

    code: str
    label: Words
    value: float | None
    unit: str
    hidden: bool

    @classmethod
    def of(cls, line: Line) -> Self:
        """As it may leave the bike."""
        value = None if line.is_hidden else line.value
        return cls(
            code=line.code, label=Words.of(line.label), value=value, unit=line.unit, hidden=line.is_hidden
        )


class ReportView(View):
    """What a halt or the term came to."""

    title: str
    when: str
    is_open: bool
    figures: tuple[FigureView, ...]

    @classmethod
    def of(cls, told: Told) -> Self:
        """Every line of every section."""
        figures = tuple(FigureView.of(line) for section in told.sections for line in section.lines)
        return cls(title=told.title, when=told.when, is_open=told.is_open, figures=figures)


class ActView(View):
    """A line of the audit journal; `signed` is an id of a mediator or a token, empty when nobody signed."""

    at_s: float
    act: str
    halt: str | None
    job: str | None
    machine: str | None
    detail: str
    signed: str

    @classmethod
    def of(cls, act: Act) -> Self:
        """All that is known of it."""
        return cls.model_validate({name: getattr(act, name) for name in cls.model_fields})


class StopView(View):
    """Whether every machine says of itself that it stands; if not, press the mushroom button."""

    confirmed: bool


class ErrorView(View):
    """What went wrong and what to do next; `code` is stable and short."""

    code: str
    text_fr: str
    text_en: str
