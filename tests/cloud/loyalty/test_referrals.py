"""Friends that members bring: both get points once the first order stays bought."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from cloud.accounts.events import AccountReclaimed
from cloud.foundation.events import emit
from cloud.loyalty.errors import (
    InvitationClosed,
    InvitationOwn,
    InvitationUnknown,
    InvitedAlready,
)
from cloud.loyalty.kinds import EntryKind
from cloud.loyalty.service import referrals
from cloud.loyalty.service.ledger import Reason, debit, open_account
from cloud.loyalty.service.views import view_invitation
from cloud.loyalty.terms import FRIEND_POINTS, INVITER_POINTS
from cloud.returns.schemas import RETURN_WITHIN
from tests.cloud.conftest import PASSWORD

pytestmark = pytest.mark.needs_postgres
GOODS = 57


@pytest.fixture
async def friends(market, customer, client):
    """The customer, and a friend who signed up by their link; ids of both."""
    invitation = (await customer.get("/api/v1/me/invitation")).json()
    form = {"email": "friend@example.org", "password": PASSWORD, "invitation": invitation["code"]}
    assert (await client.post_json("/api/v1/auth/sign-up", form)).status_code == 201
    return await market.user_id(), await market.user_id("friend@example.org")


async def _wait(market, days=RETURN_WITHIN.days):
    await market.clock.advance(days * 86_400)
    await market.do_jobs()


async def test_both_get_points_when_the_first_order_cannot_go_back_any_more_once(
    club, market, friends, buy
):
    inviter, friend = friends
    order = await buy(friend)
    await order.arrive()
    await _wait(market, RETURN_WITHIN.days - 1)
    assert await club.balance(inviter) == (0, 0)

    await _wait(market, 1)
    await buy(friend)
    await _wait(market, 60)

    assert await club.balance(inviter) == (INVITER_POINTS, 0)
    assert await club.balance(friend) == (FRIEND_POINTS + 2 * GOODS, 0)
    async with club.unit() as session:
        found = await view_invitation(session, inviter, "http://127.0.0.1")
    assert (found.waiting, found.paid) == (0, 1)


async def test_an_order_that_goes_back_gives_way_to_the_next_one(club, market, friends, buy):
    inviter, friend = friends
    first = await buy(friend)
    await first.arrive()
    await first.refund()
    await _wait(market)
    assert await club.balance(inviter) == (0, 0)

    second = await buy(friend)
    await second.arrive()
    await _wait(market)

    assert await club.balance(inviter) == (INVITER_POINTS, 0)


async def test_an_order_that_goes_back_afterwards_takes_both_members_points_for_good(
    club, market, friends, buy
):
    inviter, friend = friends
    order = await buy(friend)
    await order.arrive()
    await _wait(market)
    async with club.unit() as session:
        now = club.clock.now()
        account = await open_account(session, inviter, now)
        await debit(session, account, Reason(EntryKind.STAFF_DEBIT), INVITER_POINTS, now)

    await order.refund()

    assert await club.balance(inviter) == (0, INVITER_POINTS)
    assert await club.balance(friend) == (0, 0)
    second = await buy(friend)
    await second.arrive()
    await _wait(market)
    assert await club.balance(inviter) == (0, INVITER_POINTS)
    assert await club.balance(friend) == (GOODS, 0)


async def test_what_is_hardly_worth_anything_is_no_first_order(club, market, friends, buy):
    inviter, friend = friends
    await market.run("UPDATE variants SET price_minor = 900")
    order = await buy(friend, 1)
    await order.arrive()

    await _wait(market)

    assert await club.balance(inviter) == (0, 0)
    assert await market.scalar("SELECT order_id FROM referrals") is None


async def test_nobody_is_invited_by_themselves_twice_or_after_they_bought(
    club, market, customer, buy
):
    ada = await club.member("ada.ex@gmail.com")
    async with club.unit() as session:
        code = await referrals.open_invitation(session, ada)
        same = await club.member("adaex+two@googlemail.com")
        other = await club.member("ben@example.org")
        now = club.clock.now()
        for who, typed, refusal in (
            (ada, code, InvitationOwn),
            (same, code, InvitationOwn),
            (other, "NOBODYS234", InvitationUnknown),
        ):
            with pytest.raises(refusal):
                await referrals.accept(session, who, typed, now)
        await referrals.accept(session, other, f" {code.lower()} ", now)
        with pytest.raises(InvitedAlready):
            await referrals.accept(session, other, code, now)
        late = await club.member("late@example.org")
        with pytest.raises(InvitationClosed):
            await referrals.accept(session, late, code, now + timedelta(days=30))
    buyer = await market.user_id()
    await buy(buyer)
    answer = await customer.post_json("/api/v1/me/inviter", {"invitation": code})
    assert (answer.status_code, answer.json()["code"]) == (422, "invitation_closed")


async def test_a_wrong_code_keeps_nobody_out_and_the_link_leads_to_the_form(market, client):
    page = await client.get("/invited/ABCDEFGH12", follow_redirects=True)
    assert 'value="ABCDEFGH12"' in page.text

    form = {"email": "new@example.org", "password": PASSWORD, "invitation": "ABCDEFGH12"}
    answer = await client.post_form("/sign-up", form)

    assert answer.status_code == 303
    assert await market.scalar("SELECT count(*) FROM referrals") == 0


async def test_an_account_that_was_another_persons_making_loses_who_invited_it(market, friends):
    _, friend = friends
    async with market.database.unit_of_work() as session:
        await emit(session, AccountReclaimed(friend, market.clock.now()))
        assert await session.scalar(text("SELECT count(*) FROM referrals")) == 0
