"""A mediator's halt and line without script, and a child who comes back with the same ticket."""

import re
import secrets
from collections.abc import Iterator
from html import unescape

import httpx
import pytest

from jobs.store.reader import JobReader
from jobs.types import Job
from tests.kiosk.test_mediator import PIN, SQUARE, crewed, sent
from tests.kiosk.virtual_bike import Bike

__all__ = ["crewed"]  # the fixture of a bike whose machines may be stopped

HALT = {"place": "École Victor-Hugo", "host_city": "Créteil", "minutes": "90", "reserve_wh": "200"}


@pytest.fixture
def phone(crewed: Bike) -> Iterator[httpx.Client]:
    """A phone that is logged in, at an open halt."""
    with crewed.browser() as browser:
        browser.post("/mediateur", data={"pin": PIN})
        assert browser.post("/mediateur/halte/ouvrir", data=HALT).status_code == 200
        yield browser
        browser.post("/mediateur/halte/fermer")


def job_of(crewed: Bike, job_id: str) -> Job:
    """What the daemon has written down."""
    reader = JobReader.open(crewed.config.paths.jobs_database)
    try:
        return reader.get(job_id)
    finally:
        reader.close()


def ends_s(page: str) -> str:
    """The end that a page counts from."""
    found = re.search(r'name="ends_s" value="([\d.]+)"', page)
    assert found is not None
    return found[1]


def minutes_left(page: str) -> int:
    """What a page says is left."""
    found = re.search(r"encore (\d+) minutes", page)
    assert found is not None
    return int(found[1])


def test_a_halt_is_extended_moved_and_its_reserve_changed(phone: httpx.Client) -> None:
    """Each form twice is once; what is wrong is marked in its own form; too short is a sentence."""
    page = phone.get("/mediateur/halte").text
    assert minutes_left(page) == 90
    for _ in range(2):
        later = phone.post("/mediateur/halte/prolonger", data={"minutes": "30", "ends_s": ends_s(page)})
    assert minutes_left(later.text) == 120
    later = phone.post("/mediateur/halte/prolonger", data={"minutes": "30", "ends_s": ends_s(later.text)})
    assert "encore 2 h 30" in later.text
    later = phone.post("/mediateur/halte/prolonger", data={"minutes": "-30", "ends_s": ends_s(later.text)})
    refused = phone.post("/mediateur/halte/prolonger", data={"minutes": "-600", "ends_s": ends_s(later.text)})
    assert refused.status_code == 409
    assert "fermez la halte" in unescape(refused.text)
    assert "100" in phone.post("/mediateur/halte/reserve", data={"reserve_wh": "100"}).text
    wrong = phone.post("/mediateur/halte/reserve", data={"reserve_wh": "99999"})
    assert wrong.status_code == 422
    assert re.findall(r'id="([\w-]+)"[^>]*aria-invalid', wrong.text) == ["ReserveForm-reserve_wh"]
    for _ in range(2):
        moved = phone.post("/mediateur/halte/deplacer", data={"place": "Mairie", "host_city": "Sceaux"})
    assert "Mairie" in moved.text
    assert "Sceaux" in moved.text
    assert minutes_left(moved.text) == 120


def test_the_line_is_ordered_favoured_and_promised(crewed: Bike, phone: httpx.Client) -> None:
    """The page shows the order, the badges and what can be taken back; a job that is over is refused."""
    jobs = [sent(crewed) for _ in range(3)]
    for job in jobs:
        phone.post(f"/mediateur/objet/{job}/accepter")
    assert phone.post(f"/mediateur/ligne/{jobs[2]}/avant", data={"other": jobs[0]}).status_code == 200
    phone.post(f"/mediateur/ligne/{jobs[1]}/faveur", data={"priority": "2"})
    page = phone.post(f"/mediateur/ligne/{jobs[0]}/promesse", data={"promised": "true"}).text
    shown = [job for job in re.findall(r'data-job="(\w+)"', page) if job in jobs]
    assert shown == [jobs[2], jobs[0], jobs[1]]
    assert (job_of(crewed, jobs[1]).priority, job_of(crewed, jobs[0]).promised) == (2, True)
    assert page.count('<span class="badge">') == 2
    assert "Reprendre la promesse" in page
    assert phone.post(f"/mediateur/ligne/{jobs[1]}/faveur", data={"priority": "3"}).status_code == 422
    assert phone.post(f"/mediateur/ligne/{jobs[1]}/avant", data={"other": "../x"}).status_code == 422
    for job in jobs:
        phone.post(f"/mediateur/objet/{job}/annuler")
    gone = phone.post(f"/mediateur/ligne/{jobs[1]}/promesse", data={"promised": "true"})
    assert gone.status_code == 409
    assert "n'attend plus dans la file" in unescape(gone.text)


def test_a_child_comes_back_with_the_ticket_of_its_class(crewed: Bike, phone: httpx.Client) -> None:
    """At the next halt the mediator gives the animal back; the tablet forgets it once the object is sent."""
    phone.post("/mediateur/halte/classe", data={"group": "soleil"})
    first = job_of(crewed, sent(crewed))
    assert first.group == "soleil"
    phone.post(f"/mediateur/objet/{first.id}/refuser", data={"reason": "not-here"})
    phone.post("/mediateur/halte/fermer")
    phone.post("/mediateur/halte/ouvrir", data=HALT | {"place": "Gymnase"})
    animal, number = first.participant.rsplit(" ", 1)
    ticket = {"animal": animal, "number": number}
    with crewed.browser() as child:
        refused = child.post("/mon-ticket", data=ticket)
        assert refused.status_code == 422
        assert "pas en service ici" in refused.text
        page = phone.post("/mediateur/halte/classe", data={"group": "soleil"}).text
        assert f'value="{first.participant}"' in page
        phone.post("/mediateur/halte/redonner", data={"group": "soleil", "ticket": first.participant})
        assert child.post("/mon-ticket", data=ticket).url.path == "/"
        page = child.post("/fichier", data={"key": secrets.token_hex(8)}, files={"file": ("a.svg", SQUARE)})
        check = crewed.ready(child, page)
        assert f"Tu es {first.participant}." in check.text
        job = check.url.path.rsplit("/", 1)[1]
        sent_page = child.post(f"/envoyer/{job}")
        assert f"{first.participant}-2" in sent_page.text
        assert "ticket" not in child.cookies
        child.post(f"/mon-ticket/autre/{job}")
        assert child.cookies["ticket"]
        child.post("/mon-ticket/oublier")
        assert "ticket" not in child.cookies
    again = job_of(crewed, job)
    assert (again.participant, again.group) == (first.participant, "soleil")
    phone.post("/mediateur/halte/periode")
    assert first.participant not in phone.get("/mediateur/halte").text


def test_nobody_but_a_mediator_changes_a_halt(crewed: Bike) -> None:
    """Without a session nothing is asked of the bike."""
    halt = ("prolonger", "deplacer", "reserve", "classe", "redonner", "periode", "fermer", "ouvrir")
    line = (f"ligne/{'0' * 32}/{act}" for act in ("avant", "faveur", "promesse"))
    with crewed.browser() as anybody:
        for path in (*(f"halte/{act}" for act in halt), *line):
            assert anybody.post(f"/mediateur/{path}", data=HALT).status_code == 403
