"""Whatever its owner, staff, the bank and time do to a subscription, these things hold.

A sample of drawn histories in CI; `--long` plays two thousand.
"""

import asyncio
import itertools
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from cloud.composition import Parts, build_parts
from cloud.foundation.identity import Role
from cloud.orders.actors import ActorKind
from cloud.settings import CloudSettings
from cloud.site.seed import seed_site
from cloud.subscriptions.frequencies import Frequency
from cloud.subscriptions.states import SubscriptionStatus, can_move
from tests.fakes.clock import ManualClock
from tests.fakes.shelf import put_on_shelf
from tests.fakes.steady_customer import SteadyCustomer
from tests.fakes.stripe.server import API_KEY, WEBHOOK_SECRET

pytestmark = [pytest.mark.needs_postgres, pytest.mark.timeout(3600)]

_S = SubscriptionStatus
_DEEDS = (
    *("pause", "resume", "skip", "move", "rhythm", "retry"),
    *("cancel", "suspend", "unsuspend", "price", "shop", "stock"),
)
_people = itertools.count(1)
steps = st.one_of(
    st.tuples(st.just("days"), st.integers(1, 45)),
    st.tuples(st.just("days"), st.integers(1, 5)),
    st.tuples(st.just("bank"), st.integers(0, 1)),
    st.tuples(st.sampled_from(_DEEDS), st.integers(1, 40)),
    st.tuples(st.just("late"), st.integers(0, 25)),
)
# What a status allows its owner and staff; everything else is refused.
ALLOWED = {
    "pause": {_S.ACTIVE, _S.PAUSED},
    "resume": {_S.ACTIVE, _S.PAUSED, _S.EXPIRED},
    "skip": {_S.ACTIVE, _S.PENDING_PAYMENT},
    "move": {_S.ACTIVE, _S.PENDING_PAYMENT},
    "rhythm": {_S.ACTIVE, _S.PAUSED, _S.PENDING_PAYMENT},
    "retry": {_S.PENDING_PAYMENT},
    "cancel": set(_S),
    # Once more for the same reason changes nothing.
    "suspend": {_S.ACTIVE, _S.PAUSED, _S.PENDING_PAYMENT, _S.ADMIN_SUSPENDED},
    "unsuspend": {_S.ACTIVE, _S.ADMIN_SUSPENDED},
}


@pytest.fixture
def shop_settings(database_url: str) -> CloudSettings:
    """A shop whose bank is asked by nobody."""
    return CloudSettings(
        database_url=database_url,
        public_url="http://127.0.0.1",
        session_secret="s" * 32,
        stripe_secret_key=API_KEY,
        stripe_webhook_secret=WEBHOOK_SECRET,
        vies_url="",
    )


