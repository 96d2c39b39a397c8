"""Nothing is charged that was not told: prices that rise, what is missing, a shop that pauses."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from cloud.checkout import service as checkout
from cloud.subscriptions import service
from tests.fakes.cloud_client import CloudClient
from tests.fakes.club import PLACE, Club
from tests.fakes.market import stock

pytestmark = pytest.mark.needs_postgres

WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    " AND cardinality(pg_blocking_pids(pid)) > 0"
)


async def test_a_higher_price_is_told_days_before_it_is_charged(club: Club) -> None:
    made = await club.subscribe(first_on="2026-03-20")
    old = (await club.view(made))["total_minor"]
    await club.market.run("UPDATE variants SET price_minor = price_minor + 100")

    await club.goes_to("2026-03-17")

    found = await club.view(made)
    assert (found["total_minor"], found["next_billing_on"]) == (old + 100, "2026-03-20")
    await club.goes_to("2026-03-20")
    assert club.market.stripe.count("charge", amount=old + 100) == 1


async def test_a_price_that_rose_since_the_reminder_moves_the_day_and_tells_it(club: Club) -> None:
    made = await club.subscribe(first_on="2026-03-20")
    old = (await club.view(made))["total_minor"]
    await club.goes_to("2026-03-18")
    await club.market.run("UPDATE variants SET price_minor = price_minor + 100")

    await club.goes_to("2026-03-20")

    assert club.market.stripe.count("charge") == 0
    found = await club.view(made)
    assert (found["next_billing_on"], found["total_minor"]) == ("2026-03-22", old + 100)
    assert (await club.told()).count("reminded") == 2
    await club.goes_to("2026-03-22")
    assert club.market.stripe.count("charge", amount=old + 100) == 1
    assert (await club.view(made))["next_billing_on"] == "2026-04-20"


async def test_a_lower_price_is_charged_as_it_is(club: Club) -> None:
    await club.subscribe(first_on="2026-03-20")
    await club.goes_to("2026-03-18")
    await club.market.run("UPDATE variants SET price_minor = 1000")

    await club.goes_to("2026-03-20")

    assert len(await club.paid_days()) == 1
    assert await club.market.scalar("SELECT subtotal_minor FROM orders") == 1000


async def test_above_the_ceiling_its_owner_is_asked_and_nothing_is_charged(club: Club) -> None:
    made = await club.subscribe(first_on="2026-03-04")
    await club.market.run("UPDATE variants SET price_minor = 9000")

    await club.lives_until("2026-03-10")

    found = await club.view(made)
    assert (found["question"], found["next_billing_on"]) == ("PRICE_ABOVE_LIMIT", None)
    assert club.market.stripe.count("charge") == 0
    total = (await club.asked())["seen_total_minor"]
    wrong = await club.client.post_json(
        f"{PLACE}/{made}/accept-price", {"seen_total_minor": total - 1}
    )
    assert wrong.status_code == 409
    await club.does(made, "accept-price", seen_total_minor=total)
    # Its day is long past: the answer names no other, so one is told before it is charged.
    await club.goes_to("2026-03-11")
    assert club.market.stripe.count("charge") == 0
    assert (await club.told())[-1] == "reminded"
    await club.goes_to("2026-03-12")
    assert club.market.stripe.count("charge", amount=total) == 1


async def test_a_limit_in_one_currency_is_none_in_another(club: Club) -> None:
    made = await club.subscribe(first_on="2026-03-04", max_total_minor=9000)
    await club.market.run("UPDATE site_settings SET currency = 'USD'")
    await club.market.run("UPDATE variants SET currency = 'USD', price_minor = price_minor + 100")
    await club.goes_to("2026-03-04")
    total = (await club.asked())["seen_total_minor"]

    found = await club.does(made, "accept-price", seen_total_minor=total)

    assert (found["currency"], found["total_minor"]) == ("USD", total)
    # Nobody ever agreed to 90 dollars.
    assert found["max_total_minor"] == total


@pytest.mark.parametrize(
    ("change", "question", "mend"),
    [
        ("out", "OUT_OF_STOCK", "in"),
        (
            "UPDATE products SET published_at = NULL",
            "NOT_SOLD",
            "UPDATE products SET published_at = '2025-01-01'",
        ),
        (
            "UPDATE variants SET is_active = false",
            "NOT_SOLD",
            "UPDATE variants SET is_active = true",
        ),
    ],
)
async def test_what_is_missing_is_asked_about_and_never_substituted(
    club: Club, change: str, question: str, mend: str
) -> None:
    made = await club.subscribe(first_on="2026-03-04")
    await _do(club, change)

    await club.goes_to("2026-03-04")

    found = await club.view(made)
    assert (found["status"], found["question"]) == ("ACTIVE", question)
    await _do(club, mend)
    await club.goes_to("2026-03-06")
    assert club.market.stripe.count("charge") == 0
    # There again: its owner hears the new day before it.
    assert (await club.view(made))["next_billing_on"] == "2026-03-08"
    await club.goes_to("2026-03-08")
    assert await club.paid_days() == ["2026-03-08"]


@pytest.mark.parametrize("change", ["out", "UPDATE variants SET price_minor = 9000"])
async def test_what_its_owner_changes_after_a_question_is_charged_on_a_day_that_was_told(
    club: Club, change: str
) -> None:
    made = await club.subscribe(first_on="2026-03-04")
    await _do(club, change)
    await club.goes_to("2026-03-04")
    asked = (await club.view(made))["question"]
    async with club.market.database.unit_of_work() as session:
        other = await stock(session, sku="OTHER-50")
    total = (await club.asked(variant_id=other))["seen_total_minor"]

    await club.goes_to("2026-03-06")
    swap = {"variant_id": other, "seen_total_minor": total}
    changed = await club.client.patch_json(f"{PLACE}/{made}", swap)
    await club.turn()

    assert asked in ("OUT_OF_STOCK", "PRICE_ABOVE_LIMIT")
    assert (changed.json()["question"], changed.json()["next_billing_on"]) == (None, "2026-03-08")
    assert (await club.told())[-1] == "reminded"
    assert club.market.stripe.count("charge") == 0
    await club.goes_to("2026-03-08")
    assert await club.paid_days() == ["2026-03-08"]


async def _do(club: Club, change: str) -> None:
    if change in ("in", "out"):
        await club.hold_all(is_held=change == "out")
    else:
        await club.market.run(change)


async def test_what_is_missing_is_left_out_where_its_owner_said_so(club: Club) -> None:
    made = await club.subscribe(first_on="2026-03-04", when_missing="SKIP")
    await club.hold_all(is_held=True)

    await club.goes_to("2026-03-04")

    found = await club.view(made)
    assert (found["question"], found["next_billing_on"]) == (None, "2026-04-04")
    assert found["cycles"][0]["reason"] == "OUT_OF_STOCK"


async def test_unanswered_for_a_turn_the_parcel_is_left_out_and_nobody_is_ended(
    club: Club,
) -> None:
    made = await club.subscribe(first_on="2026-03-04", frequency="WEEKLY")
    await club.market.run("UPDATE variants SET is_active = false")

    await club.lives_until("2026-03-20")

    found = await club.view(made)
    assert (found["status"], found["question"]) == ("ACTIVE", "NOT_SOLD")
    assert [one["reason"] for one in found["cycles"]] == ["unanswered"]


async def test_while_the_shop_pauses_days_move_on_and_nobody_is_charged_or_ended(
    club: Club, admin: CloudClient
) -> None:
    await club.cards_fail()
    unpaid = await club.subscribe()
    await club.card_works()
    made = await club.subscribe(frequency="WEEKLY", first_on="2026-03-04")
    at = "/api/v1/staff/subscriptions/shop-pause"
    paused = await admin.put_json(at, {"is_paused": True, "version": 1})
    stale = await admin.put_json(at, {"is_paused": False, "version": 1})

    await club.lives_until("2026-03-12")

    assert (paused.json()["version"], stale.status_code) == (2, 412)
    assert club.market.stripe.count("charge") == 1
    assert (await club.told()).count("reminded") == 0
    found = await club.view(made)
    assert (found["status"], found["next_billing_on"]) == ("ACTIVE", "2026-03-18")
    assert [one["reason"] for one in found["cycles"]] == ["shop_paused"] * 2
    assert (await club.view(unpaid))["status"] == "PENDING_PAYMENT"
    async with club.market.database.unit_of_work() as session:
        order_id = await club.market.scalar("SELECT id FROM orders")
        later = club.market.clock.now() + timedelta(days=5)
        await checkout.end_unpaid(session, order_id, later)
    assert (await club.view(unpaid))["status"] == "ACTIVE"
    await admin.put_json(at, {"is_paused": False, "version": 2})
    await club.goes_to("2026-03-18")
    assert await club.paid_days() == ["2026-03-18"]


async def test_suspended_by_staff_it_is_theirs_to_lift_and_its_owners_to_cancel(
    club: Club, staff: CloudClient
) -> None:
    made = await club.subscribe(first_on="2026-03-09")
    at = f"/api/v1/staff/subscriptions/{made}"

    stopped = await staff.post_json(f"{at}/suspend", {"reason": "Looks like fraud"})
    refused = [
        (await club.client.post_json(f"{PLACE}/{made}/{deed}", body)).status_code
        for deed, body in (("pause", {}), ("resume", {}), ("skip", {"number": 0}))
    ]
    await club.lives_until("2026-03-12")

    assert stopped.json()["status"] == "ADMIN_SUSPENDED"
    assert refused == [409, 409, 409]
    assert await club.paid_days() == []
    lifted = await staff.post_json(f"{at}/unsuspend")
    assert (lifted.json()["status"], lifted.json()["next_billing_on"]) == ("ACTIVE", "2026-04-09")
    await staff.post_json(f"{at}/suspend", {"reason": "Again"})
    assert (await club.does(made, "cancel"))["status"] == "CANCELLED"
    audited = await club.market.rows(
        "SELECT action FROM audit_entries WHERE subject = 'subscriptions' ORDER BY id"
    )
    assert [row.action for row in audited] == ["suspend", "unsuspend", "suspend"]


async def test_whoever_waits_to_be_forgotten_is_charged_no_more(club: Club) -> None:
    made = await club.subscribe(frequency="WEEKLY")
    await club.market.run(
        "INSERT INTO erasures (user_id, asked_at, waits_for) VALUES (:id, now(), 'an order')",
        id=club.user_id,
    )

    await club.goes_to("2026-03-09")

    found = await club.view(made)
    assert (found["status"], found["end_reason"]) == ("CANCELLED", "account")
    assert await club.paid_days() == ["2026-03-02"]


async def test_whoever_is_forgotten_as_a_charge_begins_is_neither_in_its_way_nor_charged(
    club: Club,
) -> None:
    made = await club.subscribe(first_on="2026-03-09")
    now = datetime(2026, 3, 9, 12, tzinfo=UTC)
    await club.market.clock.advance(now - club.market.clock.now())
    parts, database = club.market.parts, club.market.database

    async def attend() -> None:
        async with database.unit_of_work() as session:
            await service.attend(session, parts.subscriptions, made, now)

    async with asyncio.TaskGroup() as workers, database.unit_of_work() as session:
        # Whoever forgets a person holds the account first.
        await session.execute(
            text("SELECT FROM users WHERE id = :id FOR UPDATE"), {"id": club.user_id}
        )
        workers.create_task(attend())
        async with asyncio.timeout(30):
            while not await club.market.scalar(WAITING):  # noqa: ASYNC110 - another transaction
                await asyncio.sleep(0.01)  # noqa: TID251 - looks until the deadline
        await service.end_all(session, parts.subscriptions, club.user_id, now)

    found = await club.view(made)
    assert (found["status"], found["end_reason"]) == ("CANCELLED", "account")
    assert await club.market.scalar("SELECT count(*) FROM orders") == 0
