"""The line and the halt under a finger: drag, hold, and the same by keys."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect, sync_playwright

from tests.kiosk.test_browser import FLAGS
from tests.kiosk.test_mediator import crewed, sent
from tests.kiosk.test_mediator_browser import log_in
from tests.kiosk.test_mediator_halts import HALT
from tests.kiosk.virtual_bike import Bike

pytestmark = pytest.mark.browser
__all__ = ["crewed"]  # the fixture of a bike whose machines may be stopped


@pytest.fixture(scope="module")
def phone(crewed: Bike) -> Iterator[Page]:
    """A mediator's phone at an open halt."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=list(FLAGS))
        context = browser.new_context(
            base_url=crewed.address, locale="fr-FR", viewport={"width": 390, "height": 844}
        )
        page = context.new_page()
        log_in(page)
        page.goto("/mediateur/halte")
        for name, value in HALT.items():
            page.locator(f"#OpenForm-{name}").fill(value)
        page.get_by_role("button", name="Ouvrir la halte").click()
        page.wait_for_url("**/mediateur/maintenant")
        yield page
        browser.close()


def order(page: Page) -> list[str]:
    """The accepted jobs as they are shown."""
    return page.locator("[data-job]").evaluate_all("(lines) => lines.map((line) => line.dataset.job)")


def place(line: Locator) -> FloatRect:
    """Where something is; what is drawn anew at this very moment is looked at again."""
    for _ in range(50):
        if (box := line.bounding_box()) is not None:
            return box
    raise AssertionError("it is never there")


def hold(page: Page, button: Locator, milliseconds: int) -> None:
    """Press a button for so long."""
    button.hover()
    page.mouse.down()
    page.wait_for_timeout(milliseconds)
    page.mouse.up()


def test_the_line_is_ordered_by_finger_and_by_key(crewed: Bike, phone: Page) -> None:
    """A grip dragged past two lines, an arrow pressed by key, and a line cancelled only by a long press."""
    jobs = [sent(crewed) for _ in range(3)]
    for job in jobs:
        phone.goto("/mediateur/file")
        phone.locator(f"#accept-{job}").click()
        phone.wait_for_selector(f"#drop-{job}", state="attached")
    first, second, third = jobs
    assert order(phone) == jobs
    grip = phone.locator(f"[data-job='{third}'] [data-grip]")
    grip.hover()
    grip.evaluate("(grip) => scrollBy(0, grip.getBoundingClientRect().top - 520)")
    start, target = place(grip), place(phone.locator(f"[data-job='{first}']"))
    phone.mouse.move(start["x"] + 20, start["y"] + 20)
    phone.mouse.down()
    for step in range(1, 21):
        phone.mouse.move(start["x"] + 20, start["y"] + 20 + (target["y"] - start["y"] - 20) * step / 20)
    phone.mouse.up()
    expect(phone.locator("[data-job]").first).to_have_attribute("data-job", third, timeout=30_000)
    phone.goto("/mediateur/file")
    assert order(phone) == [third, first, second]
    phone.locator(f"#up-{second}").press("Enter")
    phone.wait_for_url("**/mediateur/file")
    phone.goto("/mediateur/file")
    assert order(phone) == [third, second, first]
    phone.locator(f"#more-{first} summary").click()
    hold(phone, phone.locator(f"#drop-{first}"), 400)
    phone.wait_for_timeout(1500)
    assert first in order(phone)
    hold(phone, phone.locator(f"#drop-{first}"), 3000)
    phone.wait_for_selector(f"[data-job='{first}']", state="detached")


def test_a_finger_on_a_button_is_not_lost_to_a_page_drawn_anew(crewed: Bike, phone: Page) -> None:
    """Another object comes in between the press and the let go: the press counts, then the other is shown."""
    job = sent(crewed)
    phone.goto("/mediateur/file")
    phone.locator(f"#accept-{job}").hover()
    phone.mouse.down()
    other = sent(crewed)
    expect(phone.locator(".tabs .tab-count")).to_have_text("2")
    expect(phone.locator(f"#accept-{other}")).to_have_count(0)
    phone.mouse.up()
    phone.wait_for_selector(f"#drop-{job}", state="attached")
    expect(phone.locator(f"#accept-{other}")).to_be_visible()


def test_a_halt_is_closed_only_by_a_long_press(phone: Page) -> None:
    """A tap and a short key do nothing, a key held for 1.5 s closes."""
    phone.goto("/mediateur/halte")
    phone.locator("#later15").click()
    phone.wait_for_load_state()
    close = phone.locator("#close-halt")
    close.click()
    close.press("Enter")
    phone.wait_for_timeout(300)
    phone.goto("/mediateur/halte")
    assert phone.get_by_role("heading", name=HALT["place"]).is_visible()
    assert "encore 105 minutes" in phone.locator("[data-live=halt]").inner_text()
    phone.locator("#close-halt").focus()
    phone.keyboard.down("Enter")
    phone.wait_for_timeout(3000)
    phone.keyboard.up("Enter")
    phone.wait_for_selector("#close-halt", state="detached")
