"""Prints what each bad file costs: `python -m tests.bench.abuse`."""

import sys
import tempfile
from pathlib import Path

from tests.jobs.abuses import ABUSES
from tests.jobs.attempts import attempt


def main() -> int:
    """Try every abuse once, one after the other; 1 when something was left behind."""
    print(f"{'file':<26}{'exit':>5}{'code':>18}{'seconds':>9}{'peak MB':>9}")  # noqa: T201 - this is what a person reads
    slowest_s = largest_mb = 0.0
    left = 0
    for abuse in ABUSES:
        with tempfile.TemporaryDirectory() as place:
            file = Path(place) / abuse.name
            abuse.put(file)
            ended = attempt(file, abuse.machine, Path(place) / "room")
        code = ended.said.get("refused") or ended.said.get("codes")
        row = f"{abuse.name:<26}{ended.code:>5}{code!s:>18}{ended.duration_s:>9.2f}{ended.peak_mb:>9.0f}"
        print(row, flush=True)  # noqa: T201 - as above
        slowest_s, largest_mb = max(slowest_s, ended.duration_s), max(largest_mb, ended.peak_mb)
        left += len(ended.running) + len(set(ended.left) - {"out.gcode"})
    print(f"{len(ABUSES)} files, at most {slowest_s:.1f} s and {largest_mb:.0f} MB, {left} left behind")  # noqa: T201 - as above
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
