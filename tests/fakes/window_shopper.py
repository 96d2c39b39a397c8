"""A person at a browser: signed in as somebody, at the keyboard, on the payment page."""

from typing import Protocol

from playwright.async_api import BrowserContext, Page

from tests.fakes.cloud_client import CloudClient
from tests.fakes.shopping import ADDRESS

CARD = "4242 4242 4242 4242"
_MOST_TABS = 80


class NotReachable(AssertionError):
    """Tab does not lead there."""


class Typist(Protocol):
    """Writes a text into the field of a name."""

    async def __call__(self, page: Page, name: str, text: str) -> None: ...


async def sign_in(context: BrowserContext, client: CloudClient, shop_url: str) -> None:
    """Let the browser be whoever the client is signed in as."""
    token = client.cookies["scent_session"]
    await context.add_cookies([{"name": "scent_session", "value": token, "url": shop_url}])


async def by_hand(page: Page, name: str, text: str) -> None:
    """Write into a field, as with mouse and keyboard."""
    await page.fill(f"[name={name}]", text)


async def by_keys(page: Page, name: str, text: str) -> None:
    """Tab to a field and type."""
    await tab_to(page, f"[name={name}]")
    await page.keyboard.type(text)


async def tab_to(page: Page, selector: str) -> None:
    """Press Tab until an element has the focus; it must then be visible that it has it."""
    for _ in range(_MOST_TABS):
        await page.keyboard.press("Tab")
        if await page.evaluate(_HAS_FOCUS, selector):
            return
    raise NotReachable(selector)


async def write_address(page: Page, write: Typist = by_hand) -> None:
    """Fill in a guest's checkout form, in the order in which it stands."""
    await write(page, "email", "ada@example.org")
    for name in ("recipient", "line1", "postcode", "city"):
        await write(page, name, ADDRESS[name])


async def pay(page: Page) -> None:
    """Pay on the provider's page and come back to the order."""
    await page.fill("[name=number]", CARD)
    await page.click("button.pay")
    await page.wait_for_url("**/orders/**")


_HAS_FOCUS = """(selector) => {
  const here = document.activeElement;
  if (!here || !here.matches(selector)) return false;
  // The sizes' own buttons are invisible; the frame around one shows where the focus is.
  const seen = getComputedStyle(here.matches('.sizes input') ? here.parentElement : here);
  return seen.outlineStyle !== 'none' && parseFloat(seen.outlineWidth) >= 2;
}"""
