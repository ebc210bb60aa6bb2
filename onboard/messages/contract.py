"""Write the contract: `python -m onboard.messages.contract docs/telemetry` renews the JSON Schemas."""

import json
import sys
from pathlib import Path
from typing import Final

from onboard.messages.batch import Ack, Batch
from onboard.messages.live import About, State, Status
from onboard.messages.topics import Leaf
from onboard.messages.values import Closed

MODELS: Final[dict[Leaf, type[Closed]]] = {
    Leaf.STATUS: Status,
    Leaf.ABOUT: About,
    Leaf.STATE: State,
    Leaf.EVT: Batch,
    Leaf.ACK: Ack,
}
"""The one model of each topic."""


def schema(leaf: Leaf) -> str:
    """The JSON Schema of a topic's messages, as text."""
    content = {"$schema": "https://json-schema.org/draft/2020-12/schema", **MODELS[leaf].model_json_schema()}
    return json.dumps(content, indent=2, ensure_ascii=False, sort_keys=True) + "\n"


def write(folder: Path) -> None:
    """Write every schema into a folder."""
    for leaf in MODELS:
        (folder / f"{leaf}.schema.json").write_text(schema(leaf), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
