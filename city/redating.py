"""Moves the sums of a boot when its clock is known better."""

from typing import Final

from city.folding import COUNTS
from city.store.engine import Session
from city.store.totals import Spot, Totals

_COUNTS: Final = ", ".join(f"tally.{name}" for name in COUNTS)
_ENOUGH_S: Final = 1.0
"""Less moves nothing: arrivals differ by as much."""


def date_anew(
    session: Session, boot: int, dated_s: float | None, offset_s: float | None, totals: Totals
) -> float | None:
    """Date the rows of a boot anew when its offset has moved by a second or more, and return the one in use.

    The boot's row must be held. Its visits are held as well before they are read: a later boot may close one.
    """
    if offset_s is None or (dated_s is not None and abs(offset_s - dated_s) < _ENOUGH_S):
        return dated_s
    visits = session.rows(
        "SELECT mono_s, at_s, host_city, place, minutes FROM visit WHERE boot = ?"
        f" ORDER BY key{session.lock}",
        (boot,),
    )
    for mono_s, at_s, host_city, place, minutes in visits:
        totals.move_halt((at_s, mono_s + offset_s), Spot(host_city, place), minutes)
    hours = session.rows(
        "SELECT tally.mono_s, tally.at_s, coalesce(visit.host_city, ''), coalesce(visit.place, ''),"
        f" tally.kind, {_COUNTS} FROM tally LEFT JOIN visit ON visit.key = tally.visit WHERE tally.boot = ?",
        (boot,),
    )
    for mono_s, at_s, host_city, place, kind, *counts in hours:
        totals.move_counts((at_s, mono_s + offset_s), Spot(host_city, place), kind, counts)
    session.run("UPDATE visit SET at_s = mono_s + ? WHERE boot = ?", (offset_s, boot))
    session.run("UPDATE tally SET at_s = mono_s + ? WHERE boot = ?", (offset_s, boot))
    return offset_s
