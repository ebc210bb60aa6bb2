"""How acts of the audit journal are told as sentences: who did what to which."""

from collections.abc import Mapping
from typing import Final

from jobs.errors import Sentence
from jobs.store.accounts import Act
from kiosk.mediator.group_words import GROUP_WORDS
from kiosk.mediator.report_words import REASONS

_REFUSED: Final[dict[str, Sentence]] = {
    "not-suitable": Sentence("ne convient pas ici", "not suitable here"),
    "too-long": Sentence("trop long pour aujourd'hui", "too long for today"),
    "change-asked": Sentence("un changement demandé", "a change asked for"),
    "not-here": Sentence("matériel manquant", "something needed is not here"),
}
_FILAMENT: Final[dict[str, Sentence]] = {
    "load": Sentence("chargé", "loaded"),
    "unload": Sentence("retiré", "unloaded"),
    "change": Sentence("changé", "changed"),
}
DONE: Final[dict[str, Sentence]] = {
    "approve": Sentence("a accepté {job}", "accepted {job}"),
    "refuse": Sentence("a refusé {job} : {reason}", "refused {job}: {reason}"),
    "pause": Sentence("a mis {job} en pause", "paused {job}"),
    "resume": Sentence("a repris {job}", "let {job} go on"),
    "cancel": Sentence("a annulé {job}", "cancelled {job}"),
    "favour": Sentence("a changé la faveur de {job}", "changed the favour of {job}"),
    "favour priority=0": Sentence("a retiré sa faveur à {job}", "took its favour from {job}"),
    "favour priority=1": Sentence("a noté {job} comme projet de classe", "made {job} a class project"),
    "favour priority=2": Sentence("a donné un coup de pouce à {job}", "gave {job} a helping hand"),
    "promise": Sentence("a changé la promesse de {job}", "changed the promise of {job}"),
    "promise promised=true": Sentence("a promis {job} pour aujourd'hui", "promised {job} for today"),
    "promise promised=false": Sentence("a repris la promesse de {job}", "took the promise of {job} back"),
    "place": Sentence("a déplacé {job} dans la file", "moved {job} in the line"),
    "judge": Sentence("a jugé {job} raté : {reason}", "called {job} failed: {reason}"),
    "judge good=true": Sentence("a jugé {job} réussi", "called {job} good"),
    "repeat": Sentence("a fait refaire {job}", "had {job} made again"),
    "answer-call": Sentence("a répondu à l'appel de {job}", "answered the call of {job}"),
    "clear-plate": Sentence("a vidé le plateau de {machine}", "cleared the plate of {machine}"),
    "arm": Sentence("a armé {machine} pour {job}", "armed {machine} for {job}"),
    "trace": Sentence(
        "a fait tracer le contour en l'air par {machine}", "had {machine} trace an outline in the air"
    ),
    "rearm": Sentence("a vérifié et réarmé {machine}", "looked at {machine} and re-armed it"),
    "lend-robot": Sentence("a prêté {machine} pour {minutes} min", "lent {machine} for {minutes} min"),
    "take-back-robot": Sentence("a repris un robot prêté", "took a lent robot back"),
    "preheat": Sentence("a fait chauffer {machine}", "had {machine} heat up"),
    "cool": Sentence("a fait refroidir {machine}", "had {machine} cool down"),
    "jog": Sentence("a déplacé {machine} de {step_mm} mm", "moved {machine} by {step_mm} mm"),
    "hold-jog": Sentence("a déplacé {machine} en tenant le bouton", "moved {machine} by a held button"),
    "home": Sentence("a fait l'origine de {machine}", "homed {machine}"),
    "level": Sentence("a fait mesurer le plateau de {machine}", "had {machine} measure its bed"),
    "filament": Sentence("a {action} le filament de {machine}", "{action} the filament of {machine}"),
    "continue-errand": Sentence("a dit à {machine} de continuer", "told {machine} to go on"),
    "end-errand": Sentence("a arrêté le geste en cours de {machine}", "ended what {machine} did by hand"),
    "adjust": Sentence("a réglé la vitesse ou le débit de {machine}", "changed speed or flow of {machine}"),
    "adjust speed_pct": Sentence(
        "a réglé la vitesse de {machine} à {speed_pct} %", "set the speed of {machine} to {speed_pct} %"
    ),
    "adjust flow_pct": Sentence(
        "a réglé le débit de {machine} à {flow_pct} %", "set the flow of {machine} to {flow_pct} %"
    ),
    "zero": Sentence("a posé le zéro de {machine}", "set the zero of {machine}"),
    "probe": Sentence("a fait palper la hauteur par {machine}", "had {machine} probe the height"),
    "check-program": Sentence(
        "a fait relire un programme à blanc par {machine}", "had {machine} read a program dry"
    ),
    "open-halt": Sentence(
        "a ouvert la halte pour {minutes} min, avec {reserve_wh} Wh gardés pour le retour",
        "opened the halt for {minutes} min, with {reserve_wh} Wh kept for the ride home",
    ),
    "extend-halt": Sentence(
        "a déplacé la fin de la halte de {minutes} min", "moved the end of the halt by {minutes} min"
    ),
    "move-halt": Sentence("a changé le lieu de la halte", "changed the place of the halt"),
    "reserve": Sentence("a gardé {reserve_wh} Wh pour le retour", "kept {reserve_wh} Wh for the ride home"),
    "close-halt": Sentence("a fermé la halte", "closed the halt"),
    "welcome": Sentence("a accueilli : {group}", "welcomed: {group}"),
    "give-tickets": Sentence("a redonné des tickets : {group}", "gave tickets again: {group}"),
    "begin-term": Sentence("a commencé une nouvelle période", "began a new term"),
    "continue": Sentence("a laissé repartir la file", "let the queue go on"),
    "mediator-added": Sentence("a ajouté un médiateur", "added a mediator"),
    "mediator-renewed": Sentence("a renouvelé un code et un badge", "renewed a PIN and a badge"),
    "mediator-removed": Sentence("a retiré un médiateur", "removed a mediator"),
    "token-made": Sentence("a fait une clé pour un programme", "made a token for a program"),
    "token-revoked": Sentence("a révoqué la clé d'un programme", "revoked the token of a program"),
    "erase-halt": Sentence(
        "a effacé les données d'une halte ({objects} objets)", "erased the data of a halt ({objects} objects)"
    ),
}
"""What somebody did, after their name; a detail behind the act's code tells a sentence of its own."""
HAPPENED: Final[dict[str, Sentence]] = {
    "stop": Sentence("Arrêt d'urgence de toutes les machines", "Emergency stop of all machines"),
    "fault": Sentence("{machine} : défaut de la machine", "{machine}: machine fault"),
    "runout": Sentence(
        "{machine} attend quelqu'un, par exemple pour du filament",
        "{machine} waits for somebody, for example with filament",
    ),
    "call": Sentence("{job} a appelé un médiateur", "{job} called a mediator"),
}
"""What nobody decided, or what is nobody's to sign."""
_GONE: Final = Sentence("un objet effacé", "an erased object")
_BY_COMMAND: Final = Sentence("Quelqu'un à l'ordinateur du vélo", "Somebody at the bike's computer")
_IN_WORDS: Final[dict[str, Mapping[str, Sentence]]] = {
    "refuse reason": _REFUSED,
    "judge reason": REASONS,
    "filament action": _FILAMENT,
    "welcome group": GROUP_WORDS,
    "give-tickets group": GROUP_WORDS,
}


