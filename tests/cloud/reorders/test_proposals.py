"""Rule 17: whoever is at home may ask for a refill; only an adult's yes orders it."""

import asyncio
from datetime import timedelta

import pytest

from cloud.foundation.identity import Role
from cloud.foundation.secrets import digest
from cloud.hubs.models import HouseholdRole, HubSession
from cloud.hubs.repository import hubs
from cloud.hubs.service import add_member
from cloud.hubs.service.sessions import SESSION_LIFE
from cloud.reorders import service
from tests.cloud.conftest import SignInAs
from tests.fakes.cloud_client import CloudClient
from tests.fakes.mailbox import Mailbox
from tests.fakes.market import Home, Market
from tests.fakes.parcels import stage
from tests.fakes.refills import agree, bottle, confirm, low, runs_low, the_refill

pytestmark = pytest.mark.needs_postgres

TOKEN = "t" * 43


@pytest.fixture
async def guest(market: Market, home: Home, sign_in_as: SignInAs) -> CloudClient:
    """A guest of the home, signed in."""
    client = await sign_in_as(Role.CUSTOMER, "guest@example.org")
    guest_id = await market.user_id("guest@example.org")
    async with market.database.unit_of_work() as session:
        await add_member(session, home.key.household_id, guest_id, HouseholdRole.GUEST)
    return client


async def open_session(market: Market, home: Home) -> None:
    """Let the home's hub have a session, as one that signed its challenge."""
    now = market.clock.now()
    session_of_hub = HubSession(
        household_id=home.key.household_id,
        hub_id=home.key.hub_id,
        token_digest=digest(TOKEN),
        protocol=1,
        opened_at=now,
        expires_at=now + SESSION_LIFE,
    )
    async with market.database.unit_of_work() as session:
        await hubs.put_session(session, session_of_hub)


async def path_of(home: Home) -> str:
    return f"/api/v1/me/slots/{await home.slot_id()}/proposal"


async def test_a_guest_asks_once_however_often_and_an_adult_alone_may_buy(
    market: Market, home: Home, customer: CloudClient, guest: CloudClient, mailbox: Mailbox
) -> None:
    path = await path_of(home)
    page = (await guest.get("/account")).text
    button = path.replace("/api/v1/me/", "/account/")
    first = await guest.post_form(button, {}, form_at="/account")

    answers = await asyncio.gather(*(guest.post_json(path) for _ in range(3)))
    await market.settle()

    assert {answer.status_code for answer in answers} == {200}
    (asked,) = {answer.json()["id"] for answer in answers}
    assert (first.status_code, first.headers["location"]) == (303, f"/account/reorders/{asked}")
    assert button in page
    assert button not in (await guest.get("/account")).text
    refill = await the_refill(customer)
    assert (refill["id"], refill["stage"], refill["reason"]) == (
        asked,
        "proposed",
        "asked_by_member",
    )
    (mail,) = [one for one in mailbox.mails if "asks for" in one.subject]
    assert (refill["proposed_by"], answers[0].json()["proposed_by"]) == ("Test", "Test")
    assert "Bathroom: Test asks for" in mail.subject
    assert "Test asks for a new" in (await customer.get("/account")).text
    buying = {"seen_total_minor": refill["total_minor"]}
    refused = await guest.post_json(f"/api/v1/me/reorders/{asked}/confirm", buying)
    assert (refused.status_code, refused.json()["code"]) == (403, "adult_needed")
    assert (await confirm(customer, refill))["order_number"]
    # What is ordered already is what is asked for.
    assert (await guest.post_json(path)).json()["id"] == asked
    assert await market.scalar("SELECT count(*) FROM orders") == 1


async def test_strangers_ask_for_nothing_and_nobody_asks_without_end(
    market: Market, home: Home, guest: CloudClient, sign_in_as: SignInAs
) -> None:
    path = await path_of(home)
    stranger = await sign_in_as(Role.CUSTOMER, "stranger@example.org")

    missing = await stranger.post_json(path)
    answers = [await guest.post_json(path) for _ in range(7)]

    assert (missing.status_code, missing.json()["code"]) == (404, "slot_not_found")
    assert [answer.status_code for answer in answers] == [200] * 6 + [429]


