"""A mediator's thumb."""

from playwright.async_api import Locator


async def held(button: Locator) -> None:
    """Press until the button has had enough, however slow the phone is."""
    await button.scroll_into_view_if_needed()
    await button.hover()
    mouse, holding = button.page.mouse, button.page.locator("[data-holding]")
    await mouse.down()
    await holding.wait_for(state="attached")
    await holding.wait_for(state="detached")
    await mouse.up()
