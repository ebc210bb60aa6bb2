"""Draws templates in one language each, with the words and numbers of that language."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from city.language import LANGUAGES, Gettext, catalogue, chosen
from city.map import DRAWING
from city.places import written_out
from city.views import Presence

_TEMPLATES: Final = Path(__file__).parents[1] / "templates"
FEW: Final = 5
"""Counts below are shown as "<5" where others than the city's staff read them."""


def shown(count: int) -> str:
    """A count for everybody: small ones are not told."""
    return f"<{FEW}" if 0 < count < FEW else str(count)


@dataclass(frozen=True, slots=True)
class Reading:
    """One person's request: their language, whether they chose it, and who they are."""

    language: str
    path: str
    person: str = ""
    is_chosen: bool = False
    can_leave: bool = False
    can_enter: bool = False
    is_public: bool = False
    asked: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, request: Request) -> "Reading":
        """What a request says."""
        wish = request.query_params.get("langue")
        state = request.state
        return cls(
            language=chosen(wish, request.headers.get("accept-language", "")),
            path=request.url.path,
            person=getattr(state, "person", ""),
            is_chosen=wish in LANGUAGES,
            can_leave=getattr(state, "can_leave", False),
            can_enter=getattr(state, "can_enter", False),
            is_public=getattr(state, "is_public", False),
            asked={name: value[:64] for name, value in request.query_params.items() if name != "langue"},
        )

    def link(self, path: str, **parameters: object) -> str:
        """An address of ours that keeps the chosen language; empty parameters are left out."""
        given = {name: str(value) for name, value in parameters.items() if value not in {"", None}}
        if self.is_chosen:
            given["langue"] = self.language
        return f"{path}?{urlencode(given)}" if given else path

    def in_language(self, language: str) -> str:
        """This very page in another language."""
        return f"{self.path}?{urlencode({**self.asked, 'langue': language})}"


class Paper:
    """All templates, in every language."""

    def __init__(self) -> None:
        self._languages = {language: _environment(language) for language in LANGUAGES}

    def draw(self, reading: Reading, template: str, **values: object) -> str:
        """A template as text."""
        return (
            self._languages[reading.language]
            .get_template(template)
            .render(language=reading.language, reading=reading, link=reading.link, **values)
        )

    def page(self, request: Request, template: str, status: int = 200, **values: object) -> HTMLResponse:
        """A template as the answer to a request."""
        return HTMLResponse(self.draw(Reading.of(request), template, **values), status)


def number(language: str) -> Callable[[float | None, int], str]:
    """How numbers are written: 1 234,5 or 1,234.5; a dash where there is none."""

    def written(value: float | None, digits: int = 0) -> str:
        if value is None:
            return "–"
        text = f"{value:,.{digits}f}"
        return text if language == "en" else text.replace(",", "\u202f").replace(".", ",")

    return written


def _month(gettext: Gettext) -> Callable[[str], str]:
    """The label 2026-11 as "novembre 2026"."""
    names = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre"]
    names += ["octobre", "novembre", "décembre"]

    def written(label: str) -> str:
        year, _, number_of = label.partition("-")
        return f"{gettext(names[int(number_of) - 1])} {year}"

    return written


def _environment(language: str) -> Environment:
    """Jinja2 that escapes everything and knows every name."""
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    gettext = catalogue(language)
    environment.globals.update(
        _=gettext,
        drawing=DRAWING,
        written_out=written_out,
        Presence=Presence,
        number=number(language),
        month=_month(gettext),
        shown=shown,
    )
    return environment
