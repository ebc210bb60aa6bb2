"""D02: the connection is cut after the request, the same key or job comes again, and there is one job."""

from pathlib import Path

from tests.onboard.rig import rig_in
from tests.starting.retries import Retries, doubled, retry_often


async def test_a_submission_that_is_sent_again_is_one_job(tmp_path: Path):
    """Through the real pages: drafts by their key, sent objects by their name, each file kept once."""
    async with rig_in(tmp_path) as rig:
        await rig.open_halt()
        done = await retry_often(rig, 40, seed=1)
        assert (len(done.keys), len(done.sent), done.refused) == (20, 20, [])
        assert doubled(rig, done) == []
        assert len({rig.store.get(job).ticket for job in done.sent}) == 20


async def test_the_judge_sees_a_second_job_and_one_that_was_never_sent(tmp_path: Path):
    """The same question about a queue that has them."""
    async with rig_in(tmp_path) as rig:
        first, second = await rig.ready("first-001"), await rig.ready("second-01")
        assert doubled(rig, Retries(keys=[first.key])) == ["2 jobs"]
        assert doubled(rig, Retries(keys=[first.key], sent=[second.id])) == [second.id]
