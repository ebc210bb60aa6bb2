"""What is forgotten: single records after ninety days; their sums are kept."""

from typing import Final

from city.store.engine import Engine

RAW_DAYS: Final = 90
_DAY_S: Final = 86_400.0


def forget(engine: Engine, now_s: float, days: int = RAW_DAYS) -> int:
    """Remove records received more than `days` ago whose sums are kept, and return how many.

    Raises:
        StoreError: the database does not work; nothing is removed.
    """
    with engine.transaction() as session:
        return session.forget_records(now_s - days * _DAY_S)
