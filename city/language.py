"""French is what the sources say; English comes from the catalogue beside them."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from babel.messages.pofile import read_po

LANGUAGES: Final = ("fr", "en")
_LOCALE: Final = Path(__file__).parent / "locale"
Gettext = Callable[[str], str]


def catalogue(language: str) -> Gettext:
    """The texts of one language; an unknown text stays French."""
    path = _LOCALE / language / "LC_MESSAGES" / "city.po"
    if not path.exists():
        return str
    with path.open("rb") as file:
        texts = {str(m.id): str(m.string) for m in read_po(file) if m.id and m.string}
    return lambda text: texts.get(text, text)


def chosen(wish: str | None, accepted: str) -> str:
    """What the person clicked, else the first language of ours in the Accept-Language header, else French."""
    if wish in LANGUAGES:
        return str(wish)
    for tag in accepted[:200].lower().split(","):
        primary = tag.strip().split(";")[0].split("-")[0]
        if primary in LANGUAGES:
            return primary
    return LANGUAGES[0]
