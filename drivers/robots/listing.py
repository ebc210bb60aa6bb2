"""A program as text, line by line, for those who would rather write than push blocks; and back."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final, cast

from drivers.robots.listing_words import LANGUAGES, Form, Language, Words
from drivers.robots.program import RobotProgram
from drivers.robots.reading import checked_program
from drivers.robots.refusals import Place, Refusal, RobotProgramError
from drivers.robots.shape import KINDS, MOST_BYTES, VERSION, Number, Word
from drivers.robots.writing import Json, written_program

INDENT: Final = "  "
HOLE: Final = re.compile(r"\{(\w+)\}")
NUMBER: Final = r"(-?[0-9]{1,9}(?:[.,][0-9]{1,400})?)"
WORD: Final = r"(\w{1,20}|[<>])"
INNER: Final = {"repeat": "steps", "if": "then", "when": "steps"}


def listed(program: RobotProgram, language: Language) -> str:
    """Return the program as text that `read_listing` reads."""
    steps = cast("list[Json]", written_program(program)["steps"])
    return "".join(f"{line}\n" for line in _lines(steps, LANGUAGES[language], ""))


def read_listing(text: str, language: Language) -> RobotProgram:
    """Return the program that a text is; the id of each step is "l" and the number of its line.

    Raises:
        RobotProgramError: a line says nothing known, or the program is outside of the limits.
    """
    if len(text) > MOST_BYTES:
        raise RobotProgramError(Refusal.TOO_BIG, most=MOST_BYTES)
    return checked_program({"version": VERSION, "steps": _Reader(LANGUAGES[language]).read(text)})


def _lines(steps: list[Json], words: Words, indent: str) -> Iterator[str]:
    for step in steps:
        form = next(form for form in words.forms if _fits(form, step))
        yield indent + _line(form, step, words)
        if (inner := INNER.get(form.do)) is not None:
            yield from _lines(cast("list[Json]", step[inner]), words, indent + INDENT)
            if "else" in step:
                yield indent + words.otherwise
                yield from _lines(cast("list[Json]", step["else"]), words, indent + INDENT)
            yield indent + words.end


def _line(form: Form, step: Json, words: Words) -> str:
    def told(hole: re.Match[str]) -> str:
        return _told(hole[1], step, form, words)

    return HOLE.sub(told, form.words)


def _fits(form: Form, step: Json) -> bool:
    if form.do != step["do"]:
        return False
    if form.down is not None:
        return step["down"] is form.down
    numbers = [step[key] for key in ("mm", "deg") if key in step]
    return not numbers or (cast("float", numbers[0]) < 0) == (form.sign < 0)


def _told(key: str, step: Json, form: Form, words: Words) -> str:
    value = step[key]
    if key in words.names:
        return words.names[key][str(value)]
    exact = Decimal(repr(cast("float", value))) * form.sign
    text = f"{exact:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text.replace(".", words.decimal)


def _plain(text: str) -> str:
    """Small letters without accents, one blank between words, nothing after a #."""
    letters = unicodedata.normalize("NFKD", text.split("#", 1)[0]).casefold()
    return " ".join("".join(sign for sign in letters if not unicodedata.combining(sign)).split())


@dataclass(slots=True)
class _Open:
    """A step that has begun: where its steps go, and the line in which it stands."""

    steps: list[Json]
    step: Json = field(default_factory=dict)
    line: int = 0


class _Reader:
    def __init__(self, words: Words) -> None:
        self._words = words
        self._forms = [(form, _pattern(form)) for form in words.forms]
        self._meanings = {
            key: {_plain(word): name for name, word in names.items()} for key, names in words.names.items()
        }

    def read(self, text: str) -> list[Json]:
        """Take line by line; whatever is open waits on a pile."""
        program: list[Json] = []
        pile = [_Open(program)]
        for number, line in enumerate(text.splitlines(), start=1):
            plain = _plain(line)
            if plain == _plain(self._words.end) and len(pile) > 1:
                pile.pop()
            elif plain == _plain(self._words.otherwise) and _may_divide(pile[-1]):
                pile[-1].steps = []
                pile[-1].step["else"] = pile[-1].steps
            elif plain:
                self._begin(plain, number, pile)
        if len(pile) > 1:
            raise RobotProgramError(Refusal.MISSING_END, Place(pile[-1].line))
        return program

    def _begin(self, plain: str, number: int, pile: list[_Open]) -> None:
        step = self._step(plain)
        if step is None:
            raise RobotProgramError(Refusal.UNREADABLE_LINE, Place(number))
        step["id"] = f"l{number}"
        pile[-1].steps.append(step)
        if (inner := INNER.get(str(step["do"]))) is not None:
            steps: list[Json] = []
            step[inner] = steps
            pile.append(_Open(steps, step, number))

    def _step(self, plain: str) -> Json | None:
        for form, pattern in self._forms:
            if (match := pattern.fullmatch(plain)) is not None:
                said: Json = {"do": form.do} | ({} if form.down is None else {"down": form.down})
                for key, found in zip(HOLE.findall(form.words), match.groups(), strict=True):
                    said[key] = self._value(key, found, form)
                return said
        return None

    def _value(self, key: str, found: str, form: Form) -> object:
        """A word that means nothing stays as it is: the program's reader refuses it."""
        if key in self._meanings:
            return self._meanings[key].get(found, found)
        return float(found.replace(",", ".")) * form.sign


def _may_divide(top: _Open) -> bool:
    return top.step.get("do") == "if" and "else" not in top.step


def _pattern(form: Form) -> re.Pattern[str]:
    """Return what a line of this form looks like once it is plain."""
    pieces = HOLE.split(_plain(form.words))
    parts = KINDS[form.do].parts
    pattern = ""
    for index, piece in enumerate(pieces):
        if index % 2 == 0:
            pattern += re.escape(piece)
        else:
            part = parts[piece][1]
            pattern += NUMBER if isinstance(part, Number) else WORD if isinstance(part, Word) else ""
    return re.compile(pattern)
