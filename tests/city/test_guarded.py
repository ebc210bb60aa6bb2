"""A broker as a city runs it lets each bike speak for itself only, and the bike says what is refused."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from city.receiver import Receiver
from city.store import open_store
from onboard.broker import HOST
from onboard.config import BikeSection, MqttSection
from onboard.messages import About, JobDone, Leaf, MachineKind, topic
from onboard.ports import free_port
from onboard.uplink.certificates import Authority, CertificateError, make_request, name_in
from onboard.uplink.check import Check
from onboard.uplink.mqtt import Listener, MqttLine, Session
from onboard.uplink.reach import why_not
from onboard.uplink.telemetry import Identity, Telemetry
from tests.city.guarded import Guarded, own_name
from tests.city.setting import QUICK, until

pytestmark = pytest.mark.broker
ROOT = Path(__file__).parents[2]
BIKE = BikeSection(id="creteil-1", city="creteil")
ABOUT = About(software="0.1.0")
DONE = JobDone(kind=MachineKind.PRINTER, minutes=25, energy_wh=30.0)


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Guarded]:
    """Mosquitto with TLS, client certificates and the rules of docs/telemetry."""
    guarded = Guarded(tmp_path)
    guarded.prepare()
    guarded.start()
    yield guarded
    guarded.kill()


@pytest.fixture
def city(guarded: Guarded) -> Iterator[Path]:
    """A city that receives from it; what comes out is its database."""
    path = guarded.folder / "city.db"
    store = open_store(path)
    receiver = Receiver(guarded.city(), store)
    receiver.start()
    yield path
    receiver.stop()
    store.close()


async def checked(settings: MqttSection) -> list[tuple[bool, str]]:
    """What `dipbike enrol check` says."""
    return [(step.well, step.sentence) async for step in Check(settings, BIKE, ABOUT).steps()]


async def test_a_bike_with_its_certificate_is_heard(guarded: Guarded, city: Path):
    """One record goes the whole way, and its receipt comes back."""
    assert [well for well, _ in await checked(guarded.bike("creteil-1"))] == [True, True]


async def test_without_a_city_the_check_says_so(guarded: Guarded, monkeypatch: pytest.MonkeyPatch):
    """The broker takes everything, and yet nothing is safe."""
    monkeypatch.setattr("onboard.uplink.check._ANSWER_S", 1.0)
    (known, well), (answered, sentence) = await checked(guarded.bike("creteil-1"))
    assert (known, answered) == (True, False), well
    assert "no receipt came back" in sentence


async def test_another_bikes_certificate_is_refused_by_topic(guarded: Guarded, city: Path):
    """The certificate of one bike does not speak for another; the broker's reason is told for each topic."""
    steps = await checked(guarded.bike("creteil-2"))
    refused = [sentence for well, sentence in steps if not well]
    assert [well for well, _ in steps] == [True, False, False]
    for leaf, sentence in zip((Leaf.ABOUT, Leaf.EVT), refused, strict=True):
        assert f"refuses {topic('creteil', 'creteil-1', leaf)}: Not authorized" in sentence


async def test_no_bike_writes_a_watermark(guarded: Guarded, city: Path):
    """Only the city says what is safe; not even its own receipt can a bike invent."""
    refused: list[str] = []
    up = asyncio.Event()
    own = topic("creteil", "creteil-1", Leaf.ACK)
    listener = Listener(
        up.set, lambda: None, lambda _payload, _kept: None, lambda where, _why: refused.append(where)
    )
    line = MqttLine(guarded.bike("creteil-1"), Session("creteil-1", "", b"", own), listener)
    line.enter()
    await asyncio.wait_for(up.wait(), 30)
    for where in (own, topic("creteil", "creteil-2", Leaf.ACK), topic("creteil", "creteil-2", Leaf.EVT)):
        line.publish(where, b"{}", qos=1, retain=False)
    await until(lambda: len(refused) == 3)
    await line.leave()


