"""Programs for the robots' tests, and a robot that has everything."""

from hypothesis import strategies as st

from drivers.robots.reading import checked_program
from drivers.robots.shape import KINDS, Inner, Number, Part, Truth, Word
from drivers.robots.types import Abilities, Button, Gauge, Sensor

Json = dict[str, object]

ABLE = Abilities(
    Gauge(track_mm=95.0, top_mm_s=200.0),
    has_pen=True,
    has_light=True,
    has_sound=True,
    sensors=frozenset(Sensor),
    buttons=frozenset(Button),
)

SQUARE: list[Json] = [
    {"do": "pen", "down": True, "id": "pen"},
    {
        "do": "repeat",
        "times": 4,
        "id": "round",
        "steps": [{"do": "move", "mm": 200, "id": "side"}, {"do": "turn", "deg": 90, "id": "corner"}],
    },
]


def program(*steps: Json):
    """The program that does these steps."""
    return checked_program({"version": 1, "steps": list(steps)})


def _value(part: Part, inner: st.SearchStrategy[list[Json]]) -> st.SearchStrategy[object]:
    match part:
        case Number():
            if part.is_whole:
                return st.integers(int(part.low), int(part.high))
            return st.floats(part.low, part.high)
        case Word():
            return st.sampled_from([word.value for word in part.words])
        case Truth():
            return st.booleans()
        case Inner():
            return inner


def _steps(inner: st.SearchStrategy[list[Json]], names: list[str]) -> st.SearchStrategy[list[Json]]:
    kinds = [
        st.fixed_dictionaries(
            {
                "do": st.just(name),
                **{key: _value(part, inner) for key, (_, part) in KINDS[name].parts.items()},
            }
        )
        for name in names
    ]
    return st.lists(st.one_of(kinds), max_size=6)


SIMPLE = [
    name for name, kind in KINDS.items() if not any(isinstance(p, Inner) for _, p in kind.parts.values())
]
nested = st.recursive(
    _steps(st.just([]), SIMPLE), lambda inner: _steps(inner, [*SIMPLE, "repeat", "if"]), max_leaves=6
)
whole_programs = _steps(nested, list(KINDS)).map(lambda steps: {"version": 1, "steps": steps})
"""Any program within the limits of the reader."""
