"""Draws pages and their live regions from templates, in the reader's language."""

import gzip
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from jobs.errors import Sentence
from jobs.french import in_french
from kiosk.assets import Assets
from kiosk.i18n import COOKIE, LANGUAGES, catalogue, language_of, said
from kiosk.mediator.alerts import alerts_of

Context = Mapping[str, object]
"""What a template needs to know."""

HERE: Final = Path(__file__).parent
PHONE: Final = "/telephone/"
SQUEEZE: Final = 5
"""A page of 10 kB becomes one of 3.5 kB in a fifth of a millisecond; what never changes is pressed before."""
PICTURES: Final = HERE / "static" / "pictures"


class Pages:
    """One template environment a language; every value is escaped."""

    def __init__(self, assets: Assets) -> None:
        pictures = {path.stem: Markup(path.read_text(encoding="utf-8")) for path in PICTURES.glob("*.svg")}  # noqa: S704 - files of ours
        self._environments = {language: _environment(language, assets, pictures) for language in LANGUAGES}

    def warm(self) -> None:
        """Compile every template now, so that no child's first page holds up the others."""
        for environment in self._environments.values():
            for name in environment.list_templates():
                environment.get_template(name)

    def page(
        self, request: Request, template: str, status: int = 200, context: Context | None = None
    ) -> HTMLResponse:
        """A whole page; a language chosen in the address is remembered."""
        language = language_of(request)
        kiosk = request.app.state.kiosk
        shared = {"moment": kiosk.feed.latest, "ways": kiosk.ways, "idle_s": kiosk.config.kiosk.idle_s}
        html = self.draw(language, template, {**shared, **(context or {})}).encode()
        headers = {"Content-Language": language, "Vary": "Cookie, Accept-Encoding"}
        if "gzip" in request.headers.get("accept-encoding", ""):
            html = gzip.compress(html, SQUEEZE, mtime=0)
            headers["Content-Encoding"] = "gzip"
        response = HTMLResponse(html, status, headers=headers)
        if request.query_params.get(COOKIE) == language:
            response.set_cookie(COOKIE, language, httponly=True, samesite="strict")
        return response

    def trouble(self, request: Request, status: int, sentence: Sentence) -> HTMLResponse:
        """A page that says what went wrong and what to do next."""
        asked = request.url.path if request.method == "POST" else ""
        ways = {way.address for way in request.app.state.kiosk.ways}
        form = asked if asked in ways or asked.startswith(PHONE) else None  # there it can be put right
        return self.page(request, "trouble.html", status, {"sentence": sentence, "form": form})

    def draw(self, language: str, template: str, context: Context) -> str:
        """A template as text, for a page or a live region."""
        return self._environments[language].get_template(template).render(context)


def _environment(language: str, assets: Assets, pictures: Mapping[str, Markup]) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    texts = catalogue(language)
    install = environment.install_gettext_callables  # type: ignore[attr-defined]  # the extension adds it
    install(texts.gettext, texts.ngettext, newstyle=True)
    environment.filters["said"] = lambda sentence: said(sentence, language)
    environment.filters["french"] = lambda text: in_french(text) if language == "fr" else None
    environment.filters["alerts"] = alerts_of
    environment.globals.update(asset=assets.url, picture=pictures.__getitem__, language=language)
    return environment
