"""What a buyer does over HTTP: fill the cart, check out, pay on the provider's page, come back."""

import html
import re

import httpx2

from tests.fakes.cloud_client import CloudClient
from tests.fakes.market import Market

CEDAR = "CEDBER-50"
ADDRESS = {
    "recipient": "Ada Example",
    "line1": "Lindenweg 7",
    "line2": "",
    "postcode": "10115",
    "city": "Berlin",
    "country": "DE",
}
FORM = {**ADDRESS, "email": "ada@example.org", "note": ""}


async def put_in_cart(
    market: Market, buyer: CloudClient, sku: str = CEDAR, bottles: int = 1
) -> httpx2.Response:
    """Send the product page's form."""
    variant_id = await variant_of(market, sku)
    fields = {"variant_id": str(variant_id), "quantity": str(bottles)}
    return await buyer.post_form("/cart/lines", fields, form_at="/products/cedar-bergamot")


async def variant_of(market: Market, sku: str) -> int:
    """Return the id of a bottle."""
    return int(await market.scalar("SELECT id FROM variants WHERE sku = :sku", sku=sku))


def seen_total(page: str) -> str:
    """Return the total that a page's form sends along."""
    found = re.search(r'name="seen_total_minor" value="(\d+)"', page)
    assert found, "the page shows no total"
    return found[1]


async def check_out(buyer: CloudClient, **changed: str) -> httpx2.Response:
    """Send the checkout form with the total that it shows."""
    page = await buyer.get("/checkout")
    fields = {**FORM, "seen_total_minor": seen_total(page.text), **changed}
    return await buyer.post_form("/checkout", fields)


def payment_session(answer: httpx2.Response) -> str:
    """Return the payment page's session that an answer leads to."""
    assert answer.status_code == 303, words_of(answer)
    return answer.headers["location"].rsplit("/", 1)[-1]


async def pay_and_return(
    market: Market, buyer: CloudClient, answer: httpx2.Response
) -> httpx2.Response:
    """Pay on the page that an answer leads to, come back, and return the order's page."""
    session_id = payment_session(answer)
    market.stripe.pay(session_id)
    back = await buyer.get("/checkout/return", params={"session": session_id})
    assert back.status_code == 303
    return await buyer.get(back.headers["location"])


async def buy(market: Market, buyer: CloudClient, sku: str = CEDAR, bottles: int = 1) -> str:
    """Buy some bottles, let everything follow, and return the order's number."""
    await put_in_cart(market, buyer, sku, bottles)
    await pay_and_return(market, buyer, await check_out(buyer))
    await market.settle()
    return str(await market.scalar("SELECT number FROM orders ORDER BY id DESC LIMIT 1"))


def words_of(answer: httpx2.Response) -> str:
    """Return what a page says, without its markup."""
    body = re.sub(r"(?s)<head>.*?</head>|<script.*?</script>|<[^>]+>", " ", answer.text)
    return " ".join(html.unescape(body).split())
