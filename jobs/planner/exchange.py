"""The planner's question and answer as JSON, checked strictly."""

import json
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from drivers.types import DeviceKind
from jobs.errors import InstanceError, Sentence
from jobs.planner.instance import Held, Instance, Plan, PlanDevice, PlanJob

_DAY_MIN: Final = 24 * 60
_KIND_OF_NUMBER: Final = {"energy": "wh", "time": "min", "power": "w"}

Identifier = Annotated[str, Field(min_length=1, max_length=64)]
Watts = Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)]
WattHours = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]
Percent = Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]
Minutes = Annotated[int, Field(ge=0, le=_DAY_MIN)]


class _Closed(BaseModel):
    """A table of the format: no unknown keys, no number written as text."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Device(_Closed):
    """One machine."""

    id: Identifier
    kind: DeviceKind
    heat_w: Watts
    run_w: Watts
    heat_cold_min: Minutes
    heat_warm_min: Minutes
    heat_cold_wh: WattHours
    heat_warm_wh: WattHours
    warm_hold_min: Minutes
    changeover_min: Minutes
    free_at_min: Minutes = 0
    warm_until_min: Annotated[int, Field(ge=-1, le=_DAY_MIN)] = -1
    heating_until_min: Minutes = 0


class _Job(_Closed):
    """One job."""

    id: Identifier
    kind: DeviceKind
    run_min: Annotated[int, Field(ge=1, le=7 * _DAY_MIN)]
    run_wh: WattHours
    participant: Annotated[str, Field(max_length=64)]
    group: Annotated[str, Field(max_length=64)] = ""
    submitted_min: Annotated[int, Field(le=0)] = 0
    priority: Annotated[int, Field(ge=0, le=2)] = 0
    promised: bool = False
    approved: bool = True


class _Instance(_Closed):
    """The whole question."""

    end_min: Minutes
    budget_wh: Annotated[float, Field(ge=-1_000_000, le=1_000_000, allow_inf_nan=False)]
    power_cap_w: Watts
    margin_time_pct: Percent
    margin_energy_pct: Percent
    devices: Annotated[tuple[_Device, ...], Field(max_length=16)]
    jobs: Annotated[tuple[_Job, ...], Field(max_length=500)]
    served: dict[str, Annotated[int, Field(ge=0, le=10_000)]] = {}
    promise_wh: WattHours | None = None


_OUT: Final = TypeAdapter(Instance)


def parse_instance(text: str | bytes) -> Instance:
    """Read a question.

    Raises:
        InstanceError: the text is no JSON, or not of the format; the sentence names the first wrong place.
    """
    try:
        read = _Instance.model_validate_json(text)
    except ValidationError as error:
        raise _refusal(error) from error
    for things, word_fr, word_en in ((read.devices, "machines", "devices"), (read.jobs, "objets", "jobs")):
        _refuse_twins([thing.id for thing in things], word_fr, word_en)
    plain = read.model_dump(exclude={"devices", "jobs"})
    return Instance(
        **plain,
        devices=tuple(PlanDevice(**device.model_dump()) for device in read.devices),
        jobs=tuple(PlanJob(**job.model_dump()) for job in read.jobs),
    )


def instance_json(instance: Instance) -> str:
    """Write a question down, as it is kept beside its plan."""
    return _OUT.dump_json(instance).decode()


def plan_json(plan: Plan) -> str:
    """Write an answer down."""
    return json.dumps(
        {
            "starts": [
                {"job": start.job, "device": start.device, "start_min": start.start_min}
                for start in plan.starts
            ],
            "held": [_held(held) for held in plan.held],
            "energy_wh": plan.energy_wh,
            "peak_w": plan.peak_w,
        },
        ensure_ascii=False,
    )


def _held(held: Held) -> dict[str, str | float | list[str]]:
    out: dict[str, str | float | list[str]] = {
        "job": held.job,
        "reason": held.reason,
        "text_fr": held.sentence.fr,
        "text_en": held.sentence.en,
    }
    if held.needs is not None and held.left is not None:
        unit = _KIND_OF_NUMBER[held.reason]
        out |= {f"needs_{unit}": held.needs, f"left_{unit}": held.left}
    if held.before:
        out["before"] = list(held.before)
    return out


def _refusal(error: ValidationError) -> InstanceError:
    first = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    if not place:
        return InstanceError(
            "not-json",
            Sentence(
                "L'instance n'est pas un objet JSON lisible.",
                f"The instance is not readable as a JSON object: {first['msg']}.",
            ),
        )
    return InstanceError(
        "bad-instance",
        Sentence(
            f"L'instance n'est pas valable : « {place} » est absent, inconnu ou hors limites.",
            f"The instance is not valid at “{place}”: {first['msg']}.",
        ),
    )


def _refuse_twins(ids: list[str], word_fr: str, word_en: str) -> None:
    seen: set[str] = set()
    for each in ids:
        if each in seen:
            raise InstanceError(
                "twin-id",
                Sentence(
                    f"Deux {word_fr} portent l'identifiant « {each} ».",
                    f"Two {word_en} have the id “{each}”.",
                ),
            )
        seen.add(each)
