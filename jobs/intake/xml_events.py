"""XML events without a DOCTYPE: no entities, no bombs, nothing fetched."""

from collections.abc import Callable, Iterable
from typing import Final
from xml.parsers import expat

from jobs.intake.refusals import refused

Start = Callable[[str, dict[str, str]], None]
End = Callable[[str], None]
Text = Callable[[str], None]
DEPTH_LIMIT: Final = 64


def parse_xml(chunks: Iterable[bytes], start: Start, end: End, text: Text | None = None) -> None:
    """Feed a document to handlers; names come without their namespace prefix.

    Raises:
        DesignRefusedError: the document is malformed, too deep or has a DOCTYPE.
    """
    parser = expat.ParserCreate()
    depth = 0

    def on_start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEPTH_LIMIT:
            raise refused("broken")
        start(name.rpartition(":")[2], attributes)

    def on_end(name: str) -> None:
        nonlocal depth
        depth -= 1
        end(name.rpartition(":")[2])

    parser.StartElementHandler = on_start
    parser.EndElementHandler = on_end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = _refuse_doctype
    try:
        for chunk in chunks:
            parser.Parse(chunk)
        parser.Parse(b"", True)  # noqa: FBT003 - expat takes it by position only
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise refused("broken") from error


def _refuse_doctype(*_declaration: object) -> None:
    raise refused("doctype")
