"""A subscriber in a real shop, whose bank says what a plan tells it: for plans drawn by Hypothesis.

Everything is the application's own but the bank: what a payment came to is told to the checkout
as the provider's word. Nothing goes over a wire, so thousands of plans can be played.
"""

import itertools
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.checkout import service as checkout
from cloud.composition import Parts
from cloud.foundation.errors import CloudError
from cloud.orders.actors import SYSTEM, Actor, ActorKind
from cloud.payments.states import IntentState, IntentStatus, Refusal
from cloud.subscriptions import repository, service
from cloud.subscriptions.errors import SubscriptionRefused
from cloud.subscriptions.frequencies import Frequency
from cloud.subscriptions.models import Subscription
from cloud.subscriptions.schemas import (
    DayAsked,
    NewSubscription,
    ParcelAsked,
    PauseAsked,
    RetryAsked,
    Seen,
    SubscriptionChange,
    SuspensionAsked,
)
from cloud.subscriptions.service import by_staff, changing, ending, one_parcel, pausing
from cloud.subscriptions.service.locking import lock
from tests.fakes.clock import ManualClock

_numbers = itertools.count(1)
OWNER = ActorKind.CUSTOMER


# What a late copy could undo, if nothing said what it is about.
_REPEATABLE = {"pause", "resume", "skip", "move", "rhythm", "cancel", "suspend", "unsuspend"}


@dataclass(frozen=True)
class Ask:
    """A deed with what was shown to whoever asked for it: the version, the parcel and the day."""

    deed: str
    number: int
    version: int
    parcel: int
    day: date


