"""Gift cards bought over HTTP: into the cart, to checkout, paid."""

from typing import Any

import httpx2

from tests.fakes.buying import Buying
from tests.fakes.mailbox import Mailbox
from tests.fakes.mailbox.letters import ReceivedMail
from tests.fakes.market import Market

FOR_ANA = {
    "amount_minor": 5000,
    "recipient_name": "Ana",
    "recipient_email": "ana@example.org",
    "sender_name": "Ben",
    "message": "Happy birthday!",
}


async def put_gift(buying: Buying, **changes: Any) -> httpx2.Response:
    """Put a gift card for Ana into the cart; return the answer."""
    return await buying.client.post_json("/api/v1/cart/gift-cards", FOR_ANA | changes)


async def buy_gift(market: Market, buying: Buying, **changes: Any) -> str:
    """Buy a gift card and nothing else, and pay it; return the order's number."""
    amount = (FOR_ANA | changes)["amount_minor"]
    put = await put_gift(buying, **changes)
    assert put.status_code == 200, put.text
    placed = await buying.check_out(amount, shipping_address=None)
    assert placed.status_code == 201, placed.text
    market.stripe.pay(placed.json()["url"].rsplit("/", 1)[-1])
    await market.settle()
    number: str = placed.json()["order_number"]
    return number


def code_in(text: str) -> str:
    """Return the gift card's code that a mail says."""
    [code] = [word for word in text.split() if word.count("-") == 3 and len(word) == 19]
    return code


def mails_to(mailbox: Mailbox, address: str) -> list[ReceivedMail]:
    """Return the mails that an address got, oldest first."""
    return [mail for mail in mailbox.mails if mail.recipient == address]
