"""Shapes on their whole way through the child process: from what was drawn to a checked program."""

from pathlib import Path

import pytest

from jobs.errors import DesignRefusedError
from jobs.machines import PROFILES
from jobs.prepare.parent import prepare
from jobs.prepare.request import PrepareRequest
from jobs.types import Design, DesignKind, Parameter, Prepared
from tests.jobs.designs import sketches


async def prepared(
    folder: Path, kind: DesignKind, machine: str, file: bytes = b"", **parameters: Parameter
) -> Prepared:
    """Prepare a shape in an empty folder."""
    out = folder / "job"
    out.mkdir()
    source = folder / "upload"
    source.write_bytes(file)
    design = Design(kind, PROFILES[machine].kind, None, parameters)
    request = PrepareRequest(design, machine, source if file else None, out)
    return await prepare(request, lambda _stage, _share: None)


@pytest.mark.slicer
async def test_a_drawn_key_ring_is_printed(tmp_path: Path) -> None:
    """The drawing is read, shaped, sliced and estimated; its size is what was asked for."""
    made = await prepared(tmp_path, DesignKind.KEY_RING, "i3", sketches.FACE, style="raised", size_mm=40.0)
    assert made.estimate.bounds_mm is not None
    assert made.estimate.bounds_mm[5] == pytest.approx(3.4, abs=0.3)
    assert made.estimate.mass_g > 1


async def test_a_mind_map_is_milled(tmp_path: Path) -> None:
    """The map becomes a checked program for the bit that was chosen."""
    made = await prepared(tmp_path, DesignKind.MIND_MAP, "mill", sketches.FREEMIND, tool="flat-1")
    assert (tmp_path / "job" / made.program).stat().st_size > 10_000
    assert made.estimate.duration_s > 60


async def test_a_refusal_in_the_child_is_told(tmp_path: Path) -> None:
    """A hostile map is refused by the child with its code, and the folder stays empty."""
    hostile = b"<!DOCTYPE map [<!ENTITY a 'a'>]><map><node TEXT='&a;'/></map>"
    with pytest.raises(DesignRefusedError) as caught:
        await prepared(tmp_path, DesignKind.MIND_MAP, "mill", hostile)
    assert caught.value.code == "doctype"
    assert list((tmp_path / "job").iterdir()) == []
