"""The interface for programs on a whole virtual bike: looks, acts, the stop, and what is promised."""

import re
import time
from collections.abc import Callable, Iterator, Sequence

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import BaseSchema, Case, CheckFunction, GenerationMode, openapi
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from jobs.store.reader import JobReader
from kiosk.access.book import AccessBook
from kiosk.access.people import People, Welcome
from kiosk.access.records import Scope
from kiosk.access.tokens import Tokens
from kiosk.app import create_app
from tests.kiosk.test_mediator import sent, state
from tests.kiosk.virtual_bike import BATTERY, SETTINGS, Bike, running, settled

HALT = {"place": "Parc", "host_city": "Antony", "minutes": 60, "reserve_wh": 100}
FEW = settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
MANY = settings(FEW, max_examples=40)
PROMISES = (not_a_server_error, status_code_conformance, response_schema_conformance)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bike]:
    """A virtual bike of its own, because these tests stop its machines."""
    slow = SETTINGS.replace("speed=100", "speed=1")
    with running(settled(tmp_path_factory.mktemp("api"), slow, BATTERY)) as bike:
        yield bike


@pytest.fixture(scope="module")
def zoe(whole: Bike) -> Welcome:
    """A mediator, added by another process than the kiosk."""
    return People(AccessBook(whole.config.paths.kiosk_state), "").add("Zoé-canari")


def script(whole: Bike, scope: Scope) -> httpx.Client:
    """A script with a token of its own."""
    tokens = Tokens(AccessBook(whole.config.paths.kiosk_state))
    _, words = tokens.make(f"script {len(tokens.every())}", scope, 1)
    return httpx.Client(
        base_url=f"{whole.address}/api/v1", headers={"Authorization": f"Bearer {words}"}, timeout=30
    )


@pytest.fixture
def mediator(whole: Bike, zoe: Welcome) -> Iterator[httpx.Client]:
    """A page of ours that calls the interface."""
    headers = {"Origin": whole.address}
    with httpx.Client(base_url=f"{whole.address}/api/v1", headers=headers, timeout=30) as client:
        assert client.post(f"{whole.address}/mediateur/badge", data={"code": zoe.badge}).status_code == 303
        yield client


def until(found: Callable[[], bool]) -> None:
    """Wait for what another process brings about."""
    deadline = time.monotonic() + 60
    while not found():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.1)


def test_a_script_looks_at_the_bike(whole: Bike) -> None:
    """Status, machines, queue, halts, report; a child's words and drawing are not in it."""
    job = sent(whole)
    with script(whole, Scope.READ) as reads:
        assert {each["name"] for each in reads.get("/status").json()["machines"]} == {"prusa", "fraiseuse"}
        assert reads.get("/machines/fraiseuse").json()["kind"] == "mill"
        assert reads.get("/machines/nothing").status_code == 404
        (mine,) = reads.get("/queue", params={"state": "waiting"}).json()
        assert (mine["id"], mine["kind"], mine["machine_kind"]) == (job, "drawing", "mill")
        assert mine["cost"]["energy_wh"] > 0
        assert reads.get(f"/queue/{job}").json() == mine
        assert "source" not in reads.get("/queue").text
        assert reads.get("/queue", params={"state": "running"}).json() == []
        assert reads.get("/halts").json() == []
        figures = {each["code"]: each["value"] for each in reads.get("/report/periode").json()["figures"]}
        assert figures["halts"] == 0
        unknown = reads.get("/report/" + "0" * 32)
        assert (unknown.status_code, unknown.json()["code"]) == (404, "no-halt")


def test_what_may_not_is_said_as_json(whole: Bike) -> None:
    """Nobody, a token that may not, a body that is not understood, an address that is not there."""
    address = f"{whole.address}/api/v1"
    nobody = httpx.get(f"{address}/status")
    assert (nobody.status_code, nobody.json()["code"]) == (401, "login-needed")
    assert nobody.headers["www-authenticate"] == "Bearer"
    with script(whole, Scope.READ) as reads, script(whole, Scope.ACT) as acts:
        assert reads.post("/acts/close-halt", json={}).json()["code"] == "not-allowed"
        assert acts.post("/acts/approve", json={"job": "0" * 32}).json()["code"] == "not-allowed"
        assert acts.post("/acts/arm", json={"machine": "fraiseuse"}).status_code == 404
        wrong = acts.post("/acts/cancel", json={"job": "../../etc"})
        assert (wrong.status_code, wrong.json()["code"]) == (422, "not-understood")
        refused = acts.post("/acts/cancel", json={"job": "0" * 32})
        assert (refused.status_code, refused.json()["code"]) == (409, "unknown-job")
        foreign = acts.post(
            "/acts/cancel", json={"job": "0" * 32}, headers={"Origin": "http://elsewhere.example"}
        )
        assert foreign.status_code == 403
        assert acts.post("/acts/cancel", content=b"x" * 100_000).status_code == 413


