"""The language of a page: French is what the sources say, English comes from the catalogues."""

import gettext
from pathlib import Path
from typing import Final

from fastapi import Request

from jobs.errors import Sentence

LANGUAGES: Final = ("fr", "en")
COOKIE: Final = "langue"
LOCALE: Final = Path(__file__).parent / "locale"


def catalogue(language: str, root: Path = LOCALE) -> gettext.NullTranslations:
    """All texts of one language; French needs none."""
    found: gettext.NullTranslations | None = None
    for path in sorted((root / language / "LC_MESSAGES").glob("*.mo")):
        with path.open("rb") as file:
            texts = gettext.GNUTranslations(file)
        if found is None:
            found = texts
        else:
            found.add_fallback(texts)
    return found or gettext.NullTranslations()


def language_of(request: Request) -> str:
    """What the person chose on this page or before, else what the browser asks for, else French."""
    for chosen in (request.query_params.get(COOKIE), request.cookies.get(COOKIE)):
        if chosen in LANGUAGES:
            return chosen
    return _accepted(request.headers.get("accept-language", ""))


def _accepted(header: str) -> str:
    """The first language of ours in an Accept-Language header, by its weight."""
    wishes: list[tuple[float, str]] = []
    for wish in header[:200].split(","):
        tag, _, weight = wish.strip().partition(";q=")
        primary = tag.split("-")[0].lower()
        if primary in LANGUAGES:
            wishes.append((-_weight(weight), primary))
    return min(wishes, default=(0.0, LANGUAGES[0]), key=lambda wish: wish[0])[1]


def _weight(text: str) -> float:
    try:
        return float(text or "1")
    except ValueError:
        return 0.0


def said(sentence: Sentence, language: str) -> str:
    """A sentence in the reader's language."""
    return sentence.en if language == "en" else sentence.fr
