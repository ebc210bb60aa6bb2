"""A mediator's work without script, on a real daemon with simulated machines."""

import re
import secrets
import signal
import time
from collections.abc import Callable, Iterator

import httpx
import pytest
from argon2 import PasswordHasher

from jobs.store.reader import JobReader
from tests.kiosk.virtual_bike import SETTINGS, Bike, running, settled

PIN = "2468"
DAEMON = "onboard.cli.daemon"
SQUARE = b"""<svg xmlns="http://www.w3.org/2000/svg" width="40mm" height="40mm" viewBox="0 0 40 40">
<path d="M2 2 38 2 38 38 2 38Z" fill="none" stroke="#f00"/></svg>"""


@pytest.fixture(scope="module")
def crewed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bike]:
    """A virtual bike of its own, because these tests stop its machines."""
    folder = tmp_path_factory.mktemp("crewed")
    pin_hash = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PIN)
    idle_long = SETTINGS.replace("speed=100", "speed=1")  # faster, its idle limit comes in seconds
    with running(settled(folder, idle_long, f'mediator_pin_hash = "{pin_hash}"\n')) as whole:
        yield whole


@pytest.fixture
def phone(crewed: Bike) -> Iterator[httpx.Client]:
    """A phone that is logged in."""
    with crewed.browser() as browser:
        assert browser.post("/mediateur", data={"pin": PIN}).url.path == "/mediateur/maintenant"
        yield browser


def sent(crewed: Bike) -> str:
    """A child's square that waits for the mediator: the job's id."""
    with crewed.browser() as child:
        key = secrets.token_hex(8)
        page = child.post("/fichier", data={"key": key}, files={"file": ("a.svg", SQUARE)})
        job = crewed.ready(child, page).url.path.rsplit("/", 1)[1]
        assert child.post(f"/envoyer/{job}").status_code == 200
    return job


def state(crewed: Bike, job: str) -> str:
    """What the daemon has written down."""
    reader = JobReader.open(crewed.config.paths.jobs_database)
    try:
        return reader.get(job).state.value
    finally:
        reader.close()


def page_with(phone: httpx.Client, path: str, found: Callable[[str], bool]) -> str:
    """Reload until a page shows something."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        text = phone.get(path).text
        if found(text):
            return text
        time.sleep(0.1)
    raise AssertionError(f"{path} never showed it")


def test_accepting_moves_a_job_and_twice_is_once(crewed: Bike, phone: httpx.Client) -> None:
    """The inbox shows cost and buttons; an accepted job says why it waits, and can be dropped."""
    job = sent(crewed)
    inbox = phone.get("/mediateur/file").text
    assert re.search(r"<strong>\d+( à \d+)? min</strong>", inbox)
    assert re.search(r"\d+( à \d+)? Wh</p>", inbox)
    assert f"/mediateur/objet/{job}/accepter" in inbox
    for _ in range(2):
        assert phone.post(f"/mediateur/objet/{job}/accepter").url.path == "/mediateur/file"
    assert state(crewed, job) == "approved"
    page_with(phone, "/mediateur/file", lambda text: f'id="drop-{job}"' in text and 'class="care"' in text)
    for _ in range(2):
        assert phone.post(f"/mediateur/objet/{job}/annuler").status_code == 200
    assert state(crewed, job) == "cancelled"


def test_a_refusal_reaches_the_child_in_a_ready_sentence(crewed: Bike, phone: httpx.Client) -> None:
    """Four reasons and no others; the ticket says the chosen one."""
    job = sent(crewed)
    address = f"/mediateur/objet/{job}/refuser"
    reasons = re.findall(r'name="reason" value="([\w-]+)"', phone.get("/mediateur/file").text)
    assert set(reasons) == {"change-asked", "too-long", "not-suitable", "not-here"}
    assert phone.post(address, data={"reason": "I do not like you"}).status_code == 422
    assert state(crewed, job) == "waiting"
    assert phone.post(address, data={"reason": "change-asked"}).status_code == 200
    assert state(crewed, job) == "refused"
    with crewed.browser() as child:
        assert "te demande un changement" in child.get(f"/ticket/{job}").text


def test_a_halt_has_sane_bounds_and_opens_once(phone: httpx.Client) -> None:
    """What is out of bounds is marked and kept in its field; the same form twice opens one halt."""
    good = {"place": "École Victor-Hugo", "host_city": "Créteil", "minutes": "90", "reserve_wh": "200"}
    for wrong in (
        {"minutes": "5"},
        {"minutes": "2000"},
        {"reserve_wh": "-1"},
        {"reserve_wh": "nan"},
        {"place": " "},
    ):
        answer = phone.post("/mediateur/halte/ouvrir", data=good | wrong)
        assert answer.status_code == 422
        assert re.findall(r'name="(\w+)"[^>]*aria-invalid', answer.text) == list(wrong)
        assert 'value="Créteil"' in answer.text
    for _ in range(2):
        assert phone.post("/mediateur/halte/ouvrir", data=good).status_code == 200
    assert "École Victor-Hugo" in phone.get("/mediateur/maintenant").text
    phone.post("/mediateur/halte/fermer")
    assert "Pas de halte ouverte" in phone.get("/mediateur/maintenant").text


def test_the_outline_is_traced_by_a_mediator_only(crewed: Bike, phone: httpx.Client) -> None:
    """Without an object it is refused with a sentence, without a session it is not even asked."""
    address = "/mediateur/machines/fraiseuse/tracer"
    with crewed.browser() as anybody:
        assert anybody.post(address).status_code in {401, 403}
    refused = phone.post(address)
    assert refused.status_code == 409
    assert 'action="/stop"' in refused.text


def test_the_card_of_the_mill_leads_to_its_one_list(phone: httpx.Client) -> None:
    """*Maintenant* arms nothing: the list, with all that the mill has to have seen, is on its own page."""
    link = "/mediateur/machines/fraiseuse#list"
    page = page_with(phone, "/mediateur/maintenant", lambda text: link in text)
    assert "/armer" not in page
    assert phone.post("/mediateur/machine/fraiseuse/armer", data={"check": "clamp"}).status_code == 404
    assert 'id="list"' in phone.get(link).text


def test_a_cleared_plate_and_a_refused_order_are_said(phone: httpx.Client) -> None:
    """The plate's button goes once pressed; a refusal is a sentence, with the stop in reach."""
    page_with(phone, "/mediateur/maintenant", lambda text: "Plateau vidé" in text)
    assert "Plateau vidé" not in phone.post("/mediateur/machine/prusa/vide").text
    refused = phone.post("/mediateur/machine/fraiseuse/vide")
    assert refused.status_code == 409
    assert "pas de plateau" in refused.text
    assert 'action="/stop"' in refused.text


