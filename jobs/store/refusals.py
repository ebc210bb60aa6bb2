"""What the store says when it refuses, in both languages."""

from math import ceil, floor
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


def not_finished() -> TransitionError:
    """The object is not finished, so nobody can say how it became."""
    return TransitionError(
        "not-finished",
        Sentence("Cet objet n'est pas encore terminé.", "This object is not finished yet."),
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


def participant_busy() -> TransitionError:
    """The participant has an object on another machine."""
    return TransitionError(
        "participant-busy",
        Sentence(
            "Un objet à la fois : ton autre objet est encore sur une machine.",
            "One object at a time: your other object is still on a machine.",
        ),
    )


def not_in_line(found: JobState) -> TransitionError:
    """What was asked is for jobs that wait."""
    found_fr, found_en = _STATE_WORDS[found]
    return TransitionError(
        "not-in-line",
        Sentence(
            f"Cet objet n'attend plus dans la file : il est « {found_fr} ».",
            f"This job no longer waits in the line: it is “{found_en}”.",
        ),
    )


def promise_too_large(needs_wh: float, left_wh: float, cap_wh: float) -> TransitionError:
    """At most half of the halt's energy is promised."""
    needs, left, cap = ceil(needs_wh), max(0, floor(left_wh)), floor(cap_wh)
    return TransitionError(
        "promise-too-large",
        Sentence(
            f"Promesse impossible : il faut {needs} Wh, il en reste {left} à promettre "
            f"(au plus la moitié de la halte : {cap} Wh).",
            f"This cannot be promised: it takes {needs} Wh, {left} are left to promise "
            f"(at most half of the halt: {cap} Wh).",
        ),
    )


def ticket_not_here() -> TransitionError:
    """Nobody holds this ticket at this halt."""
    return TransitionError(
        "ticket-not-here",
        Sentence(
            "Ce ticket n'est pas en service ici. Demande au médiateur de te le redonner.",
            "This ticket is not in use here. Ask the mediator to give it to you again.",
        ),
    )


def no_halt() -> TransitionError:
    """There is no halt to change."""
    return TransitionError(
        "no-halt",
        Sentence("Pas de halte ouverte : ouvrez-en une d'abord.", "No halt is open: open one first."),
    )


def halt_changed() -> TransitionError:
    """Somebody else has changed the end of the halt since the page was drawn."""
    return TransitionError(
        "halt-changed",
        Sentence(
            "La fin de la halte a changé entre-temps : regardez-la, puis recommencez.",
            "The end of the halt has changed meanwhile: look at it, then try again.",
        ),
    )


def no_such_end(minutes: int, left_s: float) -> TransitionError:
    """The halt would end in the past or more than a day ahead."""
    left_min = int(left_s // 60)
    if minutes < 0:
        sentence = Sentence(
            f"Il ne reste que {left_min} min : fermez la halte au lieu d'enlever {-minutes} min.",
            f"Only {left_min} min are left: close the halt instead of taking {-minutes} min away.",
        )
    else:
        sentence = Sentence(
            f"Une halte finit dans 24 h au plus : il reste déjà {left_min} min.",
            f"A halt ends within 24 h: {left_min} min are left already.",
        )
    return TransitionError("no-such-end", sentence)


def halt_open() -> TransitionError:
    """An open halt is not erased."""
    return TransitionError(
        "halt-open",
        Sentence("Fermez d'abord la halte : on n'efface qu'une halte finie.",
                 "Close the halt first: only a halt that is over is erased."),
    )  # fmt: skip


def halt_not_as_seen() -> TransitionError:
    """The halt holds other objects than the page has shown."""
    return TransitionError(
        "halt-not-as-seen",
        Sentence("Les objets de cette halte ont changé : relisez les nombres, puis recommencez.",
                 "The objects of this halt have changed: read the numbers again, then try again."),
    )  # fmt: skip


def not_repeatable() -> TransitionError:
    """The object is not over, or nothing is left to make it from."""
    return TransitionError(
        "not-repeatable",
        Sentence("Cet objet ne peut pas être refait : il n'est pas fini, ou ses fichiers sont effacés.",
                 "This object cannot be made again: it is not over, or its files are erased."),
    )  # fmt: skip


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


def blocked(path: Path, detail: str) -> StoreError:
    """The disk or another program keeps the file from us; nothing is wrong with it."""
    return StoreError(
        "store-blocked",
        Sentence(
            f"La file d'attente {path} ne s'ouvre pas pour l'instant (« {detail} ») : libérez de la place "
            "sur le disque. Un nouvel essai se fait tout seul.",
            f"The job queue {path} cannot be opened now ({detail}): make room on the disk. "
            "It is tried again by itself.",
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
