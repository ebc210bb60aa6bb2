"""`dipbike simulate-halt`: how many a halt can serve, by playing it many times."""

import json
import statistics
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from jobs.planner.simulation.picture import draw, png, svg
from jobs.planner.simulation.story import Setting
from jobs.planner.simulation.table import PLANNER, RULES, Played, Row, play_all, row
from jobs.planner.simulation.term import TERM_RULES, TermRow, term_row
from onboard.cli.common import fail, json_option, refuse

_HEAD = (
    "| rule | halts over the battery | halts over the inverter | jobs aborted | served a halt "
    "| of the bound | promises kept | jobs a halt | Wh a halt |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|"
)


_TERM_HEAD = (
    "| rule | participants with something | objects a term | Jain's index | halts over the battery "
    "| jobs aborted |\n|---|--:|--:|--:|--:|--:|"
)


@click.command()
@click.option("--halts", type=click.IntRange(1, 10_000), default=30, show_default=True, help="How many.")
@click.option("--seed", type=click.IntRange(0, 2**31), default=1, show_default=True, help="Of the first.")
@click.option("--budget", type=click.FloatRange(0, 20_000), help="Watt-hours for jobs; drawn if not given.")
@click.option("--hours", type=click.FloatRange(0.25, 24), help="Length of the halt; drawn if not given.")
@click.option("--participants", type=click.IntRange(1, 150), help="How many come; drawn if not given.")
@click.option("--printers", type=click.IntRange(1, 3), help="Beside one mill; drawn if not given.")
@click.option(
    "--picture",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Draw the first halt: machines and energy over time, as .svg or .png.",
)
@click.option(
    "--term",
    type=click.IntRange(2, 50),
    help="Play terms of so many halts with the same class instead, one a seed; who waits keeps the place.",
)
@json_option
def simulate_halt_command(  # noqa: PLR0913 - one argument an option
    *,
    halts: int,
    seed: int,
    budget: float | None,
    hours: float | None,
    participants: int | None,
    printers: int | None,
    picture: Path | None,
    term: int | None,
    as_json: bool,
) -> None:
    """Play invented halts with everything a little off its estimate, and compare who is served."""
    if picture is not None and picture.suffix not in {".svg", ".png"}:
        refuse("picture", f"{picture} is neither .svg nor .png", as_json=as_json)
    setting = Setting(budget, hours, participants, printers)
    if term is not None:
        if picture is not None:
            refuse("picture", "a term has no picture: leave --term or --picture away", as_json=as_json)
        terms = [term_row(rule, setting, range(seed, seed + halts), term) for rule in TERM_RULES]
        click.echo(_terms_as_json(terms) if as_json else _terms_as_text(terms))
        return
    played = {rule: play_all(rule, setting, range(seed, seed + halts)) for rule in RULES}
    rows = [row(rule, each) for rule, each in played.items()]
    ours = played[PLANNER]
    if picture is not None:
        _write(picture, ours[0])
    click.echo(_as_json(rows, ours) if as_json else _as_text(rows, ours))


def _write(path: Path, played: Played) -> None:
    drawing = draw(played.story, played.outcome)
    try:
        path.write_bytes(png(drawing) if path.suffix == ".png" else svg(drawing).encode())
    except OSError as error:
        fail(f"{path} cannot be written: {error}")


def _band(ours: Sequence[Played]) -> tuple[int, int, int]:
    """Participants served: in nine halts of ten at least, in the middle, in one of ten at least."""
    served = sorted(len(each.outcome.served) for each in ours)
    return served[len(served) // 10], round(statistics.median(served)), served[len(served) * 9 // 10]


def _as_json(rows: Sequence[Row], ours: Sequence[Played]) -> str:
    low, middle, high = _band(ours)
    return json.dumps({"rows": [asdict(each) for each in rows], "served": [low, middle, high]})


def _as_text(rows: Sequence[Row], ours: Sequence[Played]) -> str:
    low, middle, high = _band(ours)
    sentence = f"The planner serves {low} to {high} participants a halt, {middle} in the middle."
    return "\n".join([_HEAD, *map(_line, rows), "", sentence])


def _terms_as_json(rows: Sequence[TermRow]) -> str:
    return json.dumps({"terms": [asdict(each) for each in rows]})


def _terms_as_text(rows: Sequence[TermRow]) -> str:
    return "\n".join([_TERM_HEAD, *map(_term_line, rows)])


def _term_line(each: TermRow) -> str:
    cells = (
        each.rule,
        f"{each.served_pct:.0f} %",
        f"{each.objects:.1f}",
        f"{each.jain:.2f}",
        f"{each.over_budget_pct:.1f} %",
        f"{each.aborted_pct:.2f} %",
    )
    return "| " + " | ".join(cells) + " |"


def _line(each: Row) -> str:
    cells = (
        each.rule,
        f"{each.over_budget_pct:.1f} %",
        f"{each.over_cap_pct:.1f} %",
        f"{each.aborted_pct:.2f} %",
        f"{each.served:.1f}",
        f"{each.of_bound_pct:.0f} %",
        f"{each.promises_pct:.0f} %",
        f"{each.jobs:.1f}",
        f"{each.used_wh:.0f}",
    )
    return "| " + " | ".join(cells) + " |"


if __name__ == "__main__":
    simulate_halt_command(prog_name="dipbike simulate-halt")
