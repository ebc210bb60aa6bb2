"""Every way a job can go wrong, under one root; each error speaks to a person in both languages."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sentence:
    """What happened and what to do next, in French and in English.

    `code` is stable and short, for the mediator and for tests; an error has one of its own.
    """

    fr: str
    en: str
    code: str = ""


class JobError(Exception):
    """A job could not go on; `code` is stable and short, for the mediator and for tests."""

    def __init__(self, code: str, sentence: Sentence) -> None:
        super().__init__(sentence.en)
        self.code = code
        self.sentence = sentence


class DesignRefusedError(JobError):
    """A design cannot be made here: what was brought is malformed, hostile or too large."""


class ProgramRefusedError(JobError):
    """A G-code program did not pass the gate."""


class PreparationFailedError(JobError):
    """The slicer or the child process around it failed."""


class TransitionError(JobError):
    """A job is not in a state that allows this step."""


class UnknownJobError(JobError):
    """There is no such job."""


class InstanceError(JobError):
    """A planning instance is not of the exchange format."""


class StoreError(JobError):
    """The job queue on disk cannot be read or written."""


TOO_SLOW = Sentence(
    "La préparation prend trop de temps : la forme est trop compliquée. Simplifie-la.",
    "Preparing takes too long: the shape is too complicated. Simplify it.",
)
