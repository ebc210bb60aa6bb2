"""C03: killed at any transition the queue comes back with every job in exactly one state."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from tests.bench.crash_points import boot, crash

DEATHS = 8


def test_a_daemon_killed_anywhere_comes_back_sound():
    """At statements, files and turns of the loop, at the point or just after it: a seeded few."""
    command = [sys.executable, "-m", "tests.bench.crash_points", "--count", str(DEATHS), "--seed", "3"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "wrong 0" in done.stdout


def test_the_judge_sees_a_state_without_a_step_and_a_job_that_is_gone(tmp_path: Path):
    """The same judge on a queue that somebody has altered."""
    died, told, _ = crash(tmp_path, 900, 0.0, counts_turns=False)
    assert died
    with closing(sqlite3.connect(tmp_path / "state" / "jobs.db")) as db:
        db.execute("UPDATE jobs SET state = 'approved' WHERE state = 'done'")
        db.commit()
    assert any("journal ends" in sentence for sentence in boot(tmp_path, told))
    with closing(sqlite3.connect(tmp_path / "state" / "jobs.db")) as db:
        db.execute("DELETE FROM journal")
        db.execute("DELETE FROM jobs")
        db.commit()
    assert any("not written down" in sentence for sentence in boot(tmp_path, told))
