"""Connecting a hub in the browser: the code, the four words, and a sign-in of just now."""

from datetime import timedelta

import pytest

from scentd.contracts.pairing import PairingRequestV1, fingerprint_words
from tests.fakes.cloud_client import CloudClient
from tests.fakes.hub import SpokenHub
from tests.fakes.market import Market
from tests.fakes.shopping import words_of

pytestmark = pytest.mark.needs_postgres

PASSWORD = "correct horse battery staple"


@pytest.fixture
def hub() -> SpokenHub:
    """A hub that belongs to nobody yet."""
    return SpokenHub()


@pytest.fixture
async def code(market: Market, hub: SpokenHub) -> str:
    """The code that the hub's own page shows."""
    asked = PairingRequestV1(public_key=hub.public_key.hex(), name="Cellar", software="1.0")
    async with market.database.unit_of_work() as session:
        offer = await market.parts.pairings.offer(
            session, asked, address="127.0.0.1", now=market.clock.now()
        )
    return offer.user_code


async def test_the_words_are_shown_and_a_yes_connects_the_hub(
    customer: CloudClient, hub: SpokenHub, code: str
) -> None:
    asked = words_of(await customer.get("/pair", params={"code": code}))
    done = words_of(await customer.post_form("/pair/approve", {"code": code}, form_at="/pair"))

    assert " ".join(fingerprint_words(hub.public_key)) in asked
    assert "Cellar is connected" in done
    assert "Cellar: not heard yet" in words_of(await customer.get("/account"))


async def test_a_no_refuses_the_hub_and_says_so(customer: CloudClient, code: str) -> None:
    denied = words_of(await customer.post_form("/pair/deny", {"code": code}, form_at="/pair"))
    late = await customer.post_form("/pair/approve", {"code": code}, form_at="/pair")

    assert "The hub was refused" in denied
    assert "already used" in words_of(late)
    assert "No hub is connected yet" in words_of(await customer.get("/account"))


async def test_a_wrong_code_is_marked_and_kept(customer: CloudClient, code: str) -> None:
    answer = await customer.get("/pair", params={"code": "WRNG-CODE"})

    assert answer.status_code == 404
    assert "No hub waits with this code" in words_of(answer)
    assert 'value="WRNG-CODE"' in answer.text
    assert 'aria-invalid="true"' in answer.text


async def test_a_code_that_is_too_old_says_so(
    customer: CloudClient, market: Market, code: str
) -> None:
    await market.clock.advance(timedelta(minutes=11))
    await sign_in_again(customer, "/sign-in?again=1")

    answer = await customer.get("/pair", params={"code": code})

    assert answer.status_code == 410
    assert "This code has expired" in words_of(answer)


async def test_a_sign_in_of_long_ago_leads_through_a_fresh_one_and_back_to_the_words(
    customer: CloudClient, market: Market, hub: SpokenHub, code: str
) -> None:
    await market.clock.advance(timedelta(minutes=9))
    fresh = await customer.get("/pair", params={"code": code})
    await market.clock.advance(timedelta(minutes=2))

    stale = await customer.get("/pair")
    refused = await customer.get("/pair", params={"code": code})
    link = refused.text.split('">Sign in again')[0].rpartition('href="')[2].replace("&amp;", "&")
    back = await sign_in_again(customer, link)

    assert fresh.status_code == 200
    assert stale.status_code == 200
    assert refused.status_code == 403
    assert "needs a sign-in of the last 10 minutes" in words_of(refused)
    assert back.headers["location"].startswith("/pair?code=")


async def sign_in_again(member: CloudClient, link: str):
    """Sign in on the page that a link leads to, and return the answer."""
    page = await member.get(link)
    onward = page.text.split('name="next" value="')[1].split('"')[0].replace("&amp;", "&")
    fields = {"email": "customer@example.org", "password": PASSWORD, "next": onward}
    return await member.post_form("/sign-in", fields, form_at=link)
