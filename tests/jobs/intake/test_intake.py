"""What may enter, and what is refused before it does harm."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobs.errors import DesignRefusedError
from jobs.intake.mesh import open_edges
from jobs.intake.reading import read_mesh
from jobs.intake.stl import write_stl
from tests.jobs import meshes

SOUND = {
    "binary STL": meshes.cube(),
    "ASCII STL": meshes.ascii_cube(),
    "OBJ": meshes.obj_cube(),
    "3MF": meshes.three_mf(),
}


@pytest.mark.parametrize("data", SOUND.values(), ids=SOUND.keys())
def test_every_format_gives_the_same_cube(data: bytes) -> None:
    """A 20 mm cube is closed and encloses 8,000 mm³ in each format."""
    mesh = read_mesh(data)
    assert mesh.size_mm == (20.0, 20.0, 20.0)
    assert mesh.volume_mm3 == pytest.approx(8000)
    assert open_edges(mesh) == 0


@pytest.mark.parametrize("data", SOUND.values(), ids=SOUND.keys())
def test_nothing_but_the_shape_travels_on(data: bytes) -> None:
    """Names and comments of an upload are not in the STL we write."""
    ours = write_stl(read_mesh(data))
    assert len(ours) == 84 + 50 * 12
    assert ours[:80] == bytes(80)
    assert b"Zoe" not in ours


_CUBE = meshes.cube()
_CORNERS, _FACES = meshes.box_parts(20, 20, 20)
_NAN = np.full((1, 3, 3), np.nan)
_LAUGHS = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
_LOOP = (
    '<model unit="millimeter"><resources><object id="1"><components><component objectid="1"/>'
    '<component objectid="1"/></components></object></resources><build><item objectid="1"/></build></model>'
)
BAD = {
    "empty": (b"", "empty"),
    "garbage": (bytes(range(256)) * 40, "not-a-shape"),
    "text": (b"Bonjour, je ne suis pas une forme.\n" * 20, "not-a-shape"),
    "program named .stl": (b"MZ" + _CUBE[2:], "not-a-shape"),
    "ELF with a cube inside": (b"\x7fELF" + _CUBE[4:], "not-a-shape"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(500), "not-a-shape"),
    "web page": (b"<html><script>alert(1)</script></html>", "not-a-shape"),
    "truncated STL": (_CUBE[:-70], "broken"),
    "count too high": (meshes.stl(_CORNERS[np.array(_FACES)], count=13), "broken"),
    "count of millions": (meshes.stl(_CORNERS[np.array(_FACES)], count=4_000_000_000), "not-a-shape"),
    "count too low": (meshes.stl(_CORNERS[np.array(_FACES)], count=11), "broken"),
    "no triangle": (meshes.stl(_CORNERS[np.array(_FACES)][:0]), "no-triangles"),
    "NaN": (meshes.stl(_NAN), "numbers"),
    "infinite": (meshes.stl(np.full((1, 3, 3), np.inf)), "numbers"),
    "far away": (meshes.stl(_CORNERS[np.array(_FACES)] * 1e9), "numbers"),
    "flat": (meshes.box(20, 20, 0), "flat"),
    "truncated ASCII": (meshes.ascii_cube()[:-120], "broken"),
    "ASCII with NaN": (meshes.ascii_cube().replace(b"2.000000e+01", b"nan"), "numbers"),
    "ASCII with words": (meshes.ascii_cube().replace(b"2.000000e+01", b"vingt"), "numbers"),
    "OBJ face to nowhere": (meshes.obj_cube() + b"\nf 1 2 99", "broken"),
    "OBJ with a huge index": (meshes.obj_cube() + b"\nf 1 2 99999999999999999999", "numbers"),
    "OBJ with words": (meshes.obj_cube() + b"\nv a b c", "broken"),
    "truncated 3MF": (meshes.three_mf()[:-30], "broken"),
    "ZIP without a model": (meshes.package({"a.txt": "a"}), "not-a-shape"),
    "3MF cut in its XML": (meshes.three_mf(meshes.model()[:-40]), "broken"),
    "3MF with a DOCTYPE": (meshes.three_mf(meshes.model(prolog=_LAUGHS)), "doctype"),
    "3MF in furlongs": (meshes.three_mf(meshes.model(unit="furlong")), "broken"),
    "3MF placing nothing": (meshes.three_mf(meshes.model(build='<item objectid="7"/>')), "broken"),
    "3MF made of itself": (meshes.three_mf(_LOOP), "too-detailed"),
    "3MF with a NaN transform": (
        meshes.three_mf(meshes.model(build=f'<item objectid="1" transform="{"nan " * 12}"/>')),
        "numbers",
    ),
    "3MF with 501 entries": (
        meshes.package({"3D/3dmodel.model": meshes.model()} | {f"{n}": "" for n in range(500)}),
        "too-heavy",
    ),
    "3MF repeated to a million triangles": (
        meshes.three_mf(meshes.model(build='<item objectid="1"/>' * 51_000)),
        "too-detailed",
    ),
    "ZIP bomb": (meshes.bomb_3mf(), "too-heavy"),
    "ZIP bomb that lies": (meshes.lying_bomb_3mf(), "broken"),
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("data", "code"), BAD.values(), ids=BAD.keys())
def test_bad_files_are_refused_with_a_sentence(data: bytes, code: str) -> None:
    """Each bad file is refused for its own reason, in both languages."""
    with pytest.raises(DesignRefusedError) as refusal:
        read_mesh(data)
    assert refusal.value.code == code
    assert refusal.value.sentence.fr != refusal.value.sentence.en


@settings(max_examples=300)
@given(
    st.sampled_from(list(SOUND.values())),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=12),
    st.floats(0.5, 1),
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_mutated_files_are_read_or_refused(data: bytes, edits: list[tuple[float, int]], keep: float) -> None:
    """Whatever bytes change, the reader ends with a finite mesh or a refusal."""
    mutated = bytearray(data)
    for share, byte in edits:
        mutated[int(share * len(mutated))] = byte
    try:
        mesh = read_mesh(bytes(mutated[: int(keep * len(mutated)) + 1]))
    except DesignRefusedError:
        return
    assert np.isfinite(mesh.triangles).all()


def test_units_and_transforms_of_a_3mf_are_applied() -> None:
    """A cube of 2 cm, doubled along X by its item, measures 40 by 20 by 20 mm."""
    item = '<item objectid="1" transform="2 0 0 0 1 0 0 0 1 5 5 5"/>'
    mesh = read_mesh(meshes.three_mf(meshes.model(2, unit="centimeter", build=item)))
    assert mesh.size_mm == (40.0, 20.0, 20.0)


def test_a_mirrored_item_keeps_its_outside_outside() -> None:
    """A mirroring transform does not turn the mesh inside out."""
    item = '<item objectid="1" transform="-1 0 0 0 1 0 0 0 1 0 0 0"/>'
    assert read_mesh(meshes.three_mf(meshes.model(build=item))).volume_mm3 == pytest.approx(8000)


def test_open_edges_are_counted() -> None:
    """A box without its lid has four."""
    assert open_edges(read_mesh(meshes.open_box())) == 4
