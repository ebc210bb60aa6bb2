"""What the city has received: every record once, whatever was sent twice, in SQLite or PostgreSQL."""

from city.store.delivery import Delivery
from city.store.engine import Engine, StoreError
from city.store.keeper import Store, open_store
from city.store.opening import open_engine
from city.store.types import Live, Receipt, Refusal

__all__ = [
    "Delivery",
    "Engine",
    "Live",
    "Receipt",
    "Refusal",
    "Store",
    "StoreError",
    "open_engine",
    "open_store",
]
