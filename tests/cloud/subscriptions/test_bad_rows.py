"""Rows that a subscription cannot have; the database refuses each."""

import pytest
from sqlalchemy.exc import IntegrityError

from cloud.subscriptions.personal import RECORDS
from tests.fakes.club import Club

pytestmark = pytest.mark.needs_postgres

BAD = {
    "no bottles": "UPDATE subscriptions SET quantity = 0",
    "a limit below the price": "UPDATE subscriptions SET max_total_minor = total_minor - 1",
    "asked without a moment": "UPDATE subscriptions SET question = 'NOT_SOLD'",
    "an unknown question": "UPDATE subscriptions SET question = 'WHY', asked_at = now()",
    "an unknown frequency": "UPDATE subscriptions SET frequency = 'DAILY'",
    "ended without a moment": "UPDATE subscriptions SET status = 'CANCELLED'",
    "going on after its end": "UPDATE subscriptions SET ended_at = now()",
    "resumed while it runs": "UPDATE subscriptions SET resume_on = CURRENT_DATE",
    "a parcel before its anchor": "UPDATE subscriptions SET anchor_number = next_number + 1",
    "moved by a device too far": "UPDATE subscriptions SET may_pull_forward_days = 61",
    "a parcel twice": "INSERT INTO subscription_cycles (subscription_id, number, status, due_on,"
    " ships_on, variant_id, quantity, currency, decided_at) SELECT subscription_id, number,"
    " 'SKIPPED', due_on, ships_on, variant_id, quantity, currency, now() FROM subscription_cycles",
    "a parcel for less than nothing": "UPDATE subscription_cycles SET total_minor = -1",
    "gone before it is due": "UPDATE subscription_cycles SET ships_on = due_on - 1",
    "a claim before the first parcel": "INSERT INTO subscription_claims (subscription_id, number,"
    " key, claimed_at) SELECT id, -1, 'need', now() FROM subscriptions",
    "paid at no time": "UPDATE subscription_cycles SET paid_at = NULL",
    "left out for money": "UPDATE subscription_cycles SET status = 'SKIPPED', paid_at = NULL",
    "a try after it was paid": "UPDATE subscription_cycles SET next_try_at = now()",
    "an order of a parcel twice": "UPDATE orders SET subscription_cycle_id = 404",
    "a second row of the shop": "INSERT INTO subscription_shop (id) VALUES (2)",
}


async def test_every_bad_row_is_refused(club: Club) -> None:
    await club.subscribe()

    taken = []
    for name, statement in BAD.items():
        try:
            await club.market.run(statement)
        except IntegrityError:
            continue
        taken.append(name)

    assert taken == []


async def test_of_a_forgotten_person_no_address_is_left_and_nothing_goes_on(club: Club) -> None:
    await club.subscribe(first_on="2026-03-20")
    facts = {
        "user_id": club.user_id,
        "email": "customer@example.org",
        "now": club.market.clock.now(),
    }

    async with club.market.database.unit_of_work() as session:
        held = (await session.scalars(RECORDS.held["subscriptions"], facts)).all()
        for statement in (*RECORDS.forget, *RECORDS.forget):
            await session.execute(statement, facts)

    assert held[0]["address"]["line1"] == "Lindenweg 7"
    row = (await club.market.rows("SELECT status, card_id, address FROM subscriptions"))[0]
    assert (row.status, row.card_id, row.address["line1"]) == ("CANCELLED", None, "Erased")
    assert (await club.told()).count("cancelled") == 1
