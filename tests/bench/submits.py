"""`python -m tests.bench.submits`: 2,000 submissions cut off and sent again, through the real pages."""

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from tests.onboard.rig import rig_in
from tests.starting.retries import doubled, retry_often

COUNT: Final = 2000


async def measure(count: int, seed: int) -> int:
    """Send and judge; return how many were doubled or lost."""
    with tempfile.TemporaryDirectory() as folder:
        async with rig_in(Path(folder)) as rig:
            await rig.open_halt()
            begun_s = time.monotonic()
            done = await retry_often(rig, count, seed)
            wrong = doubled(rig, done)
            took_s = time.monotonic() - begun_s
    sys.stdout.write(
        f"{len(done.keys)} drafts and {len(done.sent)} sent objects, each cut off and sent again, "
        f"in {took_s:.0f} s: doubled or lost {len(wrong)}, refused {len(done.refused)}, "
        f"bound 3/n: {300 / count:.2g} %\n"
    )
    sys.stdout.writelines(f"{line}\n" for line in (wrong + done.refused)[:10])
    return len(wrong) + len(done.refused)


def main() -> int:
    """Measure; 1 when anything was doubled, lost or refused."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.submits", description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    return int(bool(asyncio.run(measure(asked.count, asked.seed))))


if __name__ == "__main__":
    raise SystemExit(main())
