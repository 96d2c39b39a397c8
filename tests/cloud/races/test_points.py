"""Points and rewards through the doors of two servers, many hands at once."""

import asyncio
from collections import Counter

import pytest
from sqlalchemy import text

from cloud.foundation.clock import SystemClock
from cloud.loyalty.kinds import EntryKind, RewardKind
from cloud.loyalty.models import Reward
from cloud.loyalty.repository.points import list_unexplained
from cloud.loyalty.service.desk import write_off
from cloud.loyalty.service.ledger import Reason, credit, open_account
from tests.cloud.conftest import PASSWORD

pytestmark = [pytest.mark.needs_postgres, pytest.mark.timeout(600)]

COST = 10


async def _member(town, email, points):
    """Return a signed-in member's buyer and id, with points."""
    buyer = town.buyer()
    form = {"email": email, "name": "M", "password": PASSWORD}
    assert (await buyer.client.post_json("/api/v1/auth/sign-up", form)).status_code == 201
    user_id = await town.scalar("SELECT id FROM users WHERE email = :email", email=email)
    now = SystemClock().now()
    async with town.database.unit_of_work() as session:
        account = await open_account(session, user_id, now)
        await credit(session, account, Reason(EntryKind.STAFF_CREDIT), points, now)
    return buyer, user_id


async def _same_person(town, email):
    buyer = town.buyer()
    form = {"email": email, "password": PASSWORD}
    assert (await buyer.client.post_json("/api/v1/auth/sign-in", form)).status_code == 200
    return buyer


async def _reward(town, **facts):
    """Store a gift card of 1 EUR to have for points."""
    async with town.database.unit_of_work() as session:
        row = Reward(
            name="One euro",
            kind=RewardKind.GIFT_CARD,
            amount_minor=100,
            currency="EUR",
            cost_points=COST,
            is_active=True,
            **facts,
        )
        session.add(row)
        await session.flush()
        return row.id


async def _take(buyer, reward_id):
    answer = await buyer.client.post_json(f"/api/v1/rewards/{reward_id}/redeem", {})
    return "taken" if answer.status_code == 201 else answer.json()["code"]


async def _adds_up(town):
    async with town.database.unit_of_work() as session:
        return await list_unexplained(session) == []


async def test_r20_the_last_of_a_reward_go_to_exactly_so_many_members_whom_fifty_call_for(town):
    reward_id = await _reward(town, max_redemptions=3)
    members = [(await _member(town, f"r20-{at}@example.org", 50))[0] for at in range(10)]

    calls = (_take(one, reward_id) for one in members for _ in range(5))
    outcomes = Counter(await asyncio.gather(*calls))

    assert outcomes.total() == 50
    assert outcomes["taken"] == 3
    assert set(outcomes) <= {"taken", "reward_gone", "reward_taken"}
    assert await town.scalar("SELECT redeemed FROM rewards WHERE id = :id", id=reward_id) == 3
    assert await _adds_up(town)


async def test_r20_one_member_in_many_sessions_takes_a_reward_once(town):
    reward_id = await _reward(town)
    email = "r20-one@example.org"
    _, user_id = await _member(town, email, 500)
    sessions = [await _same_person(town, email) for _ in range(8)]

    outcomes = Counter(await asyncio.gather(*(_take(one, reward_id) for one in sessions)))

    assert outcomes == {"taken": 1, "reward_taken": 7}
    query = "SELECT balance FROM point_accounts WHERE user_id = :id"
    assert await town.scalar(query, id=user_id) == 500 - COST
    assert await _adds_up(town)


async def test_r20_one_member_never_spends_more_points_than_there_are(town):
    reward_id = await _reward(town, max_redemptions_per_user=99)
    email = "r20-poor@example.org"
    await _member(town, email, 3 * COST + 5)
    sessions = [await _same_person(town, email) for _ in range(8)]

    outcomes = Counter(await asyncio.gather(*(_take(one, reward_id) for one in sessions)))

    assert outcomes == {"taken": 3, "not_enough_points": 5}
    assert await _adds_up(town)


async def test_r21_points_are_spent_or_expire_and_never_both(town):
    reward_id = await _reward(town, max_redemptions_per_user=99)
    email = "r21@example.org"
    _, user_id = await _member(town, email, 20 * COST)
    sessions = [await _same_person(town, email) for _ in range(8)]
    gone_at = (
        "UPDATE point_lots SET expires_at = clock_timestamp() + interval '400 ms' "
        "WHERE user_id = :id"
    )
    async with town.database.unit_of_work() as session:
        await session.execute(text(gone_at), {"id": user_id})

    async def spend(buyer):
        outcomes = []
        while "not_enough_points" not in outcomes:
            outcomes.append(await _take(buyer, reward_id))
        return outcomes.count("taken")

    async def expire():
        balance = None
        while balance != 0:
            async with town.database.unit_of_work() as session:
                await write_off(session, SystemClock().now(), most=100)
            query = "SELECT balance FROM point_accounts WHERE user_id = :id"
            balance = await town.scalar(query, id=user_id)

    _, *counts = await asyncio.gather(expire(), *(spend(one) for one in sessions))
    taken = sum(counts)

    query = "SELECT coalesce(-sum(points), 0) FROM point_entries WHERE user_id = :id AND kind = "
    spent = await town.scalar(f"{query}'REDEEM_REWARD'", id=user_id)
    expired = await town.scalar(f"{query}'EXPIRE_POINTS'", id=user_id)
    assert spent == taken * COST
    assert spent + expired == 20 * COST
    late = (
        "SELECT count(*) FROM user_rewards r WHERE r.user_id = :id AND r.redeemed_at >= "
        "(SELECT max(expires_at) FROM point_lots WHERE user_id = :id)"
    )
    assert await town.scalar(late, id=user_id) == 0
    assert await _adds_up(town)


async def test_r22_points_of_an_order_are_spent_while_its_money_goes_back(town):
    variant_id = await town.stock(5, price_minor=7000)
    reward_id = await _reward(town, max_redemptions_per_user=99)
    email = "r22@example.org"
    buyer, user_id = await _member(town, email, 5)
    await buyer.put(variant_id)
    placed = await buyer.check_out(7000, email=email)
    assert placed.status_code == 201, placed.text
    await buyer.pay(placed.json()["url"])
    balance = "SELECT balance FROM point_accounts WHERE user_id = :id"
    await town.until(balance, 75, id=user_id)
    number = await town.scalar("SELECT number FROM orders WHERE user_id = :id", id=user_id)
    sam, sam_id = await _member(town, "r22-staff@example.org", 1)
    async with town.database.unit_of_work() as session:
        await session.execute(
            text("UPDATE users SET role = 'MANAGER' WHERE id = :id"), {"id": sam_id}
        )
    sessions = [await _same_person(town, email) for _ in range(6)]

    refund = sam.client.post_json(f"/api/v1/staff/orders/{number}/refunds", {})
    answer, *outcomes = await asyncio.gather(refund, *(_take(one, reward_id) for one in sessions))

    assert answer.status_code < 300, answer.text
    total = "SELECT balance - debt FROM point_accounts WHERE user_id = :id"
    spent = outcomes.count("taken") * COST
    await town.until(total, 5 - spent, id=user_id)
    assert await town.scalar("SELECT debt FROM point_accounts WHERE user_id = :id", id=user_id) == (
        max(0, spent - 5)
    )
    assert await _adds_up(town)
