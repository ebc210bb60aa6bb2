"""What other programs read: metrics, GeoJSON, NGSI-LD, open data and Home Assistant."""

import asyncio
import csv
import io
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from fastapi.testclient import TestClient

from city.app import create_app
from city.desk import Desk
from city.doors.homeassistant import discovery
from city.doors.push import Pusher, PushError, PushSettings, push
from city.store import open_engine, open_store
from tests.city.life import SILENT, live

NOON_S = 1_795_345_200.0


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A city with a year behind it."""
    path = tmp_path_factory.mktemp("doors") / "city.db"
    store = open_store(path)
    live(store, NOON_S)
    store.close()
    return Desk(open_engine(path, read_only=True), asyncio.Event(), lambda: NOON_S)


@pytest.fixture
def client(desk: Desk) -> TestClient:
    """Its pages."""
    return TestClient(create_app(desk))


def test_metrics_are_lines_that_prometheus_reads(client: TestClient):
    """Each sample follows its type, and no single bike is among the labels."""
    text = client.get("/metrics").text
    lines = text.splitlines()
    typed = {line.split()[2] for line in lines if line.startswith("# TYPE")}
    for line in lines:
        if not line.startswith("#"):
            name, value = line.rsplit(" ", 1)
            assert name.split("{")[0] in typed
            float(value)
    assert 'dipbike_bikes{city="creteil",state="silent"} 1' in lines
    assert "creteil-1" not in text


def test_a_silent_bike_has_no_charge_in_any_door(client: TestClient):
    """Five devices, four charges between 0 and 1; GeoJSON says only since when."""
    found = client.get("/ngsi-ld/v1/entities").json()
    devices = {one["id"]: one for one in found if one["type"] == "Device"}
    charges = [one for one in found if one["type"] == "BatteryStatus"]
    assert (len(devices), len(charges)) == (5, 4)
    assert all(0 <= one["statusPercent"]["value"] <= 1 for one in charges)
    assert devices[f"urn:ngsi-ld:Device:dipbike:{SILENT}"]["batteryLevel"]["value"] == -1
    features = client.get("/velos.geojson").json()["features"]
    (silent,) = [one["properties"] for one in features if one["id"] == SILENT]
    assert (silent["silent_min"], "battery_pct" in silent) == (42, False)
    assert client.get("/ngsi-ld/v1/entities/urn:ngsi-ld:Device:dipbike:nobody").status_code == 404


def test_open_data_holds_no_small_count(client: TestClient):
    """Counts are 0, 5 or more, or hidden, the same in both forms; nothing of today or of a single bike."""
    for name in ("mois", "haltes"):
        told = client.get(f"/donnees/{name}.json").json()["rows"]
        table = list(csv.DictReader(io.StringIO(client.get(f"/donnees/{name}.csv").text.lstrip("\ufeff"))))
        assert len(told) == len(table) > 20
        assert [row["objects"] for row in table] == [
            "<5" if row["objects"] is None else str(row["objects"]) for row in told
        ]
        counts = [row[key] for row in told for key in ("objects", "halts") if key in row]
        assert None in counts
        assert not {1, 2, 3, 4} & set(counts)
        assert all("bike" not in row for row in told)
    assert client.get("/donnees/haltes.geojson").json()["features"]
    assert client.get("/donnees/else.csv").status_code == 404


def test_the_report_hides_what_few_would_give_away(client: TestClient):
    """A city with a few objects has "<5", no success and no energy, and no sum from which to reckon it."""
    from_months = [client.get(f"/bilan.csv?mois=2026-{n:02}&langue=en").text for n in range(1, 12)]
    rows = [row for text in from_months for row in csv.DictReader(io.StringIO(text.lstrip("\ufeff")))]
    few = [row for row in rows if row["objects"] == "<5"]
    assert few
    assert all(row["success %"] == row["Wh an object"] == "" for row in few)
    assert not {"1", "2", "3", "4"} & {row["objects"] for row in rows}
    page = client.get(f"/bilan?mois={few[0]['month']}").text
    assert "&lt;5" in page
    assert "au moins" in page


class _Broker(BaseHTTPRequestHandler):
    """The other side of an NGSI-LD broker."""

    taken: list[tuple[str, dict[str, str], Any]]
    answer = 204

    def do_POST(self) -> None:
        """Take a batch."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.taken.append((self.path, dict(self.headers), body))
        self.send_response(self.answer)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the base's name
        """Say nothing."""


@pytest.fixture
def ngsi() -> Iterator[tuple[str, type[_Broker]]]:
    """A broker on a free port."""
    handler = type("Broker", (_Broker,), {"taken": []})
    server = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", handler
    server.shutdown()
    thread.join()
    server.server_close()


def test_entities_are_upserted_and_only_changes_again(desk: Desk, ngsi: tuple[str, type[_Broker]]):
    """The whole first, with the token; then nothing while nothing changes; a refusal is a sentence."""
    address, broker = ngsi
    pusher = Pusher(PushSettings(address, "secret"), desk.look)
    assert pusher.once() == 9
    ((path, headers, body),) = broker.taken
    assert path == "/ngsi-ld/v1/entityOperations/upsert?options=update"
    assert (headers["Authorization"], headers["Content-Type"]) == ("Bearer secret", "application/ld+json")
    assert {one["type"] for one in body} == {"Device", "BatteryStatus"}
    assert all("@context" in one for one in body)
    assert pusher.once() == 0
    assert len(broker.taken) == 1
    broker.answer = 403
    with pytest.raises(PushError, match="answered 403"):
        push(PushSettings(address), body)
    with pytest.raises(ValueError, match="no address"):
        PushSettings("ftp://broker")


def test_home_assistant_is_told_of_the_bikes_own_topics():
    """Three sensors that expire, the bike's own state and status, and nothing that could be sent to it."""
    told = discovery("creteil", "creteil-1")
    assert told["state_topic"] == "dipbike/v1/creteil/creteil-1/state"
    assert told["availability"][0]["topic"] == "dipbike/v1/creteil/creteil-1/status"
    assert {part["platform"] for part in told["components"].values()} == {"sensor"}
    assert all(part["expire_after"] == 900 for part in told["components"].values())
    assert "command" not in json.dumps(told)