@dataclass
class SteadyCustomer:
    """One member with one subscription; `refused` is whether the last deed was refused."""

    parts: Parts
    clock: ManualClock
    user_id: int
    variant_id: int
    subscription_id: int = 0
    bank_pays: bool = True
    done: list[Ask] = field(default_factory=list)

    async def subscribe(self, frequency: Frequency) -> None:
        """Subscribe from today on."""
        now = self.clock.now()
        async with self.parts.database.unit_of_work() as session:
            asked = ParcelAsked(variant_id=self.variant_id)
            quote = await service.quote(session, self.user_id, asked, now)
            made = await service.create(
                session,
                self.user_id,
                NewSubscription(
                    variant_id=self.variant_id,
                    frequency=frequency,
                    seen_total_minor=quote.total_minor,
                    max_total_minor=quote.total_minor + 500,
                ),
                key=str(next(_numbers)),
                actor=self.actor(OWNER),
                now=now,
            )
        self.subscription_id = made.id

    def actor(self, kind: ActorKind) -> Actor:
        """Return who does it."""
        return SYSTEM if kind is ActorKind.SYSTEM else Actor(kind, self.user_id)

    async def state(self) -> Subscription:
        """Return the subscription as it stands."""
        async with self.parts.database.unit_of_work() as session:
            found = await repository.fetch(session, self.subscription_id)
        assert found is not None
        return found

    async def rows(self, query: str) -> list[Any]:
        """Return rows about this subscription; the query names it :id."""
        async with self.parts.database.reading() as connection:
            found = await connection.execute(text(query), {"id": self.subscription_id})
            return list(found.all())

    async def passes(self, days: int, *, at_once: int = 1) -> None:
        """Let days pass unattended, then do what is due, as often as workers ask."""
        await self.clock.advance(timedelta(days=days))
        for _ in range(at_once):
            await self._attend()
            await self._bank()
        await self._end_overdue()

    async def _attend(self) -> None:
        now = self.clock.now()
        async with self.parts.database.unit_of_work() as session:
            paused = await repository.is_shop_paused(session)
            due = await repository.due_ids(session, now, is_shop_paused=paused, limit=10_000)
        if self.subscription_id not in due:
            return
        async with self.parts.database.unit_of_work() as session:
            await service.attend(session, self.parts.subscriptions, self.subscription_id, now)

    async def _bank(self) -> None:
        """Let the bank answer what it was asked."""
        open_charges = """
            SELECT p.id, p.order_id, p.amount_minor, p.currency FROM payments AS p
            JOIN orders AS o ON o.id = p.order_id
            JOIN subscription_cycles AS c ON c.id = o.subscription_cycle_id
            WHERE c.subscription_id = :id AND p.status = 'pending'
        """
        for row in await self.rows(open_charges):
            pays = self.bank_pays
            state = IntentState(
                intent_id=f"pi_{row.id}",
                status=IntentStatus.SUCCEEDED if pays else IntentStatus.REFUSED,
                received_minor=row.amount_minor if pays else 0,
                currency=row.currency,
                reference=None,
                refusal=None if pays else Refusal("card_declined", "No.", needs_customer=False),
            )
            async with self.parts.database.unit_of_work() as session:
                await checkout.settle(session, row.order_id, row.id, state, self.clock.now())

    async def _end_overdue(self) -> None:
        overdue = """
            SELECT o.id FROM orders AS o JOIN subscription_cycles AS c
            ON c.id = o.subscription_cycle_id
            WHERE c.subscription_id = :id AND o.status = 'AWAITING_PAYMENT'
        """
        for row in await self.rows(overdue):
            async with self.parts.database.unit_of_work() as session:
                await checkout.end_unpaid(session, row.id, self.clock.now())

    async def does(self, deed: str, number: int) -> bool:
        """Try a deed as its owner (or staff, for theirs); tell whether it was allowed."""
        shown = await self.state()
        today = self.clock.now().date()
        ask = Ask(deed, number, shown.version, shown.next_number, today)
        is_done = await self._tries(ask)
        if is_done and deed in _REPEATABLE:
            self.done.append(ask)
        return is_done

    async def repeats(self, number: int) -> None:
        """Send something that was done once more, as it was asked then."""
        if self.done:
            await self._tries(self.done[number % len(self.done)])

    async def _tries(self, ask: Ask) -> bool:
        try:
            async with self.parts.database.unit_of_work() as session:
                found = await lock(session, self.subscription_id)
                await self._deed(session, found, ask, self.clock.now())
        except CloudError:
            return False
        return True

    async def _deed(
        self, session: AsyncSession, found: Subscription, ask: Ask, now: datetime
    ) -> None:
        owner, deed, number, seen = self.actor(OWNER), ask.deed, ask.number, ask.version
        if deed == "pause":
            until = ask.day + timedelta(days=number) if number % 2 else None
            await pausing.pause(
                session, found, PauseAsked(resume_on=until, version=seen), actor=owner, now=now
            )
        elif deed == "resume":
            await pausing.resume(session, found, Seen(version=seen), actor=owner, now=now)
        elif deed == "skip":
            await one_parcel.skip(session, found, ask.parcel, actor=owner, now=now)
        elif deed == "move":
            asked = DayAsked(
                number=ask.parcel,
                day=ask.day + timedelta(days=number),
                counts_from_there=number % 2 == 0,
                version=seen,
            )
            await one_parcel.choose_day(session, found, asked, actor=owner, now=now)
        elif deed == "rhythm":
            change = SubscriptionChange(frequency=list(Frequency)[number % 7], version=seen)
            await changing.change(session, found, change, actor=owner, now=now)
        elif deed == "retry":
            await self._try_again(session, found, now)
        else:
            await self._other_deed(session, found, ask, now)

    async def _try_again(self, session: AsyncSession, found: Subscription, now: datetime) -> None:
        unpaid = await repository.open_cycle(session, found.id)
        if unpaid is None:
            raise SubscriptionRefused(found.status)
        asked = RetryAsked(number=unpaid.number, tries=unpaid.tries)
        await one_parcel.try_again(session, found, asked, now)

    async def _other_deed(
        self, session: AsyncSession, found: Subscription, ask: Ask, now: datetime
    ) -> None:
        deed, number = ask.deed, ask.number
        owner, staff = self.actor(OWNER), self.actor(ActorKind.STAFF)
        if deed == "cancel":
            desk = self.parts.subscriptions
            await ending.cancel(session, desk, found, actor=owner, now=now, reason="customer")
        elif deed == "suspend":
            await by_staff.stop(
                session,
                found,
                SuspensionAsked(reason="looked at", version=ask.version),
                actor=staff,
                now=now,
            )
        elif deed == "unsuspend":
            await by_staff.lift(session, found, Seen(version=ask.version), actor=staff, now=now)
        elif deed == "shop":
            (await repository.shop_locked(session)).is_paused = number % 2 == 0
        else:
            column = "price_minor = :number" if deed == "price" else "is_active = :number % 2 = 1"
            price = 2000 + number * 40 if deed == "price" else number
            await session.execute(
                text(f"UPDATE variants SET {column} WHERE id = :id"),
                {"number": price, "id": self.variant_id},
            )
