"""A buyer's orders: looked at, cancelled, ordered again, sent back; as member and as guest."""

import re

import pytest

from cloud.accounts.models import User
from cloud.checkout import service as checkout
from cloud.orders import service as orders
from cloud.orders.actors import SYSTEM
from cloud.orders.carriers import tracking_url
from cloud.orders.schemas import NewShipment
from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import Market, Place
from tests.fakes.shopping import words_of

pytestmark = pytest.mark.needs_postgres


async def pay(market: Market, order_id: int) -> str:
    parts = market.parts
    url = await checkout.pay_by_page(
        parts.database, parts.gateway, market.clock, parts.links, order_id
    )
    market.stripe.pay(url.rsplit("/", 1)[-1])
    await market.settle()
    return (await market.view(order_id)).number


@pytest.fixture
async def own(market: Market, place: Place, customer: CloudClient) -> str:
    """The page of a member's paid order of two bottles."""
    return f"/account/orders/{await pay(market, await place(2, user_id=await market.user_id()))}"


async def deliver(market: Market, page: str) -> None:
    async with market.database.unit_of_work() as session:
        order = await orders.view_by_number(session, page.rsplit("/", 1)[-1])
        parcel = NewShipment(carrier="DHL Paket", tracking="JD 1")
        now = market.clock.now()
        await orders.ship(session, order.id, parcel, actor=SYSTEM, now=now)
        await orders.mark_delivered(session, order.id, actor=SYSTEM, now=now)


async def test_a_member_follows_the_parcel_and_fetches_the_invoice(
    market: Market, own: str, customer: CloudClient
) -> None:
    await deliver(market, own)

    listed = words_of(await customer.get("/account/orders"))
    page = await customer.get(own)
    found = re.search(rf'href="({own}/papers/[^"]+)"', page.text)
    assert found
    invoice = await customer.get(found[1])

    assert "and 1 more bottle" in listed
    assert "tracking-id=JD%201" in page.text
    assert page.text.count('<li class="done">') == 4
    assert invoice.content.startswith(b"%PDF-")


async def test_a_member_cancels_with_a_reason_and_only_in_time(
    market: Market, own: str, customer: CloudClient
) -> None:
    await customer.post_form(f"{own}/cancel", {"reason": "Bought twice"}, form_at=own)
    await market.settle()

    view = await market.view(await market.scalar("SELECT id FROM orders"))
    assert (view.status, view.cancel_reason) == ("CANCELLED", "Bought twice")
    assert "Cancel this order" not in words_of(await customer.get(own))


async def test_a_parcel_on_its_way_is_not_cancelled(
    market: Market, own: str, customer: CloudClient
) -> None:
    await deliver(market, own)

    answer = await customer.post_form(f"{own}/cancel", {}, form_at=own)

    assert answer.status_code == 409
    assert "cannot be cancelled" in words_of(answer)


async def test_what_was_bought_is_put_into_the_cart_again(
    market: Market, own: str, customer: CloudClient
) -> None:
    again = await customer.post_form(f"{own}/reorder", {}, form_at=own)
    held = await market.scalar("SELECT quantity FROM cart_items")
    await market.run("UPDATE stock_levels SET on_hand = 0")
    gone = await customer.post_form(f"{own}/reorder", {}, form_at=own)

    assert again.headers["location"] == "/cart"
    assert held == 2
    assert gone.status_code == 409
    assert "Not everything could be put into your cart" in words_of(gone)


async def test_a_member_asks_for_a_return_and_withdraws_it(
    market: Market, own: str, customer: CloudClient
) -> None:
    early = words_of(await customer.get(f"{own}/return"))
    await deliver(market, own)
    item = await market.scalar("SELECT id FROM order_items")
    fields = {f"quantity-{item}": "1", f"reason-{item}": "leaking", "comment": "Drips"}

    asked = await customer.post_form(f"{own}/return", fields, form_at=f"{own}/return")
    page = await customer.get(asked.headers["location"])
    too_many = await customer.post_form(
        f"{own}/return", {f"quantity-{item}": "2"}, form_at=f"{own}/return"
    )
    nonsense = await customer.post_form(
        f"{own}/return", {f"quantity-{item}": "some"}, form_at=f"{own}/return"
    )
    number = await market.scalar("SELECT number FROM returns")
    withdrawn = await customer.post_form(f"{own}/returns/{number}/withdraw", {}, form_at=own)

    assert "Nothing can be sent back now" in early
    assert "Being looked at" in words_of(page)
    assert (too_many.status_code, nonsense.status_code) == (422, 422)
    assert "Withdrawn" in words_of(await customer.get(withdrawn.headers["location"]))


async def test_a_guest_does_all_of_it_with_the_key(
    market: Market, place: Place, client: CloudClient
) -> None:
    number = await pay(market, await place(2))
    page = f"/orders/{number}"
    key = f"?key={market.parts.links.key_of(number)}"
    await deliver(market, page)
    item = await market.scalar("SELECT id FROM order_items")

    shown = await client.get(page + key)
    form_at = f"{page}/return{key}"
    asked = await client.post_form(form_at, {f"quantity-{item}": "1"})
    again = await client.post_form(f"{page}/reorder{key}", {}, form_at=page + key)

    assert f"{page}/papers/" in shown.text
    assert "We have your wish" in words_of(await client.get(asked.headers["location"]))
    assert again.headers["location"] == "/cart"
    assert (await client.get(f"{page}/return?key=x")).status_code == 404
    assert (await client.get(page)).status_code == 404


async def test_nobody_does_anything_to_the_order_of_another(
    market: Market, place: Place, customer: CloudClient
) -> None:
    number = await pay(market, await place(2))
    page = f"/account/orders/{number}"

    for step in ("cancel", "reorder", "pay", "return"):
        answer = await customer.post_form(f"{page}/{step}", {}, form_at="/account/orders")
        assert answer.status_code == 404
    assert (await customer.get(page)).status_code == 404
    assert await market.scalar("SELECT status FROM orders") == "PAID"


async def test_a_guests_order_is_claimed_by_whoever_proved_its_address_alone(
    market: Market, place: Place, customer: CloudClient
) -> None:
    number = await pay(market, await place(1))
    page = f"/orders/{number}?key={market.parts.links.key_of(number)}"
    claim = f"/orders/{number}/claim?key={market.parts.links.key_of(number)}"
    await market.run("UPDATE orders SET email = 'Customer@example.org'")

    unproven = await customer.post_form(claim, {}, form_at=page)
    async with market.database.unit_of_work() as session:
        user = await session.get_one(User, await market.user_id())
        user.email_verified_at = market.clock.now()
    offered = words_of(await customer.get(page))
    claimed = await customer.post_form(claim, {}, form_at=page)

    assert unproven.status_code == 404
    assert "Put it into my account" in offered
    assert claimed.headers["location"] == f"/account/orders/{number}?done=claimed"
    assert number in words_of(await customer.get("/account/orders"))


@pytest.mark.parametrize(
    ("carrier", "tracking", "is_followed"),
    [("DHL", "JD1", True), ("ups Express", "1Z", True), ("Pigeon", "1", False), ("DHL", "", False)],
)
def test_known_carriers_are_followed(carrier: str, tracking: str, *, is_followed: bool) -> None:
    assert (tracking_url(carrier, tracking) is not None) == is_followed
