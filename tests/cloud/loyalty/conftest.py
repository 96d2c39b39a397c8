"""The shop of these tests: bottles for 28.90 EUR, delivered to Germany; and members in it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.checkout import service as checkout
from cloud.composition import Parts
from cloud.foundation.events import EventBook
from cloud.loyalty.events import PointsEarned, PointsExpireSoon, RewardRedeemed, TierReached
from cloud.loyalty.kinds import EntryKind
from cloud.loyalty.repository.points import list_unexplained
from cloud.loyalty.service.desk import standing
from cloud.loyalty.service.earning import earn
from cloud.loyalty.service.ledger import Reason, open_account
from cloud.orders import service as orders
from cloud.orders.actors import Actor, ActorKind
from cloud.refunds import service as refunds
from cloud.refunds.schemas import RefundRequest
from tests.fakes.clock import ManualClock
from tests.fakes.market import Market, Place, fake_stripe, market, place, relay, settings

__all__ = ["fake_stripe", "market", "place", "relay", "settings"]

SAM = Actor(ActorKind.STAFF, None, "Sam")
_News = TypeVar("_News")

TENTH = {"name": "A tenth off", "kind": "PERCENT", "basis_points": 1000, "cost_points": 40}


@dataclass
class Club:
    """Members, their points, and what is told of them."""

    parts: Parts
    clock: ManualClock
    news: list[Any] = field(default_factory=list)

    @asynccontextmanager
    async def unit(self) -> AsyncIterator[AsyncSession]:
        """Open a unit of work whose news of points are kept, and go nowhere else."""
        kinds = (PointsEarned, TierReached, RewardRedeemed, PointsExpireSoon)
        async with self.parts.database.unit_of_work() as session:
            EventBook({kind: [self._hear] for kind in kinds}).attach(session)
            yield session

    async def _hear(self, _session: AsyncSession, event: object) -> None:
        self.news.append(event)

    def told(self, kind: type[_News]) -> list[_News]:
        """Return the news of a kind, and forget all."""
        found = [one for one in self.news if isinstance(one, kind)]
        self.news.clear()
        return found

    async def member(self, email: str, **facts: object) -> int:
        """Add an account and return its id."""
        values = {"email": email, "now": self.clock.now(), **facts}
        async with self.parts.database.unit_of_work() as session:
            found = await session.scalar(
                text(
                    "INSERT INTO users (email, name, role, created_at) "
                    "VALUES (:email, 'M', 'CUSTOMER', :now) RETURNING id"
                ),
                values,
            )
        return int(found or 0)

    async def earns(self, user_id: int, points: int, key: str) -> None:
        """Give a member points that count towards tiers."""
        async with self.unit() as session:
            now = self.clock.now()
            reason = Reason(EntryKind.EARN_SOCIAL_SHARE, once_key=key, tier_points=points)
            await earn(session, await open_account(session, user_id, now), reason, points, now)

    async def balance(self, user_id: int) -> tuple[int, int]:
        """Return what a member can spend and owes; all accounts add up."""
        async with self.parts.database.unit_of_work() as session:
            assert await list_unexplained(session) == []
            found = await standing(session, user_id, self.clock.now())
        return found.balance, found.debt


@pytest.fixture
def club(parts: Parts, clock: ManualClock) -> Club:
    """The members of the shop."""
    return Club(parts, clock)


@dataclass(frozen=True)
class Bought:
    """A member's paid order and the intent that paid it."""

    market: Market
    order_id: int
    intent_id: str

    async def arrive(self) -> None:
        """Let the parcel be sent and arrive."""
        async with self.market.database.unit_of_work() as session:
            await session.execute(
                text("UPDATE orders SET status = 'DELIVERED', delivered_at = :now WHERE id = :id"),
                {"id": self.order_id, "now": self.market.clock.now()},
            )

    async def refund(self, **asked: Any) -> None:
        """Give money back, all of it unless said otherwise."""
        async with self.market.database.unit_of_work() as session:
            await refunds.refund_order(
                session,
                self.market.parts.gateway,
                self.order_id,
                RefundRequest(**asked),
                actor=SAM,
                now=self.market.clock.now(),
            )
        await self.market.settle()

    async def is_disputed(self) -> str:
        """Let the buyer's bank object, and return the dispute's id."""
        dispute = self.market.stripe.dispute(self.intent_id)
        await self.market.settle()
        return str(dispute["id"])

    async def ends(self, dispute_id: str, outcome: str) -> None:
        """Let the bank decide."""
        self.market.stripe.decide(dispute_id, outcome)
        await self.market.settle()


Buy = Callable[..., Awaitable[Bought]]


@pytest.fixture
def buy(market: Market, place: Place) -> Buy:
    """Let a member buy bottles and pay them."""

    async def run(user_id: int, quantity: int = 2) -> Bought:
        parts = market.parts
        order_id = await place(quantity, user_id=user_id)
        url = await checkout.pay_by_page(
            parts.database, parts.gateway, market.clock, parts.links, order_id
        )
        intent = market.stripe.pay(url.rsplit("/", 1)[-1], "pm_card_visa")
        await market.settle()
        async with market.database.unit_of_work() as session:
            assert (await orders.read_order(session, order_id)).paid_at is not None
        return Bought(market, order_id, str(intent["id"]))

    return run


@pytest.fixture
async def offer(staff):
    """Make a reward and return it."""

    async def run(**facts):
        answer = await staff.post_json("/api/v1/staff/rewards", TENTH | facts)
        assert answer.status_code == 201, answer.text
        return answer.json()

    return run


@pytest.fixture
async def rich(market, staff, customer):
    """A member with a hundred points."""
    wish = {"user_id": await market.user_id(), "points": 100, "reason": "Welcome"}
    assert (await staff.post_json("/api/v1/staff/points", wish)).status_code == 200
    return customer
