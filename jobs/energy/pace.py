"""Learns from finished jobs how much longer a machine takes than its estimate says."""

import math
from dataclasses import dataclass
from typing import Final

P97: Final = 1.88
"""Standard deviations to the quantile that three jobs in a hundred pass."""

_PRIOR_LOG: Final = math.log(1.02)
_PRIOR_SIGMA: Final = 0.05
_JOB_SIGMA: Final = 0.03
_LONGEST_LOG: Final = math.log(2.0)
_SHORTEST_S: Final = 60.0
_MEMORY: Final = 40
"""Jobs after which older ones begin to fade."""


@dataclass(frozen=True, slots=True)
class PaceFactor:
    """A machine's time over its estimate as a log-normal: never a point, always a range."""

    log_mean: float = _PRIOR_LOG
    sigma: float = _PRIOR_SIGMA
    jobs: int = 0

    def learnt(self, estimated_s: float, took_s: float) -> "PaceFactor":
        """Return what is known after one more finished job; one too short or absurd says nothing."""
        if not (estimated_s >= _SHORTEST_S and took_s > 0 and math.isfinite(took_s)):
            return self
        log = math.log(took_s / estimated_s)
        if abs(log) > _LONGEST_LOG:
            return self
        known = max(self.sigma, _JOB_SIGMA / math.sqrt(_MEMORY)) ** 2
        gain = known / (known + _JOB_SIGMA**2)
        return PaceFactor(
            self.log_mean + gain * (log - self.log_mean), math.sqrt((1 - gain) * known), self.jobs + 1
        )

    @property
    def low(self) -> float:
        """What three jobs in a hundred stay below."""
        return math.exp(self.log_mean - P97 * math.hypot(self.sigma, _JOB_SIGMA))

    @property
    def high(self) -> float:
        """What three jobs in a hundred pass."""
        return math.exp(self.log_mean + P97 * math.hypot(self.sigma, _JOB_SIGMA))

    @property
    def middle(self) -> float:
        """Half of the jobs take less, half more."""
        return math.exp(self.log_mean)
