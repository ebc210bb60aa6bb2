"""An estimate as the machine's own past makes it: minutes by its pace, watt-hours by its learnt prices."""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

import numpy as np

from jobs.arrays import FloatArray
from jobs.energy.loads import COUNT
from jobs.energy.pace import P97, PaceFactor
from jobs.energy.refine import Prediction
from jobs.types import Estimate

ASSUMED_SHARE: Final = 0.15
"""The width that an estimate has before anything is learnt: what is learnt less surely is left aside."""


def refined(cost: Estimate, pace: PaceFactor, predict: Callable[[FloatArray], Prediction]) -> Estimate:
    """Return the estimate with what is known better; doing it twice is the same as once.

    Low and high are the quantiles that three jobs in a hundred fall outside of.
    """
    return _priced(_paced(cost, pace), pace, predict)


def _paced(cost: Estimate, pace: PaceFactor) -> Estimate:
    model_s = cost.model_s or cost.duration_s
    if not pace.jobs:
        return replace(cost, model_s=model_s)
    return replace(
        cost,
        model_s=model_s,
        duration_s=model_s * pace.middle,
        duration_low_s=model_s * pace.low,
        duration_high_s=model_s * pace.high,
    )


def _priced(cost: Estimate, pace: PaceFactor, predict: Callable[[FloatArray], Prediction]) -> Estimate:
    if not len(cost.loads) == len(cost.heat_loads) == COUNT:
        return cost
    heat, total = np.array(cost.heat_loads), np.array(cost.loads)
    slower = pace.middle if pace.jobs else 1.0
    found = predict(heat + (total - heat) * slower)
    width_wh = P97 * found.sigma_wh
    if not (found.wh > 0 and width_wh <= ASSUMED_SHARE * found.wh):
        return cost
    return replace(
        cost,
        energy_wh=found.wh,
        energy_low_wh=max(0.0, found.wh - width_wh),
        energy_high_wh=found.wh + width_wh,
        heat_wh=min(predict(heat).wh, found.wh),
    )
