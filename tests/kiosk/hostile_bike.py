"""A bike all of whose words are hostile: a queue full of them, and a daemon that says nothing else."""

import asyncio
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from argon2 import PasswordHasher

from drivers.types import DeviceKind, DeviceState
from jobs.errors import Sentence
from jobs.store.accounts import Act
from jobs.store.change import JobChange
from jobs.store.queue import Store
from jobs.types import Design, DesignKind, Estimate, Job, JobState, Prepared
from onboard.config import load
from onboard.control.messages import (
    AbilitiesView,
    BatteryView,
    BikeStatus,
    CallView,
    HaltView,
    HandView,
    HeldView,
    MachineView,
    Refusal,
    Reply,
    Request,
    RobotView,
    StartView,
)
from onboard.control.messages.byhand import ErrandView, PointView, PresetView
from onboard.control.server import ControlServer
from onboard.ports import free_port
from tests.kiosk.test_mediator import PIN
from tests.kiosk.virtual_bike import SETTINGS, Bike

_ENDS = (JobState.UNUSABLE, JobState.READY, JobState.WAITING, JobState.APPROVED, JobState.REFUSED)


def _fill(path: Path, words: Sequence[str]) -> list[Job]:
    """A queue in which every free text is hostile: one job with all of them in each state, and one a word."""
    path.parent.mkdir(parents=True, exist_ok=True)
    store = Store.open(path, time.time)
    whole = " ".join(words)
    for word in words[:20]:
        store.open_halt(word, word, time.time() + 3600, 50.0)
        store.close_halt()
    halt = store.open_halt(whole, whole, time.time() + 3600, 50.0)
    for word in words:
        store.keep_act(Act(time.time(), word, halt.id, None, word, word))
    jobs = [_job(store, whole, state, f"whole-{state}") for state in _ENDS]
    jobs += [_job(store, word, _ENDS[number % 5], f"key-{number:05}") for number, word in enumerate(words)]
    store.close()
    return jobs


def _job(store: Store, text: str, end: JobState, key: str) -> Job:
    design = Design(DesignKind.NAME_TAG, DeviceKind.PRINTER, None, {"text": text})
    job = store.create(design, key)
    why = JobChange(problem=Sentence(text, text, text))
    if end is JobState.UNUSABLE:
        return store.transition(job.id, end, note=text, change=why)
    cost = Estimate(900, 800, 1200, 20, 18, 26, 260, mass_g=3.0)
    job = store.transition(job.id, JobState.READY, change=JobChange(prepared=Prepared("a", "b", "c", cost)))
    if end is JobState.READY:
        return job
    store.send(job.id)
    return job if end is JobState.WAITING else store.transition(job.id, end, note=text, change=why)


def _status(jobs: Sequence[Job], words: Sequence[str]) -> BikeStatus:
    """Everything that is live, each free text of it hostile."""
    whole = " ".join(words)
    refusals = tuple(Refusal(code=word, text_fr=word, text_en=word) for word in words)
    said = Refusal(code=whole, text_fr=whole, text_en=whole)
    return BikeStatus(
        bike=whole,
        city=whole,
        stopped=True,
        plan_version=1,
        machines=tuple(_machine(name, jobs, words, said) for name in ("prusa", "fraiseuse")),
        battery=BatteryView(known=False, sentence_fr=whole, sentence_en=whole),
        halt=HaltView(id="0" * 32, place=whole, host_city=whole, ends_s=time.time() + 3600, left_s=3600,
                      reserve_wh=50, group="soleil"),
        held=tuple(HeldView(job=job.id, reason=word, text_fr=word, text_en=word)
                   for job, word in zip(jobs, (whole, *words), strict=False)),
        starts=(StartView(job=jobs[3].id, machine=whole, start_min=2),),
        panel=refusals,
        hold=said,
        calls=tuple(CallView(job=job.id, ticket=word, minutes=2)
                    for job, word in zip(jobs, words[:20], strict=False)),
        robots=(_robot(words, whole, loan="0" * 32), _robot(words, whole, loan=None)),
    )  # fmt: skip


def _robot(words: Sequence[str], whole: str, loan: str | None) -> RobotView:
    abilities = AbilitiesView(gauge=None, pen=True, light=True, sound=True, sensors=(), buttons=())
    return RobotView(
        name="thymio" if loan else "arduino",
        protocol=whole,
        state=DeviceState.FAULT,
        stopped=loan is None,
        abilities=abilities,
        half_mm=600,
        speed_mm_s=150,
        loan=loan,
        ticket=whole if loan else None,
        left_s=60,
        playing=loan is not None,
        step=whole,
        ended="failed",
        firmware=whole,
        message=whole,
        degraded=tuple(words),
    )


def _machine(name: str, jobs: Sequence[Job], words: Sequence[str], said: Refusal) -> MachineView:
    is_mill = name == "fraiseuse"
    hand = HandView(
        errand=ErrandView(
            code="heat", text_fr=said.text_fr, text_en=said.text_en, ticket=said.code, waits=said
        ),
        result=said,
        presets=tuple(PresetView(material=word, hotend_c=200, bed_c=60) for word in words),
        steps_mm=(1.0,),
        points=(PointView(code="clamp"),) if is_mill else (),
        job=jobs[3].id if is_mill else None,
    )
    return MachineView(
        name=name,
        kind=DeviceKind.MILL if is_mill else DeviceKind.PRINTER,
        profile="mill" if is_mill else "i3",
        state=DeviceState.FAULT,
        job=jobs[3].id,
        ticket=said.code,
        traces=said.code,
        firmware=said.code,
        message=said.code,
        degraded=tuple(words),
        reason=said,
        hand=hand,
    )


@contextmanager
def hostile_bike(folder: Path, words: Sequence[str]) -> Iterator[tuple[Bike, list[Job]]]:
    """The real kiosk on such a queue and such a daemon, with a mediator's PIN."""
    port = free_port()
    settings = folder / "dipbike.toml"
    pin_hash = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PIN)
    settings.write_text(SETTINGS.format(folder=folder, port=port) + f'mediator_pin_hash = "{pin_hash}"\n')
    bike = Bike(settings, load(settings), {})
    jobs = _fill(bike.config.paths.jobs_database, words)
    with _speaking(bike.config.paths.control_socket, _status(jobs, words)):
        bike.start("kiosk.server")
        try:
            bike.await_kiosk()
            yield bike, jobs
        finally:
            bike.end("kiosk.server")


@contextmanager
def _speaking(path: Path, status: BikeStatus) -> Iterator[None]:
    """The control socket in a thread; every answer is the same status."""

    async def answer(_request: Request) -> Reply:
        return Reply(status=status)

    loop, ready = asyncio.new_event_loop(), threading.Event()
    serving = loop.create_task(ControlServer(path, answer).serve(ready.set))
    thread = threading.Thread(target=lambda: loop.run_until_complete(asyncio.wait([serving])), daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield
    finally:
        loop.call_soon_threadsafe(serving.cancel)
        thread.join()
        loop.close()