def sentence_of(act: Act, ticket: str | None, who: Sentence | None) -> Sentence:
    """An act as a sentence, without its time; one that is not known is told by its code."""
    facts = {name: Sentence(text, text) for name, text in _details(act)}
    if act.machine:
        facts["machine"] = Sentence(act.machine, act.machine)
    for name, said in facts.items():
        facts[name] = _IN_WORDS.get(f"{act.act} {name}", {}).get(said.fr, said)
    facts["job"] = Sentence(ticket, ticket) if ticket else _GONE
    subject = who or _BY_COMMAND
    if act.act in HAPPENED:
        told = _filled(HAPPENED[act.act], facts)
    elif (words := _done(act)) is not None:
        done = _filled(words, facts)
        told = Sentence(f"{subject.fr} {done.fr}", f"{subject.en} {done.en}")
    else:
        code = " ".join(filter(None, (act.act, act.detail)))
        told = Sentence(f"{subject.fr} : {code}", f"{subject.en}: {code}")
    return Sentence(*(f"{words[:1].upper()}{words[1:]}." for words in (told.fr, told.en)))


def _done(act: Act) -> Sentence | None:
    """The sentence that fits an act's details best, None for an act that is not known."""
    for name, text in _details(act):
        for wanted in (f"{act.act} {name}={text}", f"{act.act} {name}"):
            if wanted in DONE:
                return DONE[wanted]
    return DONE.get(act.act)


def _details(act: Act) -> list[tuple[str, str]]:
    return [(name, text) for name, _, text in (part.partition("=") for part in act.detail.split())]


def _filled(words: Sentence, facts: Mapping[str, Sentence]) -> Sentence:
    """Both languages with their facts; what an older journal does not tell is left open."""
    french = _Told((name, said.fr) for name, said in facts.items())
    english = _Told((name, said.en) for name, said in facts.items())
    return Sentence(words.fr.format_map(french), words.en.format_map(english))


class _Told(dict[str, str]):
    """Facts by their name."""

    def __missing__(self, _name: str) -> str:
        return "…"
