"""How outcomes, reasons and shapes are said in reports, the history and the audit journal."""

from typing import Final

from jobs.errors import Sentence
from jobs.report import Incident, Outcome
from jobs.types import DesignKind
from onboard.control.messages import Reason

OUTCOMES: Final[dict[Outcome, Sentence]] = {
    Outcome.GOOD: Sentence("Réussis", "Good"),
    Outcome.SPOILED: Sentence("Finis mais ratés", "Finished but spoiled"),
    Outcome.FAILED: Sentence("En échec", "Failed"),
    Outcome.INTERRUPTED: Sentence("Interrompus", "Interrupted"),
    Outcome.CANCELLED: Sentence("Annulés", "Cancelled"),
    Outcome.REFUSED: Sentence("Refusés", "Refused"),
    Outcome.ON_MACHINE: Sentence("Encore sur une machine", "Still on a machine"),
    Outcome.CARRIED: Sentence("Gardés pour la suite", "Kept for later"),
}
INCIDENTS: Final[dict[Incident, Sentence]] = {
    Incident.STOP: Sentence("Arrêts d'urgence", "Emergency stops"),
    Incident.FAULT: Sentence("Défauts de machine", "Machine faults"),
    Incident.RUNOUT: Sentence("Filament à remettre", "Filament ran out"),
    Incident.CALL: Sentence("« Quelque chose ne va pas »", "“Something is wrong”"),
    Incident.PROTECTION: Sentence("Protections de la batterie", "Battery protections"),
}
REASONS: Final[dict[str, Sentence]] = {
    Reason.LOOSE: Sentence("décollé du plateau", "came off the plate"),
    Reason.WARPED: Sentence("gauchi", "warped"),
    Reason.STRINGY: Sentence("fils ou bavures", "strings or burrs"),
    Reason.INCOMPLETE: Sentence("incomplet", "incomplete"),
    Reason.BROKEN: Sentence("cassé", "broken"),
    Reason.SIZE: Sentence("mauvaise taille", "wrong size"),
    Reason.CUT: Sentence("mal coupé", "badly cut"),
    Reason.OTHER: Sentence("autre raison", "another reason"),
}
"""What a mediator may say of a failed object."""
CODES: Final[dict[str, Sentence]] = {
    **REASONS,
    "fault": Sentence("défaut de la machine", "machine fault"),
    "link-lost": Sentence("liaison perdue", "link lost"),
    "interrupted": Sentence("machine arrêtée", "machine stopped"),
    "not-ready": Sentence("machine pas prête", "machine not ready"),
    "protocol": Sentence("machine qui répond mal", "machine answered wrongly"),
    "driver": Sentence("erreur de la machine", "machine error"),
    "over-limit": Sentence("durée maximale dépassée", "longer than allowed"),
    "stopped": Sentence("arrêté avant le départ", "stopped before the start"),
    "not-written": Sentence("départ pas noté", "start not written down"),
    "cancelled": Sentence("annulé par une personne", "cancelled by a person"),
    "daemon-stopped": Sentence("logiciel arrêté", "software stopped"),
    "restart": Sentence("vélo redémarré", "bike restarted"),
    "battery-short": Sentence("batterie trop juste", "not enough battery"),
    "battery-empty": Sentence("batterie au plus bas", "battery at its lowest"),
    "battery-unknown": Sentence("batterie inconnue", "battery unknown"),
    "done": Sentence("raté sans raison donnée", "spoiled, no reason given"),
    "failed": Sentence("échec sans code", "failed without a code"),
}
KINDS: Final[dict[DesignKind, Sentence]] = {
    DesignKind.MESH: Sentence("Fichier 3D", "3D file"),
    DesignKind.DRAWING: Sentence("Dessin", "Drawing"),
    DesignKind.NAME_TAG: Sentence("Prénom", "Name tag"),
    DesignKind.KEY_RING: Sentence("Porte-clés", "Key ring"),
    DesignKind.STAMP: Sentence("Tampon", "Stamp"),
    DesignKind.COOKIE_CUTTER: Sentence("Emporte-pièce", "Cookie cutter"),
    DesignKind.MEDAL: Sentence("Médaille", "Medal"),
    DesignKind.PLANT_LABEL: Sentence("Étiquette de plante", "Plant label"),
    DesignKind.MIND_MAP: Sentence("Carte mentale", "Mind map"),
    DesignKind.GCODE: Sentence("Programme", "Program"),
}


def said_of(words: dict[str, Sentence], code: str) -> Sentence:
    """A code in words; one that is not known stands for itself."""
    return words.get(code, Sentence(code, code))
