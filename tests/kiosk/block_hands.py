"""What a hand does with blocks: it opens a family, finds a block and drags it to its place."""

from playwright.sync_api import FloatRect, Locator, Page


def block(page: Page, name: str) -> Locator:
    """A block on the bench."""
    return page.locator(f".blocklySvg .robot_{name} > .blocklyPath").locator("visible=true").first


def family(page: Page, name: str) -> None:
    """Open a family of blocks."""
    page.get_by_role("treeitem", name=name).click()


def at_rest(page: Page, thing: Locator) -> FloatRect:
    """Where it is once the bench has stopped rolling."""
    before, now = None, thing.bounding_box()
    while before != now or now is None:
        page.wait_for_timeout(300)
        before, now = now, thing.bounding_box()
    return now


def drag(page: Page, name: str, below: Locator) -> None:
    """Drag a block out of the list to where it hooks on."""
    path = page.locator(f".blocklyFlyout .robot_{name} > .blocklyPath").locator("visible=true").first
    path.wait_for()
    begin, end = at_rest(page, path), at_rest(page, below)
    page.mouse.move(begin["x"] + 12, begin["y"] + 14)
    page.mouse.down()
    page.mouse.move(begin["x"] + 60, begin["y"] + 40, steps=4)
    x, y = end["x"] + 14, end["y"] + end["height"]
    page.mouse.move(x, y, steps=8)
    held = at_rest(page, page.locator(".blocklyDragging > .blocklyPath").first)
    page.mouse.move(x + end["x"] - held["x"], y + end["y"] + end["height"] - 8 - held["y"], steps=4)
    page.mouse.up()
