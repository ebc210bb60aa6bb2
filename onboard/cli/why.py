"""`dipbike why`: tells why a job waited, from the plans that were kept."""

import datetime as dt
import json
from pathlib import Path

import click

from jobs.errors import StoreError, UnknownJobError
from jobs.planner.why import Why
from jobs.store.reader import JobReader
from onboard.cli.common import config_option, fail, json_option, refuse
from onboard.cli.settings import settings_of
from onboard.history import Moment, history, in_force


@click.command()
@click.argument("ticket")
@click.option("--at", "at", help="What was in force then: 15:10 (today), or 2026-03-21T15:10.")
@config_option
@json_option
def why_command(ticket: str, at: str | None, config_path: Path, as_json: bool) -> None:  # noqa: FBT001 - a command-line flag
    """Tell the story of the job with TICKET: its steps, and why it had to wait."""
    settings = settings_of(config_path)
    until = None if at is None else _instant(at, as_json=as_json)
    try:
        story = _story(settings.paths.jobs_database, ticket)
    except UnknownJobError as error:
        refuse(error.code, error.sentence.en, as_json=as_json)
    except StoreError as error:
        fail(error.sentence.en)
    except ValueError as error:
        fail(f"The kept plans cannot be read: {error}.")
    shown = story if until is None else in_force(story, until.timestamp())
    click.echo(json.dumps([_plain(moment) for moment in shown]) if as_json else describe(shown))


def describe(story: list[Moment]) -> str:
    """The story for a person; the times are those of this computer."""
    return "\n".join(map(_line, story)) or "Nothing had been written down about this job by then."


def _story(database: Path, ticket: str) -> list[Moment]:
    reader = JobReader.open(database)
    try:
        return history(reader, reader.by_ticket(ticket))
    finally:
        reader.close()


def _instant(text: str, *, as_json: bool) -> dt.datetime:
    """A time of today, or of a day that is named, on the clock of this computer."""
    try:
        if "T" in text or " " in text:
            return dt.datetime.fromisoformat(text).astimezone()
        today = dt.datetime.now().astimezone().date()
        return dt.datetime.combine(today, dt.time.fromisoformat(text)).astimezone()
    except ValueError:
        refuse("time", f"{text!r} is no time: write 15:10 or 2026-03-21T15:10.", as_json=as_json)


def _line(moment: Moment) -> str:
    when = f"{dt.datetime.fromtimestamp(moment.at_s).astimezone():%Y-%m-%d %H:%M:%S}"
    if moment.why is not None:
        return f"{when}  {_told(moment.why)}"
    return f"{when}  {moment.step.to_state}" if moment.step else when


def _told(why: Why) -> str:
    told, known = why.told, why.known
    had = f"{known.left_min} min, {known.budget_wh:.0f} Wh, {known.jobs} jobs, {known.machines} machines"
    knew = f"    the plan knew: {had}"
    if told.sentence is None:
        return f"planned on {told.device} in {told.start_min} min\n{knew}"
    unlock = [f"    {why.unlock.en}"] if why.unlock else []
    before = [f"    {len(why.before)} jobs of others went first"] if why.before else []
    return "\n".join([f"waits: {told.sentence.en}", *unlock, *before, knew])


def _plain(moment: Moment) -> dict[str, object]:
    if moment.why is None:
        return {"at_s": moment.at_s, "state": moment.step.to_state if moment.step else None}
    told, known = moment.why.told, moment.why.known
    return {
        "at_s": moment.at_s,
        "machine": told.device,
        "start_min": told.start_min,
        "reason": told.reason,
        "text_fr": told.sentence.fr if told.sentence else None,
        "text_en": told.sentence.en if told.sentence else None,
        "unlock_fr": moment.why.unlock.fr if moment.why.unlock else None,
        "unlock_en": moment.why.unlock.en if moment.why.unlock else None,
        "before": list(moment.why.before),
        "left_min": known.left_min,
        "budget_wh": known.budget_wh,
    }


if __name__ == "__main__":
    why_command(prog_name="dipbike why")
