"""What is said about robots, their programs and their loans, in both languages."""

from typing import Final

from drivers.errors import DriverError
from drivers.robots.refusals import Refusal, RobotProgramError
from jobs.errors import JobError, Sentence

_NOT_OURS: Final = Sentence(
    "Ce n'est pas un programme de robot. Recommence avec les blocs.",
    "This is no robot program. Start again with the blocks.",
)
_DAMAGED: Final = Sentence(
    "Le bloc {step} est abîmé. Enlève-le et prends-en un autre.",
    "Block {step} is damaged. Remove it and take another one.",
)
_PROGRAM: Final[dict[Refusal, Sentence]] = {
    Refusal.TOO_BIG: Sentence(
        "Ton programme est trop gros pour le robot. Enlève des blocs, ou sers-toi de « répète ».",
        "Your program is too big for the robot. Remove some blocks, or use “repeat”.",
    ),
    Refusal.NOT_JSON: _NOT_OURS,
    Refusal.NOT_A_PROGRAM: _NOT_OURS,
    Refusal.VERSION: _NOT_OURS,
    Refusal.TOO_DEEP: Sentence(
        "Trop de blocs les uns dans les autres : {most} au plus. Sors-en quelques-uns.",
        "Too many blocks inside each other: at most {most}. Take some out.",
    ),
    Refusal.TOO_MANY: Sentence(
        "Trop de blocs : {most} au plus. Sers-toi de « répète » pour en poser moins.",
        "Too many blocks: at most {most}. Use “repeat” to need fewer.",
    ),
    Refusal.UNKNOWN_STEP: Sentence(
        "Le robot ne connaît pas le bloc {step}. Enlève-le.",
        "The robot does not know block {step}. Remove it.",
    ),
    Refusal.UNKNOWN_KEY: _DAMAGED,
    Refusal.MISSING_KEY: _DAMAGED,
    Refusal.DUPLICATE_KEY: _NOT_OURS,
    Refusal.WRONG_TYPE: _DAMAGED,
    Refusal.OUT_OF_RANGE: Sentence(
        "Dans le bloc {step}, choisis un nombre entre {low} et {high}.",
        "In block {step}, choose a number between {low} and {high}.",
    ),
    Refusal.WHEN_INSIDE: Sentence(
        "« Quand on appuie » (bloc {step}) doit être tout seul, pas dans un autre bloc.",
        "“When pressed” (block {step}) must stand alone, not inside another block.",
    ),
    Refusal.NO_WHEELS: Sentence(
        "Ce robot n'a pas de roues : enlève le bloc {step}.",
        "This robot has no wheels: remove block {step}.",
    ),
    Refusal.NO_PEN: Sentence(
        "Ce robot n'a pas de stylo : enlève le bloc {step}.",
        "This robot has no pen: remove block {step}.",
    ),
    Refusal.NO_LIGHT: Sentence(
        "Ce robot n'a pas de lampe : enlève le bloc {step}.",
        "This robot has no lamp: remove block {step}.",
    ),
    Refusal.NO_SOUND: Sentence(
        "Ce robot ne sait pas chanter : enlève le bloc {step}.",
        "This robot cannot sing: remove block {step}.",
    ),
    Refusal.NO_SENSOR: Sentence(
        "Ce robot ne sent pas cela : choisis autre chose dans le bloc {step}.",
        "This robot cannot feel that: choose something else in block {step}.",
    ),
    Refusal.NO_BUTTON: Sentence(
        "Ce robot n'a pas ce bouton : choisis-en un autre dans le bloc {step}.",
        "This robot has no such button: choose another one in block {step}.",
    ),
    Refusal.UNREADABLE_LINE: Sentence(
        "Je ne comprends pas la ligne {step}. Corrige-la, ou efface-la.",
        "I do not understand line {step}. Correct it, or delete it.",
    ),
    Refusal.MISSING_END: Sentence(
        "Il manque la fin de ce qui commence à la ligne {step}.",
        "What begins in line {step} has no end.",
    ),
    Refusal.NO_LINES: Sentence(
        "Je ne vois aucun trait à dessiner dans ce fichier.",
        "I see no line to draw in this file.",
    ),
}

NO_ROBOT: Final = Sentence("Il n'y a pas de robot de ce nom.", "There is no robot of this name.")
NOT_LENT: Final = Sentence(
    "Tu n'as pas de robot en ce moment : demande au médiateur.",
    "You do not have a robot at the moment: ask the mediator.",
)
PLAYS: Final = Sentence(
    "Le robot joue déjà un programme : arrête-le d'abord.",
    "The robot plays a program already: stop it first.",
)
TAKEN: Final = Sentence(
    "Ce robot est déjà prêté : reprenez-le d'abord.", "This robot is lent already: take it back first."
)
STOPPED: Final = Sentence(
    "Ce robot a été arrêté : regardez-le, puis réarmez-le.",
    "This robot was stopped: look at it, then re-arm it.",
)
STOPPED_NOT: Final = Sentence(
    "Ce robot n'attend pas d'être réarmé.", "This robot does not wait to be re-armed."
)
AWAY: Final = Sentence(
    "Ce robot ne répond pas : vérifiez qu'il est allumé et branché.",
    "This robot does not answer: check that it is on and plugged in.",
)
NO_HALT: Final = Sentence(
    "Ouvrez d'abord la halte, puis prêtez le robot.", "Open the halt first, then lend the robot."
)
NO_ENERGY: Final = Sentence(
    "Pas assez de batterie pour recharger ce robot après : prêtez-le moins longtemps.",
    "Not enough battery to charge this robot afterwards: lend it for a shorter time.",
)


def program_refused(error: RobotProgramError) -> JobError:
    """Tell a person why a program is not taken."""
    told: dict[str, str | int] = {name: f"{number:g}" for name, number in error.numbers.items()}
    told["step"] = error.place.step
    words = _PROGRAM[error.refusal]
    return JobError(f"program-{error.refusal}", Sentence(words.fr.format(**told), words.en.format(**told)))


def robot_refused(code: str, sentence: Sentence) -> JobError:
    """Refuse something about a robot."""
    return JobError(code, sentence)


def not_ready(error: DriverError) -> JobError:
    """The robot itself refuses; its words are in English."""
    return JobError("robot-not-ready", Sentence(f"Le robot ne peut pas : {error}", str(error)))
