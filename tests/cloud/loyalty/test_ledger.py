"""The points' ledger: any history is what simple reckoning says, and sums are balances."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from cloud.loyalty.errors import NotEnoughPoints
from cloud.loyalty.events import PointsExpireSoon
from cloud.loyalty.kinds import EntryKind
from cloud.loyalty.models import PointEntry
from cloud.loyalty.repository.points import list_unexplained
from cloud.loyalty.service.desk import standing
from cloud.loyalty.service.ledger import Reason, credit, debit, open_account, take_back
from cloud.loyalty.service.warning import warn
from tests.fakes.point_model import PointModel

pytestmark = pytest.mark.needs_postgres

HISTORIES = 300
LONG_HISTORIES = 10_000
TOGETHER = 100


class Member:
    """A member with real points, and the same ones reckoned simply."""

    def __init__(self, session, user_id, order_id, now, dice):
        self.session, self.user_id, self.order_id = session, user_id, order_id
        self.now, self.dice = now, dice
        self.model = PointModel()
        self.entry_ids = []

    async def live(self):
        """Go through a drawn history, and compare after each step."""
        for _ in range(self.dice.randint(2, 8)):
            await self.dice.choice(
                (self.earn, self.earn, self.spend, self.spend, self.lose, self.wait)
            )()
            found = await standing(self.session, self.user_id, self.now)
            self.model.expire(self.now)
            assert (found.balance, found.debt) == (len(self.model.points), self.model.debt)

    async def earn(self):
        points = self.dice.randint(1, 60)
        account = await open_account(self.session, self.user_id, self.now)
        await credit(self.session, account, Reason(EntryKind.STAFF_CREDIT), points, self.now)
        self.model.credit(points, self.now)
        newest = select(PointEntry.id).order_by(PointEntry.id.desc()).limit(1)
        self.entry_ids.append(await self.session.scalar(newest))

    async def spend(self):
        points = self.dice.randint(1, 60)
        account = await open_account(self.session, self.user_id, self.now)
        try:
            await debit(self.session, account, Reason(EntryKind.STAFF_DEBIT), points, self.now)
        except NotEnoughPoints:
            assert not self.model.debit(points, self.now)
        else:
            assert self.model.debit(points, self.now)

    async def lose(self):
        if not self.entry_ids:
            return
        number = self.dice.randint(1, len(self.entry_ids))
        points = self.dice.randint(1, 60)
        account = await open_account(self.session, self.user_id, self.now)
        reason = Reason(EntryKind.REFUND_POINTS, order_id=self.order_id)
        first = self.entry_ids[number - 1]
        await take_back(self.session, account, reason, points, self.now, first=first)
        self.model.take_back(points, number, self.now)

    async def wait(self):
        self.now += timedelta(days=self.dice.choice((1, 100, 365, 730)))


async def _members(session, count):
    found = await session.scalars(
        text(
            "INSERT INTO users (email, name, role) "
            "SELECT 'm' || gen_random_uuid() || '@example.org', 'M', 'CUSTOMER' "
            "FROM generate_series(1, :count) RETURNING id"
        ),
        {"count": count},
    )
    return found.all()


# Ten thousand histories in a long run, on whatever machine.
@pytest.mark.timeout(900)
async def test_drawn_histories_are_what_simple_reckoning_says(market, place, is_long_run):
    order_id = await place()
    dice = random.Random(20261128)
    for _ in range((LONG_HISTORIES if is_long_run else HISTORIES) // TOGETHER):
        async with market.database.unit_of_work() as session:
            for user_id in await _members(session, TOGETHER):
                await Member(session, user_id, order_id, market.clock.now(), dice).live()
            assert await list_unexplained(session) == []


async def test_what_expires_first_is_spent_first_and_is_gone_at_its_very_moment(market, place):
    now = market.clock.now()
    async with market.database.unit_of_work() as session:
        [user_id] = await _members(session, 1)
        account = await open_account(session, user_id, now)
        await credit(session, account, Reason(EntryKind.STAFF_CREDIT), 30, now)
        later = now + timedelta(days=10)
        account = await open_account(session, user_id, later)
        await credit(session, account, Reason(EntryKind.STAFF_CREDIT), 5, later)
        await debit(session, account, Reason(EntryKind.STAFF_DEBIT), 10, later)

        last = now + timedelta(days=730)
        just_before = await standing(session, user_id, last - timedelta(microseconds=1))
        assert (just_before.balance, just_before.soon, just_before.next_expiry) == (25, 25, last)
        assert (await standing(session, user_id, last)).balance == 5
        account = await open_account(session, user_id, last)
        with pytest.raises(NotEnoughPoints):
            await debit(session, account, Reason(EntryKind.STAFF_DEBIT), 6, last)
        gone = select(PointEntry.points).where(PointEntry.kind == EntryKind.EXPIRE_POINTS)
        assert await session.scalar(gone) == -20


async def test_the_job_writes_off_what_expired_and_finds_what_does_not_add_up(
    market, do_jobs, caplog
):
    now = market.clock.now()
    async with market.database.unit_of_work() as session:
        members = await _members(session, 3)
        for user_id in members:
            account = await open_account(session, user_id, now)
            await credit(session, account, Reason(EntryKind.STAFF_CREDIT), 7, now)

    await market.clock.advance(731 * 86_400)
    await do_jobs()

    assert await market.scalar("SELECT sum(balance) FROM point_accounts") == 0
    assert await market.scalar("SELECT count(*) FROM point_entries WHERE points = -7") == 3
    await market.run("UPDATE point_accounts SET balance = 1 WHERE user_id = :id", id=members[1])
    async with market.database.unit_of_work() as session:
        [odd] = await list_unexplained(session)
    assert (odd.user_id, odd.balance, odd.booked, odd.in_lots) == (members[1], 1, 0, 0)


async def test_points_that_go_soon_are_told_once_for_each_earning_and_distance(club, clock):
    user_id = await club.member("m@example.org")
    await club.earns(user_id, 30, "a")
    await clock.advance(10 * 86_400)
    await club.earns(user_id, 5, "b")
    first = clock.now() + timedelta(days=720)

    async def told_at(at):
        async with club.unit() as session:
            await warn(session, at, most=100)
        return [
            (one.points, one.within_days, one.expires_at) for one in club.told(PointsExpireSoon)
        ]

    assert await told_at(first - timedelta(days=31)) == []
    assert await told_at(first - timedelta(days=30)) == [(30, 30, first)]
    assert await told_at(first - timedelta(days=29)) == []
    async with club.unit() as session:
        account = await open_account(session, user_id, clock.now())
        await debit(session, account, Reason(EntryKind.STAFF_DEBIT), 20, clock.now())
    assert await told_at(first - timedelta(days=7)) == [
        (10, 7, first),
        (5, 30, first + timedelta(days=10)),
    ]
    # The worker stood still: the nearer notice stands for the wider one.
    assert await told_at(first + timedelta(days=4)) == [(5, 7, first + timedelta(days=10))]
    assert await told_at(first + timedelta(days=10)) == []
