"""What the store says when it refuses, in both languages."""

from pathlib import Path
from typing import Final

from jobs.errors import Sentence, StoreError, TransitionError, UnknownJobError
from jobs.types import JobState

_STATE_WORDS: Final[dict[JobState, tuple[str, str]]] = {
    JobState.PREPARING: ("en préparation", "being prepared"),
    JobState.UNUSABLE: ("inutilisable", "unusable"),
    JobState.READY: ("prêt à envoyer", "ready to send"),
    JobState.WAITING: ("en attente du médiateur", "waiting for the mediator"),
    JobState.REFUSED: ("refusé", "refused"),
    JobState.APPROVED: ("accepté", "approved"),
    JobState.STARTING: ("en démarrage", "starting"),
    JobState.RUNNING: ("en fabrication", "being made"),
    JobState.PAUSED: ("en pause", "paused"),
    JobState.DONE: ("terminé", "done"),
    JobState.FAILED: ("en échec", "failed"),
    JobState.INTERRUPTED: ("interrompu", "interrupted"),
    JobState.CANCELLED: ("annulé", "cancelled"),
}


def unknown_job() -> UnknownJobError:
    """No job has this id or ticket."""
    return UnknownJobError(
        "unknown-job",
        Sentence("Cet objet n'existe pas ou a été effacé.", "There is no such job, or it was erased."),
    )


def wrong_state(found: JobState, to: JobState) -> TransitionError:
    """The job is not where this step may begin."""
    found_fr, found_en = _STATE_WORDS[found]
    to_fr, to_en = _STATE_WORDS[to]
    return TransitionError(
        "wrong-state",
        Sentence(
            f"Impossible de passer à « {to_fr} » : l'objet est « {found_fr} ».",
            f"The job cannot become “{to_en}”: it is “{found_en}”.",
        ),
    )


def cancel_pending() -> TransitionError:
    """Somebody has asked to cancel the job."""
    return TransitionError(
        "cancel-asked",
        Sentence("L'annulation de cet objet est demandée.", "Cancelling this job has been asked for."),
    )


def on_a_machine() -> TransitionError:
    """The job is on a machine and must be cancelled first."""
    return TransitionError(
        "on-a-machine",
        Sentence(
            "Cet objet est sur une machine : il faut d'abord l'annuler.",
            "This job is on a machine: cancel it first.",
        ),
    )


def machine_busy(machine: str) -> TransitionError:
    """Another job holds the machine."""
    return TransitionError(
        "machine-busy",
        Sentence(
            f"La machine {machine} fabrique déjà un autre objet.",
            f"Machine {machine} is already making another job.",
        ),
    )


def plate_dirty(machine: str) -> TransitionError:
    """Nobody has confirmed that the plate is empty."""
    return TransitionError(
        "plate-not-clear",
        Sentence(
            f"Le plateau de {machine} n'est pas confirmé libre : videz-le puis confirmez.",
            f"The plate of {machine} is not confirmed clear: empty it, then confirm.",
        ),
    )


def unusable(path: Path, detail: str) -> StoreError:
    """The file is not our queue, or it is damaged."""
    return StoreError(
        "store-unusable",
        Sentence(
            f"La file d'attente {path} est illisible (« {detail} ») : déplacez le fichier et redémarrez.",
            f"The job queue {path} cannot be used ({detail}): move the file away and start again.",
        ),
    )


def failed(detail: str) -> StoreError:
    """The disk or the database refused."""
    return StoreError(
        "store-failed",
        Sentence(
            f"La file d'attente n'a pas pu être lue ou écrite (« {detail} ») ; rien n'a été changé.",
            f"The job queue could not be read or written ({detail}); nothing was changed.",
        ),
    )
