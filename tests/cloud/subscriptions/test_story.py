"""A subscription from the first parcel to the last, over the API."""

from datetime import timedelta

import pytest

from cloud.foundation.events import emit
from cloud.orders import service as orders
from cloud.orders.actors import Actor, ActorKind
from cloud.orders.events import OrderPaid
from cloud.orders.status import OrderStatus
from tests.fakes.cloud_client import CloudClient
from tests.fakes.club import PLACE, Club
from tests.fakes.market import Market
from tests.fakes.spoilt import mend, spoil

pytestmark = pytest.mark.needs_postgres


async def test_the_first_parcel_is_charged_at_once_and_the_next_on_its_day(club: Club) -> None:
    made = await club.subscribe()

    found = await club.view(made)
    assert (found["status"], found["next_billing_on"]) == ("ACTIVE", "2026-04-02")
    assert [one["status"] for one in found["cycles"]] == ["PAID"]
    assert club.market.stripe.count("charge") == 1
    await club.lives_until("2026-04-01")
    assert club.market.stripe.count("charge") == 1
    await club.goes_to("2026-04-02")

    assert await club.paid_days() == ["2026-03-02", "2026-04-02"]
    assert club.market.stripe.count("charge") == 2
    assert await club.market.scalar("SELECT count(*) FROM orders WHERE source='subscription'") == 2
    assert (await club.view(made))["next_billing_on"] == "2026-05-02"


async def test_a_reminder_names_day_and_total_before_each_charge(club: Club) -> None:
    await club.subscribe(first_on="2026-03-20")

    await club.goes_to("2026-03-16")
    assert "reminded" not in await club.told()
    await club.goes_to("2026-03-17")
    await club.goes_to("2026-03-18")

    assert (await club.told()).count("reminded") == 1


async def test_days_of_downtime_bill_once(club: Club) -> None:
    made = await club.subscribe(frequency="WEEKLY")

    await club.goes_to("2026-03-30")
    await club.turn()

    assert await club.paid_days() == ["2026-03-02", "2026-03-30"]
    assert (await club.view(made))["next_billing_on"] == "2026-04-06"


async def test_paused_it_charges_nothing_and_goes_on_by_itself(club: Club) -> None:
    made = await club.subscribe()

    await club.does(made, "pause", resume_on="2026-05-20")
    await club.lives_until("2026-05-19")

    assert await club.paid_days() == ["2026-03-02"]
    assert "reminded" not in await club.told()
    await club.goes_to("2026-05-20")
    found = await club.view(made)
    assert (found["status"], found["next_billing_on"]) == ("ACTIVE", "2026-06-02")


async def test_resuming_never_charges_at_once(club: Club) -> None:
    made = await club.subscribe(frequency="WEEKLY")
    await club.does(made, "pause")
    await club.goes_to("2026-03-09")

    found = await club.does(made, "resume")
    await club.turn()

    assert found["next_billing_on"] == "2026-03-16"
    assert await club.paid_days() == ["2026-03-02"]


async def test_a_skipped_parcel_is_left_out_and_the_rhythm_stays(club: Club) -> None:
    made = await club.subscribe(first_on="2026-03-31")

    found = await club.skip(made)

    assert found["next_billing_on"] == "2026-04-30"
    found = await club.skip(made)
    assert found["next_billing_on"] == "2026-05-31"
    assert [one["status"] for one in found["cycles"]] == ["SKIPPED", "SKIPPED"]


async def test_the_next_day_moves_for_once_or_for_good(club: Club) -> None:
    made = await club.subscribe(first_on="2026-03-10")

    await club.client.put_json(f"{PLACE}/{made}/next-day", {"number": 0, "day": "2026-03-15"})
    assert (await club.view(made))["upcoming"][:2] == ["2026-03-15", "2026-04-10"]
    await club.client.put_json(
        f"{PLACE}/{made}/next-day",
        {"number": 0, "day": "2026-03-15", "counts_from_there": True},
    )

    assert (await club.view(made))["upcoming"][:2] == ["2026-03-15", "2026-04-15"]


