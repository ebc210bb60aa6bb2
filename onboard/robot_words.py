"""What is said about robots, their programs and their loans, in both languages."""

from typing import Final

from drivers.errors import DriverError
from drivers.robots.refusals import Refusal, RobotProgramError
from jobs.errors import JobError, Sentence

_PROGRAM: Final[dict[Refusal, Sentence]] = {
    Refusal.TOO_BIG: Sentence(
        "Ce programme est trop gros : au plus {most} octets.",
        "This program is too large: at most {most} bytes.",
    ),
    Refusal.NOT_JSON: Sentence("Ceci n'est pas un programme de robot.", "This is no robot program."),
    Refusal.NOT_A_PROGRAM: Sentence("Ceci n'est pas un programme de robot.", "This is no robot program."),
    Refusal.VERSION: Sentence(
        "Ce programme vient d'une autre version du vélo : refais-le ici.",
        "This program comes from another version of the bike: make it anew here.",
    ),
    Refusal.TOO_DEEP: Sentence(
        "Trop de blocs les uns dans les autres : au plus {most}.",
        "Too many blocks within each other: at most {most}.",
    ),
    Refusal.TOO_MANY: Sentence(
        "Trop de blocs : au plus {most}. Utilise « répéter ».",
        "Too many blocks: at most {most}. Use “repeat”.",
    ),
    Refusal.UNKNOWN_STEP: Sentence(
        "Le bloc {step} n'existe pas pour les robots.", "Block {step} is none that robots know."
    ),
    Refusal.UNKNOWN_KEY: Sentence(
        "Le bloc {step} dit quelque chose que les robots ne connaissent pas.",
        "Block {step} says something that robots do not know.",
    ),
    Refusal.MISSING_KEY: Sentence(
        "Il manque quelque chose au bloc {step}.", "Something is missing in block {step}."
    ),
    Refusal.DUPLICATE_KEY: Sentence(
        "Un bloc dit deux fois la même chose.", "A block says the same thing twice."
    ),
    Refusal.WRONG_TYPE: Sentence(
        "Une valeur du bloc {step} ne convient pas.", "A value of block {step} does not fit."
    ),
    Refusal.OUT_OF_RANGE: Sentence(
        "Bloc {step} : choisis un nombre entre {low} et {high}.",
        "Block {step}: choose a number between {low} and {high}.",
    ),
    Refusal.WHEN_INSIDE: Sentence(
        "Le bloc {step} attend un bouton : pose-le à côté des autres, pas dedans.",
        "Block {step} waits for a button: put it beside the others, not inside.",
    ),
    Refusal.NO_WHEELS: Sentence(
        "Bloc {step} : ce robot n'a pas de roues.", "Block {step}: this robot has no wheels."
    ),
    Refusal.NO_PEN: Sentence(
        "Bloc {step} : ce robot n'a pas de stylo.", "Block {step}: this robot has no pen."
    ),
    Refusal.NO_LIGHT: Sentence(
        "Bloc {step} : ce robot n'a pas de lampe.", "Block {step}: this robot has no lamp."
    ),
    Refusal.NO_SOUND: Sentence(
        "Bloc {step} : ce robot ne fait pas de son.", "Block {step}: this robot makes no sound."
    ),
    Refusal.NO_SENSOR: Sentence(
        "Bloc {step} : ce robot n'a pas ce capteur.", "Block {step}: this robot does not have this sensor."
    ),
    Refusal.NO_BUTTON: Sentence(
        "Bloc {step} : ce robot n'a pas ce bouton.", "Block {step}: this robot does not have this button."
    ),
    Refusal.UNREADABLE_LINE: Sentence(
        "Ligne {step} : les robots ne comprennent pas cette ligne.",
        "Line {step}: robots do not understand this line.",
    ),
    Refusal.MISSING_END: Sentence(
        "Ce qui commence à la ligne {step} n'a pas de « fin ».",
        "What begins in line {step} has no “end”.",
    ),
    Refusal.NO_LINES: Sentence(
        "Il n'y a pas de trait à dessiner dans cette image.", "There is no line to draw in this picture."
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
