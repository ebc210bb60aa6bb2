"""A mediator's thumb."""

from playwright.async_api import Locator, Page


async def held(button: Locator) -> None:
    """Press until the button has had enough, however slow the phone is."""
    await button.scroll_into_view_if_needed()
    await button.hover()
    mouse, holding = button.page.mouse, button.page.locator("[data-holding]")
    await mouse.down()
    await holding.wait_for(state="attached")
    await holding.wait_for(state="detached")
    await mouse.up()


async def the_mill_is_looked_at(phone: Page, mill: str) -> None:
    """On the mill's page: the outline in the air, then the program without moving."""
    for look in ("trace", "check"):
        await phone.locator(f"#{look}-{mill}:not([aria-disabled])").click()
        await phone.locator(f"#{look}-{mill}").wait_for(state="detached")


async def the_mill_is_armed(phone: Page, mill: str) -> None:
    """Every other point ticked, and a held button."""
    for point in await phone.locator(".points input").all():
        await point.check()
    await held(phone.locator(f"#arm-{mill}:not([aria-disabled])"))
