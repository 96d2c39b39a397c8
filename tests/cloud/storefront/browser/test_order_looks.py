"""How the pages of orders and returns look, to their buyer and to staff, and who can use them."""

import pytest
from playwright.async_api import BrowserContext

from cloud.foundation.identity import Role
from cloud.orders import service as orders
from cloud.orders.actors import SYSTEM, Actor, ActorKind
from cloud.orders.schemas import NewShipment
from cloud.returns import service as returns
from cloud.returns.schemas import ReturnLineRequest, ReturnRequest
from tests.cloud.conftest import SignInAs
from tests.cloud.storefront.browser.test_looks import look_at
from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import Market
from tests.fakes.shopping import buy, put_in_cart
from tests.fakes.window_shopper import sign_in

pytestmark = [pytest.mark.needs_postgres, pytest.mark.needs_browser]


@pytest.fixture
async def buyer(market: Market, sign_in_as: SignInAs) -> CloudClient:
    """A customer whose order arrived and of whom a bottle goes back."""
    buyer = await sign_in_as(Role.CUSTOMER, "ada@example.org")
    await put_in_cart(market, buyer, "LAVFLD-30", 2)
    await buy(market, buyer, bottles=2)
    now = market.clock.now()
    async with market.database.unit_of_work() as session:
        order = await orders.get_order_view(
            session, await market.scalar("SELECT min(id) FROM orders")
        )
        parcel = NewShipment(carrier="DHL", tracking="00340434161094042557")
        await orders.ship(session, order.id, parcel, actor=SYSTEM, now=now)
        await orders.mark_delivered(session, order.id, actor=SYSTEM, now=now)
        asked = ReturnRequest(
            lines={order.items[0].id: ReturnLineRequest(quantity=1)}, comment="The cap is broken."
        )
        await returns.ask(session, order.id, asked, actor=Actor(ActorKind.CUSTOMER), now=now)
    await buy(market, buyer, bottles=1)
    return buyer


async def test_everybody_can_use_a_buyers_order_pages(
    market: Market, shop_url: str, browser_context: BrowserContext, buyer: CloudClient
) -> None:
    arrived = await market.scalar("SELECT min(number) FROM orders")
    paid = await market.scalar("SELECT max(number) FROM orders")
    await sign_in(browser_context, buyer, shop_url)
    page = await browser_context.new_page()

    wrong = await look_at(
        page,
        shop_url,
        {
            "orders": "/account/orders",
            "order-arrived": f"/account/orders/{arrived}",
            "order-paid": f"/account/orders/{paid}",
            "return": f"/account/orders/{arrived}/return",
            "no-return": f"/account/orders/{paid}/return",
        },
    )

    assert wrong == []


async def test_everybody_can_use_the_staffs_order_pages(
    market: Market,
    shop_url: str,
    browser_context: BrowserContext,
    buyer: CloudClient,
    admin: CloudClient,
) -> None:
    arrived = await market.scalar("SELECT min(number) FROM orders")
    paid = await market.scalar("SELECT max(number) FROM orders")
    back = await market.scalar("SELECT number FROM returns")
    await sign_in(browser_context, admin, shop_url)
    page = await browser_context.new_page()

    wrong = await look_at(
        page,
        shop_url,
        {
            "staff-queue": "/admin/orders?queue=all&columns=placed&columns=money&columns=parcels",
            "staff-order-arrived": f"/admin/orders/{arrived}",
            "staff-order-paid": f"/admin/orders/{paid}",
            "staff-returns": "/admin/returns",
            "staff-return": f"/admin/returns/{back}",
        },
    )

    assert wrong == []
