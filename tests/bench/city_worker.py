"""How many records a second one and two receivers bring into PostgreSQL: `python -m tests.bench.city_worker`.

`--broker` measures the way from a real Mosquitto, which hands over what it had kept; without it the messages
come from memory. Each run has its own database; the figure is records committed by the wall clock,
and beside it the processor time of receiver and database together, which a busy computer distorts less.
"""

import argparse
import asyncio
import multiprocessing
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier, Event
from pathlib import Path
from typing import Final

import psycopg
from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from city.link import LinkSettings
from city.receiver import Receiver
from city.sorting import sort
from city.store import Delivery, open_store
from onboard.broker import HOST, run_broker
from onboard.messages import Batch, Energy, JobDone, Leaf, MachineKind, row, topic
from tests.peers.postgres_server import run_postgres

BIKES: Final = 200
ROWS_A_MESSAGE: Final = 50
MESSAGES_A_COMMIT: Final = 500


def messages(worker: int, count: int) -> Iterator[tuple[str, bytes]]:
    """Batches of many bikes in turn, as after an outage: nine minutes of energy, then an object."""
    kinds = [Energy(seconds=60, used_wh=3.25, soc_pct=60)] * 9
    kinds.append(JobDone(kind=MachineKind.PRINTER, minutes=25, energy_wh=29.5))
    for number in range(count):
        bike, turn = number % BIKES, number // BIKES
        first = turn * ROWS_A_MESSAGE + 1
        rows = tuple(row(seq, 60.0 * seq, kinds[seq % 10]) for seq in range(first, first + ROWS_A_MESSAGE))
        batch = Batch(boot=f"{bike:016x}", r=rows)
        yield (
            topic("creteil", f"bike-{worker}-{bike}", Leaf.EVT),
            batch.model_dump_json(exclude_none=True).encode(),
        )


def from_memory(worker: int, count: int, database: str, barrier: Barrier, spent: "Queue[float]") -> None:
    """One receiver: check and commit, as `city.receiver` does."""
    store = open_store(database)
    arrived = []
    for where, payload in messages(worker, count):
        message = MQTTMessage(topic=where.encode())
        message.payload = payload
        arrived.append(message)
    with store.engine.transaction() as session:
        backend = int(session.rows("SELECT pg_backend_pid()")[0][0])
    barrier.wait()
    before_s = time.process_time() + processor_s(backend)
    for at in range(0, count, MESSAGES_A_COMMIT):
        things = [sort(message, time.time())[0] for message in arrived[at : at + MESSAGES_A_COMMIT]]
        store.keep([thing for thing in things if isinstance(thing, Delivery)])
    spent.put(time.process_time() + processor_s(backend) - before_s)
    store.close()


def processor_s(pid: int) -> float:
    """Seconds of processor that a process has used. Source: proc(5), /proc/pid/stat, fields 14 and 15."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure_memory(workers: int, count: int, database: str) -> tuple[float, float]:
    """Records a second of so many receivers side by side, and a record's microseconds of processor."""
    open_store(database).close()
    barrier, spent = multiprocessing.Barrier(workers + 1), multiprocessing.Queue()
    processes = [
        multiprocessing.Process(target=from_memory, args=(worker, count, database, barrier, spent))
        for worker in range(workers)
    ]
    for process in processes:
        process.start()
    barrier.wait()
    start_s = time.perf_counter()
    spent_s = sum(spent.get() for _ in processes)
    took_s = time.perf_counter() - start_s
    for process in processes:
        process.join()
    rows = workers * count * ROWS_A_MESSAGE
    return rows / took_s, spent_s / rows * 1e6


def receive(settings: LinkSettings, database: str, stop: Event) -> None:
    """One receiver at the broker."""
    with closing(open_store(database)) as store:
        receiver = Receiver(settings, store)
        receiver.start()
        stop.wait()
        receiver.stop()


def settings_of(worker: int, port: int) -> LinkSettings:
    """A worker's line."""
    return LinkSettings(host=HOST, port=port, client_id=f"worker-{worker}", group="city", live=False)


async def measure_broker(workers: int, count: int, database: str) -> float:
    """Records a second from what the broker has kept for a group that was away."""
    open_store(database).close()
    with tempfile.TemporaryDirectory() as folder:
        async with run_broker(Path(folder), kind="mosquitto") as broker:
            for worker in range(workers):
                await asyncio.to_thread(_introduce, settings_of(worker, broker.port))
            await asyncio.to_thread(_publish, broker.port, workers * count)
            return await asyncio.to_thread(_drain, workers, workers * count, broker.port, database)


def _drain(workers: int, count: int, port: int, database: str) -> float:
    stop = multiprocessing.Event()
    processes = [
        multiprocessing.Process(target=receive, args=(settings_of(worker, port), database, stop))
        for worker in range(workers)
    ]
    for process in processes:
        process.start()
    goal = count * ROWS_A_MESSAGE
    with psycopg.connect(database, autocommit=True) as watch:
        first_s, first = 0.0, 0
        while (rows := _rows(watch)) < goal:
            if rows and not first:
                first_s, first = time.perf_counter(), rows
            time.sleep(0.05)
        rate = (goal - first) / (time.perf_counter() - first_s)
    stop.set()
    for process in processes:
        process.join()
    return rate


def _rows(database: psycopg.Connection) -> int:
    """How many records are complete: the sum of all watermarks."""
    found = database.execute("SELECT coalesce(sum(upto), 0) FROM boot").fetchone()
    return int(found[0]) if found else 0


def _introduce(settings: LinkSettings) -> None:
    """Leave a session at the broker, as a worker that is away for a moment."""
    client = _client(settings.client_id)
    expiry = Properties(PacketTypes.CONNECT)
    expiry.SessionExpiryInterval = 3600
    client.connect(HOST, settings.port, clean_start=False, properties=expiry)
    client.loop_start()
    while not client.is_connected():
        time.sleep(0.01)
    client.subscribe(f"$share/{settings.group}/dipbike/v1/+/+/evt", qos=1)
    time.sleep(0.5)
    client.disconnect()
    client.loop_stop()


def _publish(port: int, count: int) -> None:
    client = _client("load")
    client.connect(HOST, port)
    client.loop_start()
    for where, payload in messages(0, count):
        last = client.publish(where, payload, qos=1)
    last.wait_for_publish()
    client.disconnect()
    client.loop_stop()


def _client(name: str) -> Client:
    return Client(CallbackAPIVersion.VERSION2, client_id=name, protocol=MQTTProtocolVersion.MQTTv5)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=8000, help="for each worker")
    parser.add_argument("--broker", action="store_true")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with run_postgres() as postgres:
        for round_number in range(options.rounds):
            rates, spent = [], []
            for workers in (1, 2):
                database = postgres.database(f"bench_{workers}")
                if options.broker:
                    rates.append(asyncio.run(measure_broker(workers, options.messages, database)))
                else:
                    rate, microseconds = measure_memory(workers, options.messages, database)
                    rates.append(rate)
                    spent.append(f"{microseconds:.1f}")
                postgres.drop(f"bench_{workers}")
            print(  # noqa: T201 - this is what a person reads
                f"round {round_number + 1}: one worker {rates[0]:,.0f} rows/s, two {rates[1]:,.0f} rows/s"
                f" ({rates[1] / rates[0]:.2f} times), load average {os.getloadavg()[0]:.1f};"
                f" processor time of a record: {' and '.join(spent) or 'not measured'} microseconds",
                flush=True,
            )


if __name__ == "__main__":
    main()