def test_anybody_stops_and_a_mediator_rearms(crewed: Bike, phone: httpx.Client) -> None:
    """Without a login every machine stops and says so; afterwards a person sets them free one by one."""
    with crewed.browser() as anybody:
        stopped = anybody.post("/stop")
    assert stopped.status_code == 200
    assert "Les machines confirment l'arrêt." in stopped.text
    now = phone.get("/mediateur/maintenant").text
    assert now.count('data-tone="alarm"') == 2
    for machine in ("prusa", "fraiseuse"):
        assert phone.post(f"/mediateur/machine/{machine}/rearmer").status_code == 200
    page_with(phone, "/mediateur/maintenant", lambda text: 'data-tone="alarm"' not in text)


def test_a_frozen_daemon_gives_no_answer_and_a_thawed_one_does(crewed: Bike) -> None:
    """SIGSTOP stands for a hung daemon: the page says so within two seconds, again and again."""
    daemon = crewed.processes[DAEMON]
    daemon.send_signal(signal.SIGSTOP)
    try:
        with crewed.browser() as anybody:
            began_s = time.monotonic()
            answer = anybody.post("/stop")
            assert time.monotonic() - began_s < 2.5
        assert answer.status_code == 503
        assert "n'ont pas confirmé" in answer.text
    finally:
        daemon.send_signal(signal.SIGCONT)
    with crewed.browser() as anybody:
        assert "Les machines confirment l'arrêt." in anybody.post("/stop").text


def test_after_a_restart_a_mediator_goes_on_with_the_queue(crewed: Bike, phone: httpx.Client) -> None:
    """The notice stands on every page of mediators until one of them has pressed, once."""
    phone.post(f"/mediateur/objet/{sent(crewed)}/accepter")
    crewed.end(DAEMON)
    crewed.start(DAEMON)
    for page in ("/mediateur/maintenant", "/mediateur/file"):
        assert "Le vélo a redémarré" in page_with(phone, page, lambda text: "Reprendre la file" in text)
    assert phone.post("/mediateur/file/reprendre").url.path == "/mediateur/maintenant"
    page_with(phone, "/mediateur/maintenant", lambda text: "Reprendre la file" not in text)
