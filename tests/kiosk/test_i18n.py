"""Both languages: complete, with the same blanks, and chosen by the person."""

import re
from pathlib import Path

import httpx
import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from kiosk.i18n import LOCALE

PACKAGE = Path(__file__).parents[2] / "kiosk"
BLANK = re.compile(r"%\(\w+\)s")
MessageId = str | tuple[str, ...]


def asked() -> set[MessageId]:
    """Every text that a template shows."""
    keywords = {"_": None, "gettext": None, "ngettext": (1, 2)}
    found = extract_from_dir(PACKAGE, [("templates/**.html", "jinja2")], keywords=keywords)
    return {message for _, _, message, _, _ in found}


def translated() -> dict[MessageId, tuple[str, ...]]:
    """Every English text by its French one."""
    texts: dict[MessageId, tuple[str, ...]] = {}
    for path in LOCALE.rglob("en/**/*.po"):
        with path.open("rb") as file:
            for message in read_po(file, locale="en"):
                if message.id:
                    words = message.string if isinstance(message.string, tuple) else (message.string,)
                    texts[message.id] = () if message.fuzzy else tuple(words)
    return texts


def test_every_text_is_translated_and_none_is_left_over() -> None:
    """English is complete, and the catalogues hold nothing that no page says."""
    texts = translated()
    assert asked() - texts.keys() == set()
    assert texts.keys() - asked() == set()
    assert [message for message, words in texts.items() if not words or not all(words)] == []


def test_translations_keep_the_blanks() -> None:
    """A number that is shown in French is shown in English."""
    for message, words in translated().items():
        wanted = set(BLANK.findall(" ".join(message) if isinstance(message, tuple) else message))
        assert set(BLANK.findall(" ".join(words))) == wanted, message


def test_scripts_hold_no_words_for_people() -> None:
    """What a script shows comes from its page, so that it is translated."""
    for path in (PACKAGE / "static" / "script").rglob("*.js"):
        code = re.sub(r"//.*", "", path.read_text(encoding="utf-8"))
        assert not re.search(r"""textContent\s*=\s*["'`][A-Za-zÀ-ÿ]""", code), path.name


@pytest.mark.parametrize(
    ("accepted", "cookie", "language"),
    [
        ("", None, "fr"),
        ("en", None, "en"),
        ("de, en;q=0.4", None, "en"),
        ("en;q=0.2, fr-CA;q=0.9", None, "fr"),
        ("fr", "en", "en"),
        ("en", "xx", "en"),
        ("en;q=abc", None, "en"),
        ("*", None, "fr"),
        (";;;,,,q=" * 500, None, "fr"),
    ],
)
async def test_the_person_decides_on_the_language(
    client: httpx.AsyncClient, accepted: str, cookie: str | None, language: str
) -> None:
    """The choice made on the page counts, then the browser's wishes, then French."""
    headers = {"Accept-Language": accepted} | ({"Cookie": f"langue={cookie}"} if cookie else {})
    page = await client.get("/", headers=headers)
    assert page.headers["content-language"] == language
    assert f'<html lang="{language}">' in page.text
    assert ("What do you want to make?" in page.text) == (language == "en")
