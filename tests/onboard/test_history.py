"""A mediator asks why, tomorrow too: the story of a job from its journal and the plans that were kept."""

import json
import sys
from pathlib import Path
from subprocess import run

import pytest

from drivers.types import DeviceKind
from jobs.planner.exchange import parse_instance, plan_json
from jobs.planner.plan import plan
from jobs.store.queue import Store
from jobs.types import Design, DesignKind, JobState
from onboard.history import history, in_force
from tests.jobs.planner.halts import PRINTER, Table, halt, job

HOUR_S = 3600.0


class Clock:
    """A wall that a test turns."""

    at_s = 0.0

    def __call__(self) -> float:
        """Now."""
        return self.at_s


@pytest.fixture
def story(tmp_path: Path) -> tuple[Path, str, str]:
    """At hour 1 a job is sent and lacks energy, at 2 it has a place, at 3 it starts, at 4 it is done."""
    clock = Clock()
    store = Store.open(tmp_path / "jobs.db", clock)
    made = store.create(Design(DesignKind.NAME_TAG, DeviceKind.PRINTER), "key-of-it")
    store.transition(made.id, JobState.READY)
    clock.at_s = HOUR_S
    ticket = store.send(made.id).ticket
    store.transition(made.id, JobState.APPROVED)
    for hour, budget_wh in ((1, 8.0), (2, 900.0)):
        clock.at_s = hour * HOUR_S + 1
        keep(store, halt([PRINTER], [job(made.id, "s1")], budget_wh=budget_wh))
    clock.at_s = 3 * HOUR_S
    store.set_plate("prusa", clear=True)
    store.claim(made.id, "prusa")
    store.transition(made.id, JobState.RUNNING)
    clock.at_s = 4 * HOUR_S
    store.transition(made.id, JobState.DONE)
    store.close()
    return tmp_path, made.id, ticket or ""


def keep(store: Store, instance: Table) -> None:
    """Plan, and keep the plan as the daemon does."""
    text = json.dumps(instance)
    store.keep_plan(text, plan_json(plan(parse_instance(text))))


def test_each_hour_has_its_answer(story: tuple[Path, str, str]):
    """What lacked and what would have helped, then the place, then nothing of plans once it runs."""
    folder, job_id, _ = story
    store = Store.open(folder / "jobs.db", Clock())
    told = history(store, store.get(job_id))
    store.close()
    early = next(moment.why for moment in in_force(told, 1.5 * HOUR_S) if moment.why)
    assert (early.told.reason, early.known.budget_wh, early.known.machines) == ("energy", 8.0, 1)
    assert early.unlock is not None
    assert early.unlock.en.startswith("34 Wh were lacking")
    later = next(moment.why for moment in in_force(told, 2.5 * HOUR_S) if moment.why)
    assert (later.told.device, later.unlock) == ("printer0", None)
    (running,) = in_force(told, 3.5 * HOUR_S)
    assert running.step is not None
    assert running.step.to_state is JobState.RUNNING
    assert in_force(told, -1.0) == []


def test_the_command_tells_it_and_refuses_what_is_none(story: tuple[Path, str, str]):
    """The ticket as it is spoken; an unknown one and a wrong time are sentences with exit code 2."""
    folder, _, ticket = story
    settings = folder / "dipbike.toml"
    settings.write_text(f'[paths]\nstate = "{folder}"\nrun = "{folder}"\n')

    def why(*words: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "onboard.cli.why", *words, "--config", str(settings)]
        done = run(command, check=False, capture_output=True, text=True)
        assert "Traceback" not in done.stderr
        return done.returncode, done.stdout + done.stderr

    code, text = why(ticket.lower())
    assert code == 0
    assert "waits: Not enough battery today: 42 Wh needed, 8 left." in text
    assert text.rstrip().endswith("done")
    told = json.loads(why(ticket, "--json")[1])
    assert [each.get("reason") for each in told if "reason" in each] == ["energy", None]
    assert why(ticket, "--at", "1969-12-30T15:10")[1].startswith("Nothing had been written down")
    assert why("Licorne 1")[0] == 2
    assert why(ticket, "--at", "25:99")[0] == 2
