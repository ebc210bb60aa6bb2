"""How many watt-hours new jobs may use until a halt ends."""

from typing import Final

REST_MARGIN: Final = 1.10
"""Padding on what running jobs still need."""


def halt_budget_wh(
    soc_pct: float,
    capacity_wh: float,
    reserve_wh: float,
    base_load_w: float,
    left_s: float,
    running_rest_wh: float,
) -> float:
    """Return the watt-hours left for new jobs, never negative.

    Args:
        soc_pct: State of charge of the battery, 0 to 100.
        capacity_wh: Energy of the full battery.
        reserve_wh: Kept for the ride home.
        base_load_w: What computer, router and tablets draw all the time.
        left_s: Seconds until the halt ends; past its end no base load is counted.
        running_rest_wh: What the running jobs still need, without margin.
    """
    stored_wh = capacity_wh * min(max(soc_pct, 0.0), 100.0) / 100.0
    base_wh = base_load_w * max(left_s, 0.0) / 3600.0
    return max(0.0, stored_wh - reserve_wh - base_wh - REST_MARGIN * max(running_rest_wh, 0.0))