async def test_a_day_of_today_is_charged_at_once(club: Club) -> None:
    made = await club.subscribe(first_on="2026-03-10")

    await club.client.put_json(f"{PLACE}/{made}/next-day", {"number": 0, "day": "2026-03-02"})
    await club.turn()

    assert await club.paid_days() == ["2026-03-02"]


async def test_of_one_day_only_one_parcel_is_charged(club: Club) -> None:
    made = await club.subscribe(first_on="2026-03-10")
    today = {"day": "2026-03-02"}
    await club.client.put_json(f"{PLACE}/{made}/next-day", {"number": 0} | today)
    await club.turn()

    again = await club.client.put_json(f"{PLACE}/{made}/next-day", {"number": 1} | today)
    await club.turn()

    assert (again.status_code, again.json()["code"]) == (409, "subscription_charged_today")
    assert await club.paid_days() == ["2026-03-02"]


async def test_whoever_is_blocked_is_charged_nothing_until_they_are_back(club: Club) -> None:
    await club.subscribe(first_on="2026-03-10")
    await club.market.run("UPDATE users SET blocked_at = now(), block_reason = 'a test'")

    await club.goes_to("2026-03-12")
    blocked = await club.paid_days()
    await club.market.run("UPDATE users SET blocked_at = NULL, block_reason = ''")
    await club.goes_to("2026-04-08")
    between = await club.paid_days()
    await club.goes_to("2026-04-10")

    assert blocked == between == []
    assert await club.paid_days() == ["2026-04-10"]


async def test_quantity_and_frequency_change_what_comes(club: Club) -> None:
    made = await club.subscribe(first_on="2026-03-10")
    two = (await club.asked(quantity=2))["seen_total_minor"]

    refused = await club.client.patch_json(f"{PLACE}/{made}", {"quantity": 2})
    changed = await club.client.patch_json(
        f"{PLACE}/{made}",
        {"quantity": 2, "seen_total_minor": two, "frequency": "BIWEEKLY"},
    )

    assert (refused.status_code, refused.json()["code"]) == (409, "parcel_changed")
    assert changed.status_code == 200
    assert changed.json()["upcoming"][:2] == ["2026-03-10", "2026-03-24"]
    await club.goes_to("2026-03-10")
    assert await club.market.on_hand() == 98
    assert club.market.stripe.count("charge", amount=two) == 1


async def test_cancelling_ends_it_and_what_was_paid_still_comes(club: Club) -> None:
    made = await club.subscribe()

    found = await club.does(made, "cancel")
    again = await club.does(made, "cancel")
    await club.lives_until("2026-04-05")

    assert (found["status"], again["status"]) == ("CANCELLED", "CANCELLED")
    assert await club.paid_days() == ["2026-03-02"]
    assert await club.market.scalar("SELECT status FROM orders") == "PAID"


async def test_a_paid_parcel_that_is_called_off_does_not_come(club: Club) -> None:
    made = await club.subscribe()
    number = await club.market.scalar("SELECT number FROM orders")

    await club.client.post_json(f"/api/v1/me/orders/{number}/cancel", {"reason": ""})
    await club.market.settle()

    found = await club.view(made)
    assert [(one["status"], one["reason"]) for one in found["cycles"]] == [("FAILED", "cancelled")]
    assert (found["status"], found["next_billing_on"]) == ("ACTIVE", "2026-04-02")


async def test_an_order_that_is_paid_once_more_wakes_no_subscription_that_ended(club: Club) -> None:
    made = await club.subscribe()
    ended = "UPDATE subscriptions SET status = 'EXPIRED', ended_at = now()"
    await club.market.run(ended)
    (order,) = await club.market.rows("SELECT id, number, user_id FROM orders")

    async with club.market.database.unit_of_work() as session:
        await emit(
            session, OrderPaid(order.id, order.number, order.user_id, club.market.clock.now())
        )
    await club.market.settle()

    assert (await club.view(made))["status"] == "EXPIRED"
    assert len(await club.paid_days()) == 1


