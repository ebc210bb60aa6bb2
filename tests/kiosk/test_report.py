"""The report of a simulated afternoon adds up: every figure is counted anew from the journal, by SQL."""

import csv
import io
import json
import sqlite3
import zipfile
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from statistics import median

import httpx
import pytest
from argon2 import PasswordHasher
from pypdf import PdfReader

from jobs.report import Outcome, Report, report
from jobs.store.reader import JobReader
from jobs.types import Halt, JobState
from kiosk.app import create_app
from kiosk.mediator.report_lines import sections, unpublished
from onboard.config import Config, KioskSection, PathsSection
from tests.kiosk.afternoon import START_S, Afternoon, play_two

TOLD = {"incident.stop": 1.0, "incident.call": 2.0, "incident.fault": 1.0, "incident.runout": 1.0}
"""What the player wrote into the audit journal of each halt."""
RUNS = """
    SELECT s.note AS machine, e.to_state AS state, (e.at_s - s.at_s) / 60 AS minutes, e.took_wh AS wh,
        e.is_measured AS measured, coalesce(e.took_g, 0) AS g,
        e.to_state = 'done' AND coalesce(v.good, 1) AS good, e.note AS note, v.reason AS reason
    FROM journal s JOIN journal e ON e.id = (SELECT min(id) FROM journal WHERE job = s.job AND id > s.id
        AND to_state IN ('done', 'failed', 'interrupted', 'cancelled'))
    LEFT JOIN verdicts v ON v.step = e.id WHERE s.to_state = 'starting' AND s.halt = :halt"""
LAST = """
    SELECT j.job, j.from_state AS was, l.to_state AS state, v.good AS good FROM journal j
    JOIN journal l ON l.id = (SELECT max(id) FROM journal WHERE job = j.job AND halt = :halt)
    LEFT JOIN verdicts v ON v.step = l.id
    WHERE j.id = (SELECT min(id) FROM journal WHERE job = j.job AND halt = :halt)
        AND (j.from_state IN ('waiting', 'approved') OR EXISTS (SELECT 1 FROM journal WHERE job = j.job
            AND halt = :halt AND to_state IN ('waiting', 'approved', 'starting')))"""
WAITS = """
    SELECT (min(s.at_s) - max(h.opened_s, (SELECT min(at_s) FROM journal WHERE job = s.job
        AND to_state = 'waiting'))) / 60 AS minutes
    FROM journal s JOIN halts h ON h.id = s.halt WHERE s.halt = :halt AND s.to_state = 'starting'
        AND EXISTS (SELECT 1 FROM journal f WHERE f.job = s.job AND f.id = (SELECT min(id) FROM journal
            WHERE job = s.job AND halt = :halt)
            AND (f.from_state IS NULL OR f.from_state IN ('preparing', 'ready', 'waiting', 'approved')))
    GROUP BY s.job"""
PEOPLE = """
    SELECT DISTINCT participant, "group" FROM jobs WHERE id IN
        (SELECT job FROM journal WHERE halt = :halt AND to_state IN ('waiting', 'starting'))"""

LENT = """
    SELECT s.note AS robot, (e.at_s - s.at_s) / 60 AS minutes, e.took_wh AS wh
    FROM loan_journal s JOIN loan_journal e ON e.id = (SELECT min(id) FROM loan_journal WHERE loan = s.loan
        AND id > s.id AND to_state = 'ended')
    WHERE s.to_state = 'lent' AND s.halt = :halt"""


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Config, Afternoon, list[Halt]]:
    """A kiosk with a PIN beside the queue of two halts; nothing here writes to it."""
    folder = tmp_path_factory.mktemp("played")
    pin = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash("2468")
    config = Config(
        paths=PathsSection(state=folder / "state", run=folder / "run"),
        kiosk=KioskSection(host="127.0.0.1", public_url="http://velo.example", mediator_pin_hash=pin),
    )
    afternoon, halts = play_two(config.paths.jobs_database)
    return config, afternoon, halts


@pytest.fixture
async def phone(played: tuple[Config, Afternoon, list[Halt]]) -> AsyncIterator[httpx.AsyncClient]:
    """A mediator's phone beside that queue."""
    transport, base = httpx.ASGITransport(create_app(played[0])), "http://velo.example"
    async with httpx.AsyncClient(transport=transport, base_url=base, headers={"Origin": base}) as browser:
        await browser.post("/mediateur", data={"pin": "2468"})
        yield browser


def asked(path: Path, query: str, halt: str) -> list[sqlite3.Row]:
    """Rows of the journal, by a connection of our own."""
    with closing(sqlite3.connect(path)) as db:
        db.row_factory = sqlite3.Row
        return db.execute(query, {"halt": halt}).fetchall()


def counted(config: Config, *halts: Halt) -> Report:
    """What the report says."""
    with closing(JobReader.open(config.paths.jobs_database)) as reader:
        known = {halt.id: halt for halt in reader.halts()}
        return report(reader.records([known[halt.id] for halt in halts]), START_S)


