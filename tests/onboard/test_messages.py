"""What may leave the bike, and what cannot."""

import json
from pathlib import Path

import jsonschema
import pytest
from pydantic import ValidationError

from onboard.messages import (
    Ack,
    Batch,
    Clock,
    ClockSource,
    Energy,
    FailureReason,
    Fault,
    FaultCode,
    Gap,
    HaltClosed,
    HaltOpened,
    HeldReason,
    JobDone,
    JobFailed,
    JobHeld,
    JobQueued,
    JobStarted,
    Leaf,
    MachineKind,
    Record,
    RobotReturned,
    State,
    Topic,
    code_of,
    parse_topic,
    public_place,
    row,
    topic,
)
from onboard.messages.contract import MODELS, schema

CONTRACT = Path(__file__).parents[2] / "docs" / "telemetry"
CANARIES = ("Renard 12", "renard-12", "porte-clef_de_Lina.stl", "creteil-1 Lina")
EXAMPLES: tuple[Record, ...] = (
    Energy(seconds=60, used_wh=3.456, charged_wh=0.0, soc_pct=63),
    JobQueued(kind=MachineKind.PRINTER, minutes=24, energy_wh=31.2),
    JobStarted(kind=MachineKind.MILL, waited_min=7),
    JobDone(kind=MachineKind.PRINTER, minutes=26, energy_wh=29.9),
    JobFailed(kind=MachineKind.MILL, minutes=3, reason=FailureReason.STOPPED),
    JobHeld(kind=MachineKind.PRINTER, reason=HeldReason.ENERGY),
    HaltOpened(place="Médiathèque", host_city="Gentilly", minutes=180),
    HaltClosed(place="Médiathèque", host_city="Gentilly", minutes=177),
    Clock(mono_s=12.345, utc_s=1.8e9, error_ms=100, source=ClockSource.NETWORK),
    Gap(first=3, dropped=9),
    Fault(part="printer", code=FaultCode.LINK_LOST),
    RobotReturned(minutes=11, energy_wh=0.46),
)


def batch_text(*records: Record) -> str:
    """Records as they travel."""
    rows = [row(i, 1.5, record) for i, record in enumerate(records, 1)]
    return Batch(boot="0" * 16, r=tuple(rows)).model_dump_json(exclude_none=True)


def test_every_record_survives_the_way_to_the_city():
    """What the bike writes is what the city reads, for every type."""
    received = Batch.model_validate_json(batch_text(*EXAMPLES), strict=True)
    assert [record for _seq, _mono, _type, record in received.r] == list(EXAMPLES)
    assert [kind for _seq, _mono, kind, _record in received.r] == [record.type for record in EXAMPLES]


def test_published_schemas_are_current():
    """docs/telemetry holds what `python -m onboard.messages.contract` writes today."""
    for leaf in MODELS:
        assert (CONTRACT / f"{leaf}.schema.json").read_text(encoding="utf-8") == schema(leaf)


def test_schema_and_models_agree():
    """A consumer with any JSON Schema library accepts our messages and refuses an added field."""
    checker = jsonschema.Draft202012Validator(json.loads(schema(Leaf.EVT)))
    message = json.loads(batch_text(*EXAMPLES))
    assert list(checker.iter_errors(message)) == []
    message["r"][0][3]["ticket"] = "Renard 12"
    assert list(checker.iter_errors(message)) != []


def test_every_schema_is_closed():
    """No object of the contract takes an unknown field."""
    for leaf in MODELS:
        contract = json.loads(schema(leaf))
        for name, part in {leaf: contract, **contract.get("$defs", {})}.items():
            if part.get("type") == "object":
                assert part["additionalProperties"] is False, name


def test_asyncapi_names_every_topic_and_schema():
    """The AsyncAPI file and the code speak of the same topics."""
    text = (CONTRACT / "asyncapi.yaml").read_text(encoding="utf-8")
    for leaf in Leaf:
        assert f"address: dipbike/v1/{{city}}/{{bike}}/{leaf}" in text
        assert f"./{leaf}.schema.json" in text


@pytest.mark.parametrize("canary", CANARIES)
def test_no_record_has_room_for_a_ticket_or_a_file_name(canary: str):
    """Put into any field but the two halt names, such a word is refused."""
    for example in EXAMPLES:
        content = example.model_dump()
        for field in set(content) - {"place", "host_city"}:
            with pytest.raises(ValidationError):
                type(example).model_validate({**content, field: canary})
        with pytest.raises(ValidationError):
            type(example).model_validate({**content, "ticket": canary})


@pytest.mark.parametrize(
    ("typed", "public"),
    [
        ("Médiathèque Nelson-Mandela", "Médiathèque Nelson-Mandela"),
        ("École Jean-Macé, classe de Lina", "Gentilly"),
        ("collège Pasteur", "Gentilly"),
        ("<b>Parvis</b>", "b Parvis b"),
        ("Place 06 12 34 56 78 0612345678", "Place 06 12 34 56 78"),
        ("@@@", "?"),
    ],
)
def test_a_halt_is_named_without_school_or_markup(typed: str, public: str):
    """A school appears as its commune only, and a typed place is reduced to a name."""
    assert public_place(typed, "Gentilly") == public
    assert HaltOpened(place=public_place(typed, "Gentilly"), host_city="Gentilly", minutes=60).place == public


def test_waits_are_rounded_to_five_minutes():
    """Nobody can tell from a wait which child came when."""
    assert JobStarted(kind=MachineKind.MILL, waited_min=7).waited_min == 5
    assert JobQueued(kind=MachineKind.MILL, minutes=13, energy_wh=1.23456).minutes == 15


def test_unknown_reasons_travel_as_other():
    """A reason from a newer planner never travels as text."""
    assert code_of(HeldReason, "energy") is HeldReason.ENERGY
    assert code_of(HeldReason, "Renard 12") is HeldReason.OTHER


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-1", "1e400"])
def test_numbers_are_finite_and_bounded(number: str):
    """JSON's extensions and absurd values are refused."""
    text = f'{{"v":1,"boot":"{"0" * 16}","r":[[1,1,"energy",{{"seconds":60,"used_wh":{number}}}]]}}'
    with pytest.raises(ValidationError):
        Batch.model_validate_json(text, strict=True)


def test_topics_are_taken_apart_strictly():
    """A topic that no bike may have is none."""
    assert parse_topic(topic("creteil", "creteil-1", Leaf.EVT)) == Topic("creteil", "creteil-1", Leaf.EVT)
    for wrong in ("dipbike/v1/creteil/creteil-1/cmd", "dipbike/v1/Créteil/x/evt", "dipbike/v1/a/b/evt/c", ""):
        assert parse_topic(wrong) is None


def test_state_and_ack_are_closed_too():
    """The live messages take no extra field either."""
    with pytest.raises(ValidationError):
        State.model_validate({"soc_pct": 50, "ticket": "Renard 12"})
    with pytest.raises(ValidationError):
        Ack.model_validate({"boot": "0" * 16, "upto": -1})