def test_acts_are_carried_out_and_signed(whole: Bike, mediator: httpx.Client, zoe: Welcome) -> None:
    """By a mediator and by a script, each under a word of theirs; no name reaches queue or outbox."""
    job = sent(whole)
    with script(whole, Scope.ACT) as acts:
        assert mediator.post("/acts/open-halt", json=HALT).json() == {"accepted": True}
        assert mediator.post("/acts/approve", json={"job": job}).json() == {"accepted": True}
        until(lambda: state(whole, job) == "approved")
        assert acts.post("/acts/favour", json={"job": job, "priority": 2}).status_code == 200
        assert acts.get(f"/queue/{job}").json()["priority"] == 2
        assert acts.post("/acts/cancel", json={"job": job}).status_code == 200
        assert acts.get("/journal").status_code == 403
    told = mediator.get("/journal").json()
    signed = {each["act"]: each["signed"] for each in told}
    assert signed["open-halt"] == signed["approve"] == zoe.mediator.id
    assert signed["favour"] == signed["cancel"]
    assert signed["cancel"].startswith("t-")
    for path in whole.config.paths.state.rglob("*"):
        assert not path.is_file() or b"canari" not in path.read_bytes(), path
    reader = JobReader.open(whole.config.paths.jobs_database)
    assert {act.signed for act in reader.acts()} >= {zoe.mediator.id}
    reader.close()


def test_anyone_stops_and_only_a_person_rearms(whole: Bike, mediator: httpx.Client) -> None:
    """Without token, cookie, origin or body; the answer is the machines' own state."""
    stopped = httpx.post(f"{whole.address}/api/v1/stop", timeout=10)
    assert (stopped.status_code, stopped.json()) == (200, {"confirmed": True})
    with script(whole, Scope.ACT) as acts:
        assert acts.get("/status").json()["stopped"] is True
        assert acts.post("/acts/rearm", json={"machine": "prusa"}).status_code == 403
    for machine in ("prusa", "fraiseuse"):
        assert mediator.post("/acts/rearm", json={"machine": machine}).status_code == 200
    until(lambda: mediator.get("/status").json()["stopped"] is False)


def test_the_bike_describes_its_interface_without_asking_elsewhere(whole: Bike) -> None:
    """The document is valid, tells the role of each operation, and its page loads nothing from elsewhere."""
    document = httpx.get(f"{whole.address}/api/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    operations = [each for path in document["paths"].values() for each in path.values()]
    assert len(operations) > 40
    assert {each["x-role"] for each in operations} == {"anyone", "read", "act", "mediator"}
    assert all(each["summary"] and each["description"] for each in operations)
    page = httpx.get(f"{whole.address}/api").text.replace("<wbr>", "")
    assert all(path in page for path in document["paths"])
    assert re.findall(r'(?:src|href|action)="(?!/|#|\?)[^"]*"', page) == []


def play(
    schema: BaseSchema,
    headers: dict[str, str],
    rules: settings,
    mode: GenerationMode,
    checks: Sequence[CheckFunction] = PROMISES,
) -> int:
    """Send what fits, or what does not, to every operation: how often there was an answer that we promise."""
    answers = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        if mode is GenerationMode.NEGATIVE and not {"parameters", "requestBody"} & set(
            operation.definition.raw
        ):
            continue  # nothing to get wrong

        @rules
        @given(case=operation.as_strategy(generation_mode=mode))
        def send(case: Case) -> None:
            nonlocal answers
            case.call_and_validate(headers=headers, timeout=60, checks=list(checks))
            answers += 1

        send()
    return answers


def entered(whole: Bike, mediator: httpx.Client) -> dict[str, str]:
    """What a mediator's browser sends."""
    cookie = "; ".join(f"{name}={value}" for name, value in mediator.cookies.items())
    return {"Origin": whole.address, "Cookie": cookie}


def described(whole: Bike) -> BaseSchema:
    """The interface as the bike describes it."""
    schema = openapi.from_url(f"{whole.address}/api/openapi.json")
    schema.config.update(base_url=whole.address)
    return schema


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_whatever_is_sent_gets_an_answer_that_was_promised(
    whole: Bike, mediator: httpx.Client, mode: GenerationMode
) -> None:
    """No error of ours, no status and no body that the document does not know."""
    assert play(described(whole), entered(whole, mediator), FEW, mode) > 80


@pytest.mark.thorough
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_whatever_is_sent_again_and_again_gets_such_an_answer(
    whole: Bike, mediator: httpx.Client, mode: GenerationMode
) -> None:
    """The same for as long as nobody waits."""
    assert play(described(whole), entered(whole, mediator), MANY, mode) > 1000


@pytest.mark.thorough
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_no_page_fails_whatever_is_sent(whole: Bike, mediator: httpx.Client, mode: GenerationMode) -> None:
    """The pages' addresses and forms, children's and mediators'; not streams, nor the way out."""
    schema = openapi.from_dict(create_app(whole.config).openapi())
    schema.config.update(base_url=whole.address)
    pages = schema.exclude(path_regex="^/(flux|api|mediateur/sortie)")
    checks = [not_a_server_error]
    assert play(pages, entered(whole, mediator), MANY, mode, checks) > 1000