def recounted(path: Path, halt: Halt) -> dict[str, float]:
    """The same figures by their codes, from the journal alone."""
    runs, last = asked(path, RUNS, halt.id), asked(path, LAST, halt.id)
    waits = [row["minutes"] for row in asked(path, WAITS, halt.id)]
    good = sum(row["good"] for row in runs)
    (kept,) = asked(path, "SELECT opened_s, closed_s FROM halts WHERE id = :halt", halt.id)
    figures: dict[str, float] = {
        "halts": 1,
        "open": round((kept["closed_s"] - kept["opened_s"]) / 60),
        "objects.good": sum(row["state"] == "done" and row["good"] != 0 for row in last),
        "objects.spoiled": sum(row["state"] == "done" and row["good"] == 0 for row in last),
        "objects.carried": sum(row["state"] in {"waiting", "approved"} for row in last),
        "objects.on-machine": 0,
        "success": 100 * good / len(runs),
        "participants": len(asked(path, PEOPLE, halt.id)),
        "energy": sum(row["wh"] for row in runs),
        "energy.part": sum(row["wh"] for row in runs) / good,
        "energy.measured": sum(row["measured"] for row in runs),
        "mass": sum(row["g"] for row in runs),
        "mass.lost": sum(row["g"] for row in runs if not row["good"]),
        "wait.median": median(waits),
        "wait.longest": max(waits),
        "fresh": sum(row["was"] not in {"waiting", "approved"} for row in last),
        "brought": sum(row["was"] in {"waiting", "approved"} for row in last),
        "incident.protection": sum(row["note"].startswith("battery-") for row in runs)
        + asked(path, "SELECT count(*) FROM journal WHERE halt = :halt AND note = 'low battery'", halt.id)[0][
            0
        ],
    }
    for state in ("failed", "interrupted", "cancelled", "refused"):
        figures[f"objects.{state}"] = sum(row["state"] == state for row in last)
    return figures | by_machine(runs) | by_robot(asked(path, LENT, halt.id)) | dict(TOLD)


def by_machine(runs: list[sqlite3.Row]) -> dict[str, float]:
    """What each machine did."""
    figures: dict[str, float] = {}
    for name in {row["machine"] for row in runs}:
        mine = [row for row in runs if row["machine"] == name]
        figures |= {
            f"machine.{name}.minutes": sum(row["minutes"] for row in mine),
            f"machine.{name}.runs": len(mine),
            f"machine.{name}.good": sum(row["good"] for row in mine),
            f"machine.{name}.energy": sum(row["wh"] for row in mine),
        }
    return figures


def by_robot(lent: list[sqlite3.Row]) -> dict[str, float]:
    """What all robots did, and each."""
    figures: dict[str, float] = {}
    for of, mine in (
        ("robots", lent),
        *((f"robot.{name}", [r for r in lent if r["robot"] == name]) for name in {r["robot"] for r in lent}),
    ):
        figures |= {
            f"{of}.loans": len(mine),
            f"{of}.minutes": sum(row["minutes"] for row in mine),
            f"{of}.energy": sum(row["wh"] for row in mine),
        }
    return figures


def test_the_report_of_an_afternoon_is_what_the_journal_says(
    played: tuple[Config, Afternoon, list[Halt]],
) -> None:
    """Every figure but names is counted twice; objects balance; carried-over ones stand in both halts."""
    config, afternoon, halts = played
    for halt in halts:
        told = counted(config, halt)
        lines = {line.code: line.value for part in sections(told) for line in part.lines}
        expected = recounted(config.paths.jobs_database, halt)
        assert {code: lines.get(code) for code in expected} == pytest.approx(expected)
        left = {code for code in lines if not code.startswith(("kind.", "group.", "thumbs.", "reason."))}
        assert left == expected.keys()
        assert told.fresh + told.brought == sum(told.outcomes.values())
        assert sum(told.kinds.values()) == sum(machine.good for machine in told.machines)
        assert sum(told.reasons.values()) == told.runs - sum(machine.good for machine in told.machines)
    first, second = (counted(config, halt) for halt in halts)
    assert first.outcomes[Outcome.CARRIED] == second.brought > 0
    both = counted(config, *halts)
    ends = sum(afternoon.tally[state] for state in ("done", "failed", "interrupted", "cancelled"))
    assert both.runs == first.runs + second.runs == ends
    assert (
        sum(machine.good for machine in both.machines) == afternoon.tally["done"] - afternoon.tally["spoiled"]
    )
    assert both.energy_wh == pytest.approx(first.energy_wh + second.energy_wh)
    assert both.fresh + both.brought == sum(both.outcomes.values())
    assert sum(robot.loans for robot in both.robots) == afternoon.tally["loans"] > 4


