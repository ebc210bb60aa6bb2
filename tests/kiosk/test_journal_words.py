"""The audit journal as sentences: one for each act in both languages, with all that was written down."""

import string
from typing import get_args

import pytest

from jobs.errors import Sentence
from jobs.store.accounts import Act
from jobs.store.groups import Group
from kiosk.mediator.journal_words import DONE, HAPPENED, sentence_of
from onboard.chronicle import NO_ACTS, act_of
from onboard.control.messages import (
    AccessChange,
    AdjustPrint,
    ArmMill,
    BeginTerm,
    EraseHalt,
    ExtendHalt,
    FavourJob,
    JogMachine,
    JudgeJob,
    LendRobot,
    MoveFilament,
    NoteAccess,
    OpenHalt,
    PromiseJob,
    Reason,
    RefuseJob,
    Request,
    WelcomeGroup,
)

JOB = "0" * 32
ZOE = Sentence("Zoé", "Zoé")
FACTS = {
    *("job", "machine", "reason", "action", "minutes", "step_mm"),
    *("speed_pct", "flow_pct", "reserve_wh", "group", "objects"),
}


def told(request: Request, ticket: str | None = "Renard 12") -> Sentence:
    """What the journal says of a request of Zoé's."""
    return sentence_of(act_of(request, 7.0, None), ticket, ZOE)


def test_every_act_that_is_written_down_has_a_sentence() -> None:
    """Also every change of who may enter; and no sentence asks for what is never written."""
    acts = {kind.model_fields["op"].default for kind in get_args(get_args(Request)[0]) if kind not in NO_ACTS}
    acts = acts - {"access"} | {change.value for change in AccessChange}
    assert acts == {code.split()[0] for code in DONE}
    for words in (*DONE.values(), *HAPPENED.values()):
        for text in (words.fr, words.en):
            assert {name for _, name, _, _ in string.Formatter().parse(text) if name} <= FACTS


@pytest.mark.parametrize(
    ("request_", "french", "english"),
    [
        (
            RefuseJob(job=JOB, reason="too-long"),
            "a refusé Renard 12 : trop long pour aujourd'hui",
            "refused Renard 12: too long for today",
        ),
        (
            FavourJob(job=JOB, priority=2),
            "a donné un coup de pouce à Renard 12",
            "gave Renard 12 a helping hand",
        ),
        (
            PromiseJob(job=JOB, promised=False),
            "a repris la promesse de Renard 12",
            "took the promise of Renard 12 back",
        ),
        (JudgeJob(job=JOB, good=True), "a jugé Renard 12 réussi", "called Renard 12 good"),
        (
            JudgeJob(job=JOB, good=False, reason=Reason.LOOSE),
            "a jugé Renard 12 raté : décollé du plateau",
            "called Renard 12 failed: came off the plate",
        ),
        (ArmMill(machine="mill", job=JOB), "a armé mill pour Renard 12", "armed mill for Renard 12"),
        (JogMachine(machine="mill", axis="x", step_mm=10), "a déplacé mill de 10 mm", "moved mill by 10 mm"),
        (
            MoveFilament(machine="prusa", action="change", material="PLA"),
            "a changé le filament de prusa",
            "changed the filament of prusa",
        ),
        (
            AdjustPrint(machine="prusa", flow_pct=110),
            "a réglé le débit de prusa à 110 %",
            "set the flow of prusa to 110 %",
        ),
        (
            LendRobot(loan=JOB, robot="thymio", minutes=10, key="lend-0001"),
            "a prêté thymio pour 10 min",
            "lent thymio for 10 min",
        ),
        (
            OpenHalt(place="Parc", host_city="Antony", minutes=180, reserve_wh=100),
            "a ouvert la halte pour 180 min, avec 100 Wh gardés pour le retour",
            "opened the halt for 180 min, with 100 Wh kept for the ride home",
        ),
        (
            ExtendHalt(minutes=-15),
            "a déplacé la fin de la halte de -15 min",
            "moved the end of the halt by -15 min",
        ),
        (WelcomeGroup(group=Group.SUN), "a accueilli : Soleil", "welcomed: Sun"),
        (
            EraseHalt(halt=JOB, objects=7),
            "a effacé les données d'une halte (7 objets)",
            "erased the data of a halt (7 objects)",
        ),
        (
            NoteAccess(change=AccessChange.TOKEN_MADE),
            "a fait une clé pour un programme",
            "made a token for a program",
        ),
        (BeginTerm(), "a commencé une nouvelle période", "began a new term"),
    ],
)
def test_who_did_what_to_which(request_: Request, french: str, english: str) -> None:
    """As the daemon writes it down."""
    assert told(request_) == Sentence(f"Zoé {french}.", f"Zoé {english}.")


def test_what_nobody_signed_and_what_was_erased_is_told_too() -> None:
    """A stop is nobody's; a command on the bike's computer has no name; an old line may lack its details."""
    assert sentence_of(Act(7.0, "stop"), None, None).en == "Emergency stop of all machines."
    assert sentence_of(Act(7.0, "call", job=JOB), None, None).fr == "Un objet effacé a appelé un médiateur."
    assert (
        sentence_of(Act(7.0, "pause", job=JOB), "Ours 3", None).en
        == "Somebody at the bike's computer paused Ours 3."
    )
    assert sentence_of(Act(7.0, "reserve"), None, ZOE).en == "Zoé kept … Wh for the ride home."
    assert sentence_of(Act(7.0, "{job.x}", detail="{0}"), None, ZOE).fr == "Zoé : {job.x} {0}."
