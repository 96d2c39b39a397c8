"""How the pages look and whether everybody can use them: light, dark, on a phone.

Pictures of every page go to `.artifacts/screenshots`, for people to look at.
"""

from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Page, ViewportSize

from cloud.foundation.identity import Role
from tests.browser import axe_findings, cut_choices
from tests.cloud.conftest import SignInAs
from tests.fakes.cloud_client import CloudClient
from tests.fakes.lived_in import move_in, run_low
from tests.fakes.market import Market
from tests.fakes.shopping import buy, check_out, put_in_cart
from tests.fakes.window_shopper import sign_in

pytestmark = [pytest.mark.needs_postgres, pytest.mark.needs_browser]

PICTURES = Path(__file__).parents[4] / ".artifacts" / "screenshots"
DESK: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
PUBLIC = {
    "front": "/",
    "list": "/products?family=citrus",
    "filters": "/products?room=bedroom&in_stock=true&sort=price",
    "understood": "/products?q=lavnder",
    "category": "/categories/fresh",
    "slip": "/products/lavendr-field",
    "no-match": "/products?q=zzzzz",
    "product": "/products/cedar-bergamot",
    "missing": "/nothing-here",
    "sign-in": "/sign-in",
}


@pytest.fixture
async def buyer(market: Market, sign_in_as: SignInAs) -> CloudClient:
    """A customer with a home, a proposal, orders paid and unpaid, and something in the cart."""
    buyer = await sign_in_as(Role.CUSTOMER, "ada@example.org")
    user_id = await market.user_id("ada@example.org")
    await market.give_address(user_id)
    await market.give_card(user_id)
    await run_low(await move_in(market, user_id))
    await put_in_cart(market, buyer, "LAVFLD-30", 1)
    await buy(market, buyer, bottles=2)
    await put_in_cart(market, buyer, bottles=3)
    await check_out(buyer)
    return buyer


async def look_at(page: Page, shop_url: str, pages: dict[str, str]) -> list[str]:
    """Take each page's pictures, and return what is wrong with the pages."""
    wrong = []
    for name, path in pages.items():
        await page.set_viewport_size(DESK)
        await page.emulate_media(color_scheme="light")
        await page.goto(shop_url + path)
        wrong += await look_over(page, name)
    return wrong


async def look_over(page: Page, name: str) -> list[str]:
    """Take the pictures of the page that is open, and return what is wrong with it."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    wrong = []
    await page.set_viewport_size(DESK)
    for theme in ("light", "dark"):
        await page.emulate_media(color_scheme=theme)
        await page.screenshot(path=PICTURES / f"shop-{name}-{theme}.png")
        wrong += [f"{name}, {theme}: {finding}" for finding in await axe_findings(page)]
    await page.set_viewport_size(PHONE)
    await page.emulate_media(color_scheme="light")
    await page.screenshot(path=PICTURES / f"shop-{name}-phone.png", full_page=True)
    wrong += [f"{name}: cuts {select}" for select in await cut_choices(page)]
    width = await page.evaluate("document.documentElement.scrollWidth")
    if width > PHONE["width"]:
        wrong.append(f"{name}: {width} pixels wide on a phone")
    return wrong


async def test_everybody_can_use_the_public_pages(
    market: Market, shop_url: str, browser_context: BrowserContext
) -> None:
    page = await browser_context.new_page()

    assert await look_at(page, shop_url, PUBLIC) == []


async def test_everybody_can_use_a_members_pages(
    market: Market, shop_url: str, browser_context: BrowserContext, buyer: CloudClient
) -> None:
    number = await market.scalar("SELECT min(number) FROM orders")
    await sign_in(browser_context, buyer, shop_url)
    page = await browser_context.new_page()

    wrong = await look_at(
        page,
        shop_url,
        {
            "cart": "/cart",
            "checkout": "/checkout",
            "account": "/account",
            "refill": f"/account/reorders/{await market.scalar('SELECT id FROM reorders')}",
            "slot": f"/account/slots/{await market.scalar('SELECT min(id) FROM slots')}",
            "address": "/account/address",
            "cards": "/account/cards",
            "news": "/account/notifications",
            "orders": "/account/orders",
            "order": f"/account/orders/{number}",
            "pair": "/pair",
        },
    )

    assert wrong == []


async def test_everybody_can_use_the_staffs_pages(
    market: Market,
    shop_url: str,
    browser_context: BrowserContext,
    buyer: CloudClient,
    admin: CloudClient,
) -> None:
    number = await market.scalar("SELECT min(number) FROM orders")
    await sign_in(browser_context, admin, shop_url)
    page = await browser_context.new_page()

    wrong = await look_at(
        page,
        shop_url,
        {
            "staff-queue": "/admin/orders?queue=all",
            "staff-order": f"/admin/orders/{number}",
            "staff-hubs": "/admin/hubs",
            "staff-stock": "/admin/stock",
        },
    )

    assert wrong == []