def test_every_history_keeps_what_was_promised(
    shop_settings: CloudSettings, is_long_run: bool
) -> None:
    clock = ManualClock(datetime(2026, 1, 31, 12, tzinfo=UTC))
    parts = build_parts(shop_settings, clock, name="machine")

    with asyncio.Runner() as runner:
        runner.run(_open(parts))

        @settings(
            max_examples=2_000 if is_long_run else 5,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(st.sampled_from(Frequency), st.lists(steps, min_size=4, max_size=25))
        def play(frequency: Frequency, plan: list[tuple[str, int]]) -> None:
            runner.run(_play(parts, clock, frequency, plan))

        try:
            play()
        finally:
            runner.run(parts.close())


async def _open(parts: Parts) -> None:
    async with parts.database.unit_of_work() as session:
        await seed_site(session)


async def _member(parts: Parts, clock: ManualClock) -> SteadyCustomer:
    number = next(_people)
    async with parts.database.unit_of_work() as session:
        variant_id = (await put_on_shelf(session, f"M-{number}", bottles=500)).id
        await session.execute(text("UPDATE subscription_shop SET is_paused = false"))
        user_id = await session.scalar(
            text("INSERT INTO users (email, name, role) VALUES (:email, 'M', :role) RETURNING id"),
            {"email": f"m{number}@example.org", "role": Role.CUSTOMER.value},
        )
        facts = {"id": user_id, "customer": f"cus_{number}", "method": f"pm_{number}"}
        await session.execute(
            text(
                "INSERT INTO addresses (user_id, kind, is_default, recipient, line1, line2, city,"
                " region, postcode, country, phone) VALUES (:id, 'SHIPPING', true, 'M', 'L', '',"
                " 'Berlin', '', '10115', 'DE', '')"
            ),
            facts,
        )
        await session.execute(
            text(
                "INSERT INTO payment_customers (user_id, provider_customer_id)"
                " VALUES (:id, :customer)"
            ),
            facts,
        )
        await session.execute(
            text(
                "INSERT INTO saved_cards (user_id, provider_method_id, brand, last4, exp_month,"
                " exp_year, is_default) VALUES (:id, :method, 'visa', '4242', 12, 2060, true)"
            ),
            facts,
        )
    return SteadyCustomer(parts, clock, int(user_id or 0), variant_id)


async def _play(
    parts: Parts, clock: ManualClock, frequency: Frequency, plan: list[tuple[str, int]]
) -> None:
    member = await _member(parts, clock)
    await member.subscribe(frequency)
    for deed, number in [("days", 0), *plan]:
        before = await member.state()
        bills = len(await member.rows(_BILLED))
        is_shop_paused = bool(
            await member.rows("SELECT 1 FROM subscription_shop WHERE is_paused AND :id > 0")
        )
        if deed == "days":
            await member.passes(number, at_once=2)
        elif deed == "bank":
            member.bank_pays = bool(number)
        elif deed == "late":
            standing = await member.rows(_STANDING)
            await member.repeats(number)
            assert await member.rows(_STANDING) == standing
        else:
            done = await member.does(deed, number)
            assert deed not in ALLOWED or done is (before.status in ALLOWED[deed]), deed
        billed = await member.rows(_BILLED)
        added = len(billed) - bills
        # However many days went by, and however often it was attended: one parcel.
        assert added <= (deed == "days")
        if added:
            assert before.status in (_S.ACTIVE, _S.PENDING_PAYMENT)
            assert before.question is None
            assert not is_shop_paused
            # Never more than was told before this day.
            assert billed[-1].total_minor <= before.total_minor
        await _hold(member)


_BILLED = """
    SELECT number, total_minor FROM subscription_cycles
    WHERE subscription_id = :id AND status <> 'SKIPPED' ORDER BY number
"""
# All that a copy of an old request could change.
_STANDING = """
    SELECT to_jsonb(s) - 'updated_at', (SELECT count(*) FROM subscription_history AS h
        WHERE h.subscription_id = s.id) FROM subscriptions AS s WHERE id = :id
"""
_CYCLES = """
    SELECT c.number, c.status, c.total_minor, c.tries, c.decided_at, c.due_on,
        (SELECT count(*) FROM orders o WHERE o.subscription_cycle_id = c.id) AS orders,
        (SELECT count(*) FROM orders o JOIN payments p ON p.order_id = o.id
            WHERE o.subscription_cycle_id = c.id AND p.is_accepted) AS paid,
        (SELECT count(*) FROM orders o JOIN payments p ON p.order_id = o.id
            WHERE o.subscription_cycle_id = c.id) AS charges
    FROM subscription_cycles AS c WHERE subscription_id = :id ORDER BY number
"""
_STEPS = """
    SELECT previous, status, what, detail, actor_kind, at FROM subscription_history
    WHERE subscription_id = :id ORDER BY id
"""


async def _hold(member: SteadyCustomer) -> None:
    found = await member.state()
    cycles = await member.rows(_CYCLES)
    history = await member.rows(_STEPS)
    retried = sum(1 for step in history if step.what == "retried")
    for cycle in cycles:
        is_left_out = cycle.status == "SKIPPED"
        assert cycle.orders == (0 if is_left_out else 1)
        assert cycle.paid == (1 if cycle.status == "PAID" else 0)
        assert cycle.charges <= cycle.tries <= 1 + retried
    assert sum(1 for cycle in cycles if cycle.status == "BILLED") <= 1
    assert found.next_number > max((cycle.number for cycle in cycles), default=-1)
    assert found.total_minor <= found.max_total_minor
    _follows_the_edges(history)


def _follows_the_edges(history: list[Any]) -> None:
    standing = SubscriptionStatus.ACTIVE
    for step in history:
        previous, to = _S(step.previous), _S(step.status)
        assert previous is standing
        if previous is not to:
            assert can_move(previous, to, ActorKind(step.actor_kind))
        standing = to
