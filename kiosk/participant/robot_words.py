"""What children read of a program: why it is not taken, and how it ends."""

from typing import Final

from drivers.robots.interpreter import End
from drivers.robots.refusals import RobotProgramError
from jobs.errors import JobError, Sentence
from onboard.robots.words import program_refused

WHOLE: Final = Sentence("", "")
WAITS: Final = Sentence(
    "Et le robot attend encore que l'on appuie sur ses boutons.",
    "And the robot still waits for its buttons to be pressed.",
)
ENDS: Final[dict[End, Sentence]] = {
    End.DONE: WHOLE,
    End.STOPPED: WHOLE,
    End.TIME: Sentence(
        "Le robot s'arrête là : un programme dure 5 minutes au plus.",
        "The robot stops here: a program lasts 5 minutes at most.",
    ),
    End.STEPS: Sentence(
        "Le robot s'arrête là : il a fait 5000 blocs, c'est le plus qu'il peut faire.",
        "The robot stops here: it has done 5000 blocks, and that is the most it can do.",
    ),
    End.AREA: Sentence(
        "Stop ! Plus loin, le robot tomberait de la table. Raccourcis le chemin, ou tourne avant le bord.",
        "Stop! Further on, the robot would fall off the table. Go less far, or turn before the edge.",
    ),
}


class ProgramRefusedError(JobError):
    """A program that no robot plays; `step` is the id of the block it is about, "" for none."""

    def __init__(self, error: RobotProgramError) -> None:
        told = program_refused(error)
        super().__init__(told.code, told.sentence)
        self.step = error.place.id
