"""What people read about actions by hand, in both languages."""

from typing import Final

from drivers.byhand import HandReason, HandRefusedError
from drivers.errors import DriverError, ProgramCancelledError
from jobs.endings import ending_of
from jobs.errors import JobError, Sentence

DONE: Final = Sentence("C'est fait.", "Done.", "done")
ENDED: Final = Sentence("Arrêté à votre demande.", "Ended at your request.", "ended")
TOO_LONG: Final = Sentence(
    "C'était trop long : la machine a été arrêtée. Regardez-la.",
    "It took too long and was stopped: look at the machine.",
    "too-long",
)
NO_HALT: Final = Sentence(
    "Ouvrez d'abord une halte : rien ne bouge ni ne chauffe tant que le vélo n'est pas garé.",
    "Open a halt first: nothing moves or heats before the bike is parked.",
    "no-halt",
)
NOT_FREE: Final = Sentence(
    "La machine n'est pas au repos : attendez qu'elle ait fini, ou réarmez-la d'abord.",
    "The machine is not at rest: wait until it has ended, or re-arm it first.",
    "machine-busy",
)
NOT_THIS: Final = Sentence(
    "Cette machine ne sait pas faire cela.", "This machine cannot do that.", "not-this-machine"
)
NO_PRINT: Final = Sentence(
    "Aucun objet n'est en cours sur cette imprimante.", "No object is being printed here.", "no-print"
)
NO_ERRAND: Final = Sentence(
    "La machine ne fait rien à la main en ce moment.",
    "The machine does nothing by hand at the moment.",
    "no-errand",
)
NOT_WAITING: Final = Sentence("La machine n'attend personne.", "The machine waits for nobody.", "not-waiting")
NO_MATERIAL: Final = Sentence(
    "Cette matière n'est pas connue ici.", "This material is not known here.", "no-material"
)
PLATE_FIRST: Final = Sentence(
    "Videz d'abord le plateau, et dites-le : la buse pourrait heurter l'objet.",
    "Clear the plate first, and say so: the nozzle might hit the object.",
    "plate",
)
SWAP: Final = Sentence(
    "Retirez l'ancien filament, engagez le nouveau jusqu'à sentir une résistance, puis continuez.",
    "Take the old filament out, push the new one in until it resists, then continue.",
    "swap-filament",
)
ARM_FIRST: Final = Sentence(
    "Refaites la liste de la fraiseuse et armez-la : elle ne repart pas sans cela.",
    "Go through the mill's list and arm it: it does not go on without that.",
    "arm",
)
LIST_FIRST: Final = Sentence(
    "Le contour doit d'abord être tracé en l'air, le programme relu à blanc et le capot fermé.",
    "First have the outline traced in the air and the program read in a dry run, and close the lid.",
    "list",
)
OTHER_JOB: Final = Sentence(
    "La fraiseuse s'arme pour un seul objet, accepté et pas encore commencé.",
    "The mill is armed for one object only, accepted and not begun yet.",
    "other-job",
)

_REASONS: Final[dict[HandReason, Sentence]] = {
    HandReason.NOT_HOMED: Sentence(
        "Faites d'abord l'origine de tous les axes : la machine ne sait pas où elle est.",
        "Home all axes first: the machine does not know where it is.",
    ),
    HandReason.OUTSIDE: Sentence(
        "Ce pas sortirait de la machine : prenez un pas plus petit, ou l'autre sens.",
        "This step would leave the machine: take a smaller one, or the other way.",
    ),
    HandReason.TOO_HOT: Sentence(
        "C'est plus chaud que cette machine ne le permet.", "This is hotter than this machine may be."
    ),
    HandReason.TOO_COLD: Sentence(
        "Trop froid pour pousser du filament : il casserait dans la buse.",
        "Too cold to move filament: it would jam in the nozzle.",
    ),
    HandReason.NO_PROBE: Sentence(
        "Cette imprimante ne dit pas qu'elle sait mesurer son plateau : réglez-le avec du papier.",
        "This printer does not tell that it can measure its bed: level it with a sheet of paper.",
    ),
    HandReason.NO_PLACE: Sentence(
        "La fraiseuse n'a pas encore dit où est son outil : attendez un instant.",
        "The mill has not yet told where its tool is: wait a moment.",
    ),
    HandReason.SPINDLE: Sentence(
        "La broche tourne : elle doit être arrêtée d'abord.", "The spindle turns: it has to stand first."
    ),
}


def refused(sentence: Sentence) -> JobError:
    """The error that tells a sentence under its own code."""
    return JobError(sentence.code, sentence)


def why_not(reason: HandReason) -> Sentence:
    """Why a machine does not do by hand what it was asked."""
    sentence = _REASONS[reason]
    return Sentence(sentence.fr, sentence.en, reason)


def how_it_ended(error: DriverError) -> Sentence:
    """How an errand ended that did not come to its end."""
    match error:
        case HandRefusedError():
            return why_not(error.reason)
        case ProgramCancelledError():
            return ENDED
        case _:
            problem = ending_of(error).problem or ENDED
            return Sentence(problem.fr, problem.en, problem.code or "machine")
