"""Write the schema: `python -m drivers.robots.schema docs/robots` renews the JSON Schema of programs."""

import json
import sys
from pathlib import Path
from typing import Final, assert_never

from drivers.robots.shape import (
    KINDS,
    LONGEST_ID,
    MOST_BYTES,
    MOST_DEEP,
    MOST_STEPS,
    VERSION,
    Inner,
    Kind,
    Number,
    Part,
    Truth,
    Word,
)
from drivers.robots.writing import Json

LIST_OF_STEPS: Final[Json] = {"type": "array", "items": {"$ref": "#/$defs/step"}, "maxItems": MOST_STEPS}


def program_schema() -> Json:
    """Return the JSON Schema of a program; depth, bytes and the sum of steps are said in words."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A program for a robot",
        "description": f"At most {MOST_BYTES} bytes, {MOST_STEPS} steps in all, {MOST_DEEP} deep; "
        "no key twice; `when` stands at the top only.",
        "type": "object",
        "properties": {"version": {"const": VERSION}, "steps": LIST_OF_STEPS},
        "required": ["version", "steps"],
        "additionalProperties": False,
        "$defs": {
            "step": {"oneOf": [{"$ref": f"#/$defs/{name}"} for name in KINDS]},
            **{name: _kind_schema(name, kind) for name, kind in KINDS.items()},
        },
    }


def _kind_schema(name: str, kind: Kind) -> Json:
    needed = [key for key, (_, part) in kind.parts.items() if part != Inner(is_needed=False)]
    properties: Json = {"do": {"const": name}}
    properties |= {key: _part_schema(part) for key, (_, part) in kind.parts.items()}
    properties["id"] = {"type": "string", "pattern": "^[!-~]*$", "maxLength": LONGEST_ID}
    return {
        "type": "object",
        "description": " ".join((kind.step.__doc__ or "").split()),
        "properties": properties,
        "required": ["do", *needed],
        "additionalProperties": False,
    }


def _part_schema(part: Part) -> Json:
    match part:
        case Number():
            kind = "integer" if part.is_whole else "number"
            return {"type": kind, "minimum": part.low, "maximum": part.high}
        case Word():
            return {"enum": [word.value for word in part.words]}
        case Truth():
            return {"type": "boolean"}
        case Inner():
            return LIST_OF_STEPS
        case _:
            assert_never(part)


def schema_text() -> str:
    """Return the schema as it is published."""
    return json.dumps(program_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    (Path(sys.argv[1]) / "program.schema.json").write_text(schema_text(), encoding="utf-8")