UNWANTED = {
    "UPDATE reorder_slots SET mode = 'off'": "UPDATE reorder_slots SET mode = 'ask'",
    "UPDATE reorder_slots SET is_refilled_elsewhere = true": (
        "UPDATE reorder_slots SET is_refilled_elsewhere = false"
    ),
    "UPDATE reorder_slots SET snoozed_until = '2099-01-01'": (
        "UPDATE reorder_slots SET snoozed_until = NULL"
    ),
    "UPDATE reorder_households SET paused_until = '2099-01-01'": (
        "UPDATE reorder_households SET paused_until = NULL"
    ),
    "UPDATE hubs SET revoked_at = now()": "UPDATE hubs SET revoked_at = NULL",
}


async def test_what_the_home_does_not_want_is_not_asked_for(
    market: Market, home: Home, customer: CloudClient, guest: CloudClient
) -> None:
    await agree(market, customer, home, mode="ask")
    path, answers = await path_of(home), []

    for change, back in UNWANTED.items():
        await market.run(change)
        answer = await guest.post_json(path)
        answers.append((answer.status_code, answer.json()["code"]))
        await market.run(back)

    assert answers == [(409, "proposal_refused")] * len(UNWANTED)
    assert await market.scalar("SELECT count(*) FROM reorders") == 0
    assert (await guest.post_json(path)).status_code == 200


async def test_a_hub_proposes_with_its_key_and_opens_no_other_door(
    market: Market, home: Home, customer: CloudClient, client: CloudClient
) -> None:
    await open_session(market, home)
    bearer = {"authorization": f"Bearer {TOKEN}"}
    place = {"diffuser_id": "d1", "slot_no": 1, "asked_by": "Kitchen speaker"}
    path = f"/v1/hubs/{home.key.hub_id}/proposals"

    made = await client.post(path, json=place, headers=bearer)
    again = await client.post(path, json=place, headers=bearer)
    elsewhere = await client.post(path, json=place | {"slot_no": 9}, headers=bearer)
    bare = await client.post(path, json=place)

    assert (made.status_code, made.json()) == (200, again.json())
    assert (elsewhere.status_code, bare.status_code) == (404, 401)
    refill = await the_refill(customer)
    assert (refill["reason"], refill["proposed_by"]) == ("asked_by_home", "Kitchen speaker")
    confirmed = await client.post(
        f"/api/v1/me/reorders/{refill['id']}/confirm",
        json={"seen_total_minor": refill["total_minor"]},
        headers=bearer,
    )
    assert confirmed.status_code == 401
    assert await market.scalar("SELECT count(*) FROM orders") == 0


async def test_a_word_before_the_report_keeps_no_agreed_refill_from_being_ordered(
    market: Market, home: Home, customer: CloudClient, guest: CloudClient
) -> None:
    await market.give_card(home.user_id)
    await agree(market, customer, home)
    await guest.post_json(await path_of(home))
    asked = await stage(market)

    await runs_low(market, home)
    reported = await stage(market)
    await runs_low(market, home)

    assert asked == ("proposed", "asked_by_member")
    assert reported == ("pending_cancel_window", "agreed")
    assert await stage(market) == reported
    assert (await guest.post_json(await path_of(home))).json()["stage"] == reported[0]


async def test_a_no_to_a_word_is_no_answer_to_the_report_and_silence_is_none_either(
    market: Market, home: Home, customer: CloudClient, guest: CloudClient
) -> None:
    await guest.post_json(await path_of(home))
    refill = await the_refill(customer)
    await customer.post_json(f"/api/v1/me/reorders/{refill['id']}/decline")

    await runs_low(market, home)

    assert await stage(market) == ("proposed", "no_consent")
    assert (await the_refill(customer))["id"] == refill["id"]


async def test_a_word_that_nobody_answers_leaves_the_reported_bottle_to_the_rules(
    market: Market, home: Home, guest: CloudClient
) -> None:
    await guest.post_json(await path_of(home))
    await home.says("cartridge.running_low", low(market))
    await market.settle()
    (reorder_id,) = await market.rows("SELECT id FROM reorders")
    await market.clock.advance(timedelta(days=15))
    await home.says("cartridge.level", bottle(market, 2_000))

    async with market.database.unit_of_work() as session:
        desk, now = market.parts.reorders, market.clock.now()
        await service.expire_proposal(session, desk, reorder_id[0], now)
    await market.settle()

    assert await stage(market) == ("proposed", "no_consent")
