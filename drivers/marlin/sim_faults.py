"""Faults that a simulated Marlin board has on demand, all from one seed."""

import random
from dataclasses import dataclass, field


@dataclass(slots=True)
class Faults:
    """Chances are per line, 0 to 1; `reset`, `kill` and `silent` may be set at any time, from any thread."""

    seed: int = 0
    damage_in: float = 0.0
    damage_out: float = 0.0
    drop_ok: float = 0.0
    double_ok: float = 0.0
    silent: bool = False
    reset: bool = False
    kill: str = ""
    _random: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)  # noqa: S311 - a seeded dice for faults, no secret

    def happens(self, chance: float) -> bool:
        """Throw the dice."""
        return chance > 0 and self._random.random() < chance

    def damage(self, data: bytes, chance: float) -> bytes:
        """Flip one bit in a line now and then."""
        if chance <= 0:
            return data
        hurt = bytearray(data)
        for _ in range(data.count(b"\n")):
            if self.happens(chance):
                hurt[self._random.randrange(len(hurt))] ^= 1 << self._random.randrange(7)
        return bytes(hurt)

    def acknowledgements(self) -> int:
        """How many times an `ok` is said."""
        if self.happens(self.drop_ok):
            return 0
        return 2 if self.happens(self.double_ok) else 1
