"""What is done on a participant's screens before they are looked at."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from playwright.sync_api import Page

from tests.kiosk.test_browser import LOST

IDEAS: Final = (("La mer", "Enter"), ("Poissons", "Enter"), ("Bateaux", "Enter"), ("Sel", "Shift+Enter"))


def nothing(_page: Page) -> None:
    """A screen that is looked at as it comes."""


@dataclass(frozen=True, slots=True)
class Screen:
    """Where a screen is, and what is done there before it is looked at; `at_once` while the printer runs."""

    name: str
    address: str
    do: Callable[[Page], None] = nothing
    size: str = "tablet"
    code: int = 200
    at_once: bool = False


def in_middle_of_printing(page: Page) -> None:
    """The ring of progress has something to show."""
    page.locator(".ring text").filter(has_text=re.compile(r"[1-9]\d %")).wait_for()


def word(page: Page) -> None:
    """Write a name."""
    page.locator("#text").fill("Zoé")


def asked(page: Page) -> None:
    """Nobody has touched the tablet for long."""
    page.locator("#text").fill("Zoé")
    page.locator("bike-idle").evaluate("(idle) => idle.ask()")
    page.get_by_role("alertdialog").wait_for()


def invited(page: Page) -> None:
    """Nobody has been at this tablet for long."""
    page.locator("bike-idle").evaluate("(idle) => idle.rest()")
    page.locator("dialog.attract").wait_for()


def stamp(page: Page) -> None:
    """Put a stamp into the middle of the sheet."""
    page.locator("bike-draw[ready]").wait_for()
    page.locator("button[value=stamp-cat]").click()
    page.locator("[data-sheet]").click()


def think(page: Page) -> None:
    """Write four ideas, unless the other language has left them."""
    page.get_by_role("treeitem").first.wait_for()
    for idea, key in IDEAS:
        page.locator("#idea").fill(idea)
        page.keyboard.press(key)


def rehearsed(page: Page) -> None:
    """The robot draws on the page's floor."""
    page.locator("bike-robot[ready]").wait_for()
    page.locator("[data-act=try]").click()
    page.locator("[data-trace][d^='M']").wait_for(state="attached")


def as_text(page: Page) -> None:
    """The same program, line by line."""
    page.locator("bike-robot[ready]").wait_for()
    page.locator("[data-act=write]").click()
    page.locator("bike-robot[written]").wait_for()


def with_robot(page: Page) -> None:
    """The program that is kept with a ticket."""
    page.locator("bike-robot[ready]").wait_for()


def playing(page: Page) -> None:
    """The robot plays; begun by whoever looks first."""
    with_robot(page)
    if page.locator("#go").count():
        page.locator("#go:enabled").click()
    page.locator(".blocklyHighlighted").first.wait_for()


def in_3d(page: Page) -> None:
    """The object turns in front of the child."""
    page.locator("bike-preview canvas").wait_for()


def layers(page: Page) -> None:
    """The way of the tool."""
    page.locator("[data-show=layers]").click()
    page.locator("bike-layers canvas").wait_for()


def lost(page: Page) -> None:
    """The Wi-Fi is away, and something waits to be sent."""
    page.locator("bike-live").evaluate("(live) => live.close()")
    page.evaluate(LOST)
