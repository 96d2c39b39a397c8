"""What several races do: a second tab, somebody of the staff, a paid order, a mail that came."""

import asyncio
import itertools
import re
from typing import Any

import httpx2
from sqlalchemy import text

from tests.cloud.conftest import PASSWORD
from tests.fakes.cloud_client import WireClient
from tests.fakes.two_servers import Buyer, Town

STAFF = "/api/v1/staff"
STATUS = "SELECT status FROM orders WHERE number = :number"
ON_HAND = "SELECT on_hand FROM stock_levels WHERE variant_id = :id"
REFUNDED = "SELECT refunded_minor FROM orders WHERE number = :number"

_people = itertools.count(1)
_LINK = re.compile(r"/link/([^\s\"<]+)")
_CONFIRMS = re.compile(r"/newsletter/confirm/([^\s\"<]+)")


def second_tab(town: Town, buyer: Buyer, *, at: int) -> Buyer:
    """Return the same browser, with its cookies, at the other server."""
    tab = town.buyer(at=at)
    tab.client.cookies.update(buyer.client.cookies)
    return tab


async def sign_up(town: Town, email: str, *, at: int) -> Buyer:
    """Return somebody with an account, signed in at one of the servers."""
    buyer = town.buyer(at=at)
    form = {"email": email, "name": "Ada", "password": PASSWORD}
    made = await buyer.client.post_json("/api/v1/auth/sign-up", form)
    assert made.status_code == 201, made.text
    return buyer


async def two_staff(town: Town) -> tuple[WireClient, WireClient]:
    """Return two admins, each at a server of their own."""
    clients = []
    for at in (0, 1):
        email = f"race-staff-{next(_people)}@example.org"
        clients.append((await sign_up(town, email, at=at)).client)
        await run(town, "UPDATE users SET role = 'ADMIN' WHERE email = :email", email=email)
    return clients[0], clients[1]


async def run(town: Town, statement: str, **values: Any) -> None:
    """Change the database as time or another program would."""
    async with town.database.unit_of_work() as session:
        await session.execute(text(statement), values)


async def order(
    town: Town, variant_id: int, count: int = 1, **changed: Any
) -> tuple[Buyer, dict[str, Any]]:
    """Fill a cart and press "go to payment"; return the buyer and the answer."""
    buyer = town.buyer()
    await buyer.put(variant_id, count)
    placed = await buyer.check_out(await buyer.total({variant_id: count}), **changed)
    assert placed.status_code == 201, placed.text
    return buyer, placed.json()


async def paid_order(town: Town, variant_id: int, count: int = 1) -> str:
    """Return the number of an order that is paid."""
    buyer, placed = await order(town, variant_id, count)
    await buyer.pay(placed["url"])
    number = str(placed["order_number"])
    await town.until(STATUS, "PAID", number=number)
    return number


async def control(town: Town, path: str, /, **fields: Any) -> Any:
    """Steer the payment provider; return its answer."""
    async with httpx2.AsyncClient(timeout=60) as elsewhere:
        answer = await elsewhere.post(f"{town.servers.pay_url}/control/{path}", json=fields)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def token_in_mail(town: Town, recipient: str) -> str:
    """Return the token that confirms the newsletter, out of the mail that was sent to somebody."""
    return await link_in_mail(town, recipient, kind=_CONFIRMS)


async def link_in_mail(
    town: Town, recipient: str, *, about: str = "", kind: re.Pattern[str] = _LINK
) -> str:
    """Return the token of the one-time link that was sent to somebody, in a mail with words."""
    async with asyncio.timeout(30), httpx2.AsyncClient() as elsewhere:
        while True:
            mails = (await elsewhere.get(f"{town.servers.mail_url}/mails.json")).json()
            mine = [
                mail["text"] for mail in mails if mail["to"] == recipient and about in mail["text"]
            ]
            for found in map(kind.search, mine):
                if found:
                    return found[1]
            await asyncio.sleep(0.05)  # noqa: TID251 - looks again until the deadline
