"""Rows stay on disk until the city has them, and the disk does not fill up."""

import json
import random
from pathlib import Path

import pytest

from city.store import Delivery, Store, open_store
from onboard.messages import Batch, Energy, JobDone, MachineKind, Record
from onboard.uplink.outbox import Entry, Outbox, OutboxError, open_outbox

MINUTE = Energy(seconds=60, used_wh=3.0)
DONE = JobDone(kind=MachineKind.PRINTER, minutes=25, energy_wh=30.0)


def entry(record: Record, mono_s: float = 1.0) -> Entry:
    """A record as the outbox takes it."""
    return Entry(mono_s, record.type, record.model_dump_json(exclude_none=True))


def test_numbers_go_on_after_a_restart_even_when_all_is_acknowledged(tmp_path: Path):
    """A number is never used twice in one boot."""
    outbox = Outbox(tmp_path / "o.db", "boot-a")
    assert outbox.append([entry(DONE)] * 3) == 3
    assert outbox.acknowledge(outbox.boot, 3) == 3
    outbox.close()
    again = Outbox(tmp_path / "o.db", "boot-a")
    assert again.append([entry(DONE)]) == 4


def test_a_new_boot_counts_from_one_and_the_old_one_goes_first(tmp_path: Path):
    """After a power cut the old rows are still sent, under their own boot."""
    first = Outbox(tmp_path / "o.db", "boot-a")
    first.append([entry(DONE)] * 2)
    first.close()
    second = Outbox(tmp_path / "o.db", "boot-b")
    assert second.append([entry(DONE)]) == 1
    assert second.boot != first.boot
    backlog = second.backlog()
    assert backlog is not None
    assert backlog.boot == first.boot
    second.acknowledge(first.boot, 2)
    backlog = second.backlog()
    assert backlog is not None
    assert backlog.boot == second.boot


def test_a_lost_file_does_not_repeat_numbers(tmp_path: Path):
    """In the same kernel boot, a new file has another name for it."""
    assert Outbox(tmp_path / "a.db", "boot").boot != Outbox(tmp_path / "b.db", "boot").boot


@pytest.mark.parametrize(("boot", "upto"), [("f" * 16, 2), (None, 4), (None, 0)])
def test_a_watermark_that_cannot_be_changes_nothing(tmp_path: Path, boot: str | None, upto: int):
    """Neither an unknown boot nor a number never written removes a row."""
    outbox = Outbox(tmp_path / "o.db", "boot")
    outbox.append([entry(DONE)] * 3)
    assert outbox.acknowledge(boot or outbox.boot, upto) == 0
    assert outbox.count == 3


def test_the_window_walks_forward(tmp_path: Path):
    """Rows come in order and in portions."""
    outbox = Outbox(tmp_path / "o.db", "boot")
    outbox.append([entry(DONE, float(i)) for i in range(5)])
    assert [row.seq for row in outbox.window(outbox.boot, 1, 2)] == [2, 3]
    assert outbox.window(outbox.boot, 5, 2) == []


def test_a_broken_file_is_put_aside(tmp_path: Path):
    """The bike goes on with a new store and keeps the old file for a person."""
    path = tmp_path / "o.db"
    path.write_bytes(b"no database " * 500)
    outbox = open_outbox(path, "boot")
    outbox.append([entry(DONE)])
    assert outbox.count == 1
    assert [p.name for p in tmp_path.glob("o.db.broken-*")] != []


def test_a_folder_that_is_missing_is_said(tmp_path: Path):
    """An impossible place is an error with a sentence."""
    with pytest.raises(OutboxError, match="cannot be used as the telemetry store"):
        open_outbox(tmp_path / "nowhere" / "o.db", "boot")


def test_a_full_store_thins_energy_and_keeps_every_job(tmp_path: Path):
    """Bounded for ever, jobs untouched, and the gaps say exactly what is missing."""
    outbox = Outbox(tmp_path / "o.db", "boot", max_rows=600)
    jobs = 0
    for _ in range(100):
        outbox.append([entry(MINUTE)] * 30 + [entry(DONE)])
        jobs += 1
        assert outbox.count <= 600
    rows = outbox.window(outbox.boot, 0, 1000)
    assert sum(row.type == "job.done" for row in rows) == jobs
    dropped = sum(json.loads(row.payload)["dropped"] for row in rows if row.type == "gap")
    kept = sum(row.type == "energy" for row in rows)
    assert kept + dropped == 100 * 30
    covered = {seq for row in rows for seq in _covered(row.seq, row.type, row.payload)}
    assert covered == set(range(1, 100 * 31 + 1))


def _covered(seq: int, kind: str, payload: str) -> range:
    """The numbers that a row accounts for."""
    return range(json.loads(payload)["first"] if kind == "gap" else seq, seq + 1)


def test_jobs_alone_do_not_fill_the_disk(tmp_path: Path):
    """A city that is silent for years: the oldest records go, and gaps tell how many."""
    for boot in range(4):
        outbox = Outbox(tmp_path / "o.db", f"boot-{boot}", max_rows=100)
        for _ in range(60):
            outbox.append([entry(DONE)] * 3)
            assert outbox.count <= 100
        outbox.close()
    outbox = Outbox(tmp_path / "o.db", "boot-3", max_rows=100)
    last = outbox.append([entry(DONE)])
    kept, told = 0, 0
    while (backlog := outbox.backlog()) is not None:
        rows = outbox.window(backlog.boot, 0, 1000)
        covered = {seq for row in rows for seq in _covered(row.seq, row.type, row.payload)}
        assert covered == set(range(1, rows[-1].seq + 1)), "the city would wait for what is missing"
        kept += sum(row.type == "job.done" for row in rows)
        told += sum(json.loads(row.payload)["dropped"] for row in rows if row.type == "gap")
        outbox.acknowledge(backlog.boot, rows[-1].seq)
    assert last == 181
    assert 80 < kept <= 100
    assert told <= 4 * 180 + 1 - kept


@pytest.mark.parametrize("energy", [0.9, 0.2])
@pytest.mark.parametrize("seed", range(4))
def test_thinning_never_leaves_the_city_waiting(tmp_path: Path, seed: int, energy: float):
    """Whatever batch or receipt gets lost while the store thins, the city's watermark reaches the end."""
    chance = random.Random(seed)  # noqa: S311 - a repeatable experiment
    outbox, city = Outbox(tmp_path / "o.db", "boot", max_rows=120), open_store(tmp_path / "c.db")
    last = 0
    for _ in range(60):
        last = outbox.append([entry(MINUTE if chance.random() < energy else DONE) for _ in range(10)])
        _exchange(outbox, city, chance, loss=0.7)
    for _ in range(200):
        _exchange(outbox, city, chance, loss=0.0)
    assert outbox.count == 0
    assert city.watermark("creteil", "creteil-1", outbox.boot) == last


def _exchange(outbox: Outbox, city: Store, chance: random.Random, loss: float) -> None:
    """One batch to the city and its receipt back, each of which may be lost."""
    backlog = outbox.backlog()
    if backlog is None:
        return
    rows = outbox.window(backlog.boot, backlog.acknowledged + chance.randrange(0, 3) * (loss > 0), 20)
    if not rows or chance.random() < loss:
        return
    body = [[row.seq, row.mono_s, row.type, json.loads(row.payload)] for row in rows]
    batch = Batch.model_validate({"boot": backlog.boot, "after": backlog.acknowledged, "r": body})
    for receipt in city.commit([Delivery("creteil", "creteil-1", batch, 1.0)]):
        if chance.random() >= loss:
            outbox.acknowledge(receipt.ack.boot, receipt.ack.upto)