async def test_a_parcel_waits_in_the_house_for_the_day_it_leaves(club: Club) -> None:
    await club.subscribe(ships_after_days=5)
    await club.market.settle()

    assert await club.market.scalar("SELECT status FROM orders") == "ON_HOLD"
    await club.goes_to("2026-03-06")
    await club.market.settle()
    assert await club.market.scalar("SELECT status FROM orders") == "ON_HOLD"
    await club.goes_to("2026-03-07")
    await club.market.settle()

    assert await club.market.scalar("SELECT status FROM orders") == "PAID"
    assert club.market.stripe.count("charge") == 1


async def test_subscribing_needs_the_price_that_was_shown_and_a_card(
    club: Club, market: Market
) -> None:
    asked = await club.asked()
    dearer = await club.client.post_json(PLACE, asked | {"seen_total_minor": 1})
    low = await club.client.post_json(PLACE, asked | {"max_total_minor": 1})
    past = await club.client.post_json(PLACE, asked | {"first_on": "2026-03-01"})
    await market.run("UPDATE saved_cards SET removed_at = now(), is_default = false")
    without = await club.client.post_json(PLACE, asked)

    codes = [one.json()["code"] for one in (dearer, low, past, without)]
    assert codes == [
        "parcel_changed",
        "ceiling_too_low",
        "subscription_day_refused",
        "subscription_card_needed",
    ]
    assert await market.scalar("SELECT count(*) FROM subscriptions") == 0


async def test_another_members_subscription_is_not_there(club: Club, staff: CloudClient) -> None:
    made = await club.subscribe()

    answer = await staff.get(f"{PLACE}/{made}")

    assert answer.status_code == 404


async def test_a_disputed_parcel_stays_in_the_house_on_its_day(club: Club) -> None:
    await club.subscribe(ships_after_days=5)
    await club.market.settle()
    await club.market.run("UPDATE orders SET objection = 'open'")

    await club.goes_to("2026-03-07")
    await club.market.settle()

    assert await club.market.scalar("SELECT status FROM orders") == "ON_HOLD"


async def test_what_staff_hold_back_after_they_let_a_parcel_go_stays_on_its_day(club: Club) -> None:
    await club.subscribe(ships_after_days=5)
    await club.market.settle()
    order_id = await club.market.scalar("SELECT id FROM orders")

    for status in (OrderStatus.PROCESSING, OrderStatus.ON_HOLD):
        async with club.market.database.unit_of_work() as session:
            await orders.mark_status(
                session,
                order_id,
                status,
                actor=Actor(ActorKind.STAFF, None, "Sam"),
                now=club.market.clock.now(),
            )
    await club.goes_to("2026-03-07")
    await club.market.settle()

    assert await club.market.scalar("SELECT status FROM orders") == "ON_HOLD"


async def test_of_several_parcels_whose_day_has_come_a_bad_one_stops_no_other(club: Club) -> None:
    market = club.market
    for _ in range(3):
        await club.subscribe(ships_after_days=5)
    await market.settle()
    parcels = [row.id for row in await market.rows("SELECT id FROM orders ORDER BY id")]
    await spoil(market, "orders", parcels[0])

    await club.goes_to("2026-03-07")
    await market.settle()
    held = await market.rows("SELECT id FROM orders WHERE status = 'ON_HOLD'")
    await mend(market)
    await market.clock.advance(timedelta(minutes=16))
    await market.settle()

    assert [row.id for row in held] == parcels[:1]
    assert await market.scalar("SELECT count(*) FROM orders WHERE status = 'PAID'") == 3
