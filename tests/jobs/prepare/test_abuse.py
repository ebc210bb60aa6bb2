"""`dipbike prepare` on a folder of bad files: refused or flagged, nothing run, nothing left."""

from pathlib import Path

import pytest

from jobs.prepare.wire import Limits
from tests.jobs.abuses import ABUSES, MARK, Abuse
from tests.jobs.attempts import attempt

LONGEST_S = 60.0


@pytest.mark.slicer
@pytest.mark.parametrize("abuse", ABUSES, ids=[abuse.name for abuse in ABUSES])
def test_abuses_do_no_harm(abuse: Abuse, tmp_path: Path) -> None:
    """Each file ends with its code and a sentence, within time and memory; what is refused leaves nothing."""
    folder, room = tmp_path / "brought", tmp_path / "room"
    folder.mkdir()
    abuse.put(folder / abuse.name)
    ended = attempt(folder / abuse.name, abuse.machine, room)
    assert "Traceback" not in ended.errors
    if abuse.refused:
        assert ended.code == 2, ended
        assert str(ended.said["refused"]).startswith(abuse.refused), ended.said
        assert str(ended.said["message"]).endswith(".")
        assert ended.left == ()
    else:
        assert ended.code == 0, ended
        assert (abuse.flagged in ended.said["codes"]) if abuse.flagged else ended.said["codes"] == []
        assert ended.left == ("out.gcode",)
    assert [path.name for path in folder.iterdir()] == [abuse.name]
    assert not (folder / MARK).exists()
    assert ended.running == ()
    assert ended.duration_s < LONGEST_S
    assert ended.peak_mb * 1024 * 1024 < Limits().memory_bytes