async def test_the_daemon_says_after_its_start_what_the_broker_refuses(
    guarded: Guarded, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    """A wrong certificate costs the line, is told once with its topics, and nothing is lost."""
    caplog.set_level("INFO")
    identity = Identity("creteil", "creteil-1", "boot")
    telemetry = Telemetry(guarded.bike("creteil-2"), identity, tmp_path / "o.db", ABOUT, pace=QUICK)
    task = asyncio.create_task(telemetry.run())
    await until(lambda: "Ask the city to allow it" in caplog.text)
    assert f"refuses {topic('creteil', 'creteil-1', Leaf.STATUS)}" in caplog.text
    telemetry.record(DONE)
    await until(lambda: telemetry.waiting_rows == 2)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_the_daemon_says_that_the_city_has_answered(
    guarded: Guarded, city: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    """Its first words come back as a watermark."""
    caplog.set_level("INFO")
    identity = Identity("creteil", "creteil-1", "boot")
    telemetry = Telemetry(guarded.bike("creteil-1"), identity, tmp_path / "o.db", ABOUT, pace=QUICK)
    task = asyncio.create_task(telemetry.run())
    await until(lambda: "The city has answered" in caplog.text and telemetry.waiting_rows == 0)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def test_what_is_wrong_with_the_line_is_a_sentence(guarded: Guarded, tmp_path: Path):
    """No certificate of the authority, another name, nobody there, no such name: each has its advice."""
    settings = guarded.bike("creteil-1")
    assert why_not(settings) is None
    stranger = tmp_path / "stranger"
    Authority(stranger)
    for change, advice in (
        ({"ca": stranger / "ca.pem"}, "signed by nobody"),
        ({"host": "localhost"}, "for another name"),
        ({"port": free_port()}, "cannot be reached"),
        ({"host": "no-such-broker.invalid"}, "is not known"),
    ):
        assert advice in (why_not(settings.model_copy(update=change)) or "")


@pytest.fixture
def asking(tmp_path: Path) -> Iterator[Guarded]:
    """Mosquitto without TLS that asks for a password: `word` is right, `wrong` is not."""
    guarded = Guarded(tmp_path)
    (tmp_path / "word").write_text("correct horse\n", encoding="utf-8")
    (tmp_path / "wrong").write_text("battery staple\n", encoding="utf-8")
    words = tmp_path / "passwords"
    subprocess.run(["mosquitto_passwd", "-b", "-c", words, "creteil-1", "correct horse"], check=True)
    listener = f"listener {guarded.port} {HOST}\npassword_file {words}\nallow_anonymous false\n"
    (tmp_path / "mosquitto.conf").write_text(f"{listener}user {own_name()}\n", encoding="utf-8")
    guarded.start()
    yield guarded
    guarded.kill()


@pytest.mark.parametrize(
    ("word", "sentence"), [("word", "knows this bike"), ("wrong", "not let this bike in")]
)
async def test_a_password_serves_where_there_are_no_certificates(asking: Guarded, word: str, sentence: str):
    """The right word opens, a wrong one is said."""
    settings = MqttSection(
        host=HOST, port=asking.port, tls=False, username="creteil-1", password_file=asking.folder / word
    )
    first = await anext(aiter(Check(settings, BIKE, ABOUT).steps()))
    assert sentence in first.sentence


def enrol(*arguments: str) -> subprocess.CompletedProcess[str]:
    """The command as a person runs it."""
    command = [sys.executable, "-m", "onboard.cli.enrol", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_key_request_and_certificate_on_the_command_line(tmp_path: Path):
    """A bike asks, a small city signs, and the key is nobody else's business."""
    done = enrol("request", "--folder", str(tmp_path), "--name", "creteil-7")
    assert done.returncode == 0, done.stderr
    key, request = tmp_path / "creteil-7.key", tmp_path / "creteil-7.csr"
    assert oct(key.stat().st_mode & 0o777) == "0o600"
    assert name_in(request.read_bytes()) == "creteil-7"
    before = key.read_bytes()
    assert enrol("request", "--folder", str(tmp_path), "--name", "creteil-7").returncode == 0
    assert key.read_bytes() == before, "a key in use is never replaced"
    done = enrol("sign", "--folder", str(tmp_path / "ca"), "--request", str(request))
    assert done.returncode == 0, done.stderr
    verified = subprocess.run(
        ["openssl", "verify", "-CAfile", tmp_path / "ca" / "ca.pem", tmp_path / "creteil-7.pem"], check=False
    )
    assert verified.returncode == 0


def test_a_request_that_is_none_is_a_sentence(tmp_path: Path):
    """Whatever is handed to the city, it answers in words."""
    with pytest.raises(CertificateError, match="no certificate request"):
        Authority(tmp_path).sign(b"-----BEGIN NONSENSE-----")
    request = json.dumps({"name": "creteil-1"})
    (tmp_path / "r.csr").write_text(request, "utf-8")
    done = enrol("sign", "--folder", str(tmp_path), "--request", str(tmp_path / "r.csr"))
    assert (done.returncode, "no certificate request" in done.stderr) == (1, True)
    assert make_request(tmp_path / "k.key", "x").startswith(b"-----BEGIN CERTIFICATE REQUEST-----")