@pytest.mark.parametrize(("language", "point"), [("fr", ","), ("en", ".")])
async def test_page_table_and_paper_say_the_same(
    played: tuple[Config, Afternoon, list[Halt]], phone: httpx.AsyncClient, language: str, point: str
) -> None:
    """Each figure of the recount stands in the CSV by its code, in the PDF and the page as it is shown."""
    config, _, halts = played
    phone.cookies.set("langue", language)
    here = f"/mediateur/bilan/{halts[1].id}"
    table = await phone.get(f"{here}/bilan.csv")
    assert "attachment" in table.headers["content-disposition"]
    rows = csv.DictReader(
        io.StringIO(table.content.decode("utf-8-sig")), delimiter=";" if point == "," else ","
    )
    cells = [list(row.values()) for row in rows]
    found = {row[0]: row[3] for row in cells}
    for code, value in recounted(config.paths.jobs_database, halts[1]).items():
        assert float(found[code].replace(point, ".")) == pytest.approx(value, abs=6e-4), code
    paper = PdfReader(io.BytesIO((await phone.get(f"{here}/bilan.pdf")).content))
    words = " ".join(" ".join(page.extract_text() for page in paper.pages).split())
    page = " ".join((await phone.get(here)).text.split())
    assert "École Victor-Hugo, Créteil" in words
    for part in sections(counted(config, halts[1])):
        for line in part.lines:
            label = line.label.en if language == "en" else line.label.fr
            assert f"{label} {line.shown(language)}" in words, line
            assert line.shown(language) in page
    assert (await phone.get("/mediateur/bilan/periode/bilan.pdf")).content.startswith(b"%PDF")
    assert (await phone.get(f"/mediateur/bilan/{'0' * 32}")).status_code == 404


def test_small_counts_of_people_are_not_published() -> None:
    """Nor can they be had by taking what is shown from the sum."""
    assert unpublished({"soleil": 12, "lune": 8}) == frozenset()
    assert unpublished({"soleil": 12, "lune": 3, "": 7}) == {"lune", ""}
    assert unpublished({"soleil": 12, "lune": 3, "": 4}) == {"lune", ""}
    assert unpublished({"soleil": 3}) == {"soleil"}


async def test_a_halt_is_taken_along_without_its_children(
    played: tuple[Config, Afternoon, list[Halt]], phone: httpx.AsyncClient
) -> None:
    """The archive holds every step of the halt and its acts, and neither a ticket nor an id."""
    config, _, halts = played
    answer = await phone.get(f"/mediateur/bilan/{halts[0].id}/donnees.zip")
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert sorted(archive.namelist()) == ["bilan.csv", "donnees.json", "etapes.csv", "gestes.csv"]
    told = json.loads(archive.read("donnees.json"))
    steps = asked(config.paths.jobs_database, "SELECT id FROM journal WHERE halt = :halt", halts[0].id)
    assert (len(told["steps"]), len(told["acts"])) == (len(steps), 6)
    assert archive.read("etapes.csv").count(b"\n") == len(steps) + 1
    everything = b"".join(archive.read(name) for name in archive.namelist())
    with closing(JobReader.open(config.paths.jobs_database)) as reader:
        secrets = {word for job in reader.jobs() for word in (job.id, job.participant, job.key) if word}
    assert not [word for word in secrets if word.encode() in everything]


async def test_the_history_is_searched_and_narrowed_down(
    played: tuple[Config, Afternoon, list[Halt]], phone: httpx.AsyncClient
) -> None:
    """By ticket without accents, kind, verdict, machine and halt; every page opens in both languages."""
    config, _, halts = played
    with closing(JobReader.open(config.paths.jobs_database)) as reader:
        jobs = [job for job in reader.jobs() if job.state is JobState.DONE and job.ticket]
    listed = (
        await phone.get("/mediateur/historique", params={"ticket": (jobs[0].ticket or "").lower()})
    ).text
    assert jobs[0].id in listed
    for name, value in (("kind", "drawing"), ("verdict", "bad"), ("machine", "prusa"), ("halt", halts[0].id)):
        narrowed = (await phone.get("/mediateur/historique", params={name: value})).text
        assert (
            0
            < narrowed.count('class="came-out"')
            < (await phone.get("/mediateur/historique")).text.count('class="came-out"') + 1
        )
        assert f'value="{value}" selected' in narrowed or f"<option selected>{value}" in narrowed
    for address in (
        f"historique/{jobs[0].id}",
        "journal",
        f"journal?halt={halts[0].id}",
        f"bilan/{halts[0].id}/effacer",
    ):
        for language in ("fr", "en"):
            assert (await phone.get(f"/mediateur/{address}", params={"langue": language})).status_code == 200
    unticked = await phone.post(f"/mediateur/bilan/{halts[0].id}/effacer", data={"objects": "1"})
    assert unticked.status_code == 422


async def test_nobody_else_reads_or_erases(client: httpx.AsyncClient) -> None:
    """Without a session every address of these pages leads to the PIN."""
    for address in (
        "bilan",
        "bilan/periode/bilan.csv",
        "historique",
        "journal",
        f"bilan/{'0' * 32}/donnees.zip",
    ):
        assert (await client.get(f"/mediateur/{address}")).headers["location"] == "/mediateur"
    for address in (
        f"bilan/{'0' * 32}/effacer",
        f"historique/{'0' * 32}/refaire",
        f"historique/{'0' * 32}/verdict",
    ):
        assert (await client.post(f"/mediateur/{address}", data={})).status_code in {403, 422}
