"""A parcel whose card is refused: a few tries with days between, then the end, never a storm."""

import pytest

from cloud.checkout import service as checkout
from cloud.foundation.events import emit
from cloud.orders.events import OrderPaid
from cloud.subscriptions import service
from tests.fakes.cloud_client import CloudClient
from tests.fakes.club import PLACE, Club

pytestmark = pytest.mark.needs_postgres


async def unpaid(club: Club) -> int:
    """Return a subscription whose first parcel was refused today, 2 March."""
    await club.cards_fail()
    return await club.subscribe()


async def test_a_refused_parcel_is_tried_three_more_times_and_ends_unpaid(club: Club) -> None:
    made = await unpaid(club)
    found = await club.view(made)
    assert (found["status"], found["cycles"][0]["status"]) == ("PENDING_PAYMENT", "BILLED")

    tries = []
    for day in range(3, 16):
        await club.goes_to(f"2026-03-{day:02}")
        await club.turn()
        tries.append(club.market.stripe.count("charge"))

    # After 1, 2 and 4 days more: on the 3rd, the 5th and the 9th.
    assert tries == [2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4]
    async with club.market.database.unit_of_work() as session:
        await club.market.clock.advance(24 * 3600)
        order_id = await club.market.scalar("SELECT id FROM orders")
        await checkout.end_unpaid(session, order_id, club.market.clock.now())
    found = await club.view(made)
    assert (found["status"], found["end_reason"]) == ("EXPIRED", "not paid in time")
    assert found["cycles"][0]["status"] == "FAILED"
    await club.lives_until("2026-05-01")
    assert club.market.stripe.count("charge") == 4
    assert await club.market.scalar("SELECT count(*) FROM orders") == 1


async def test_a_new_card_pays_the_same_order_at_once(club: Club) -> None:
    made = await unpaid(club)
    card_id = await club.card_works()

    answer = await club.client.patch_json(f"{PLACE}/{made}", {"card_id": card_id})
    await club.turn()

    assert answer.status_code == 200
    found = await club.view(made)
    assert (found["status"], found["cycles"][0]["status"]) == ("ACTIVE", "PAID")
    assert found["next_billing_on"] == "2026-04-02"
    assert await club.market.scalar("SELECT count(*) FROM orders") == 1


async def test_a_card_that_comes_while_the_old_one_is_asked_for_the_last_time_is_tried_as_well(
    club: Club,
) -> None:
    made = await unpaid(club)
    await club.market.run("UPDATE subscription_cycles SET tries = 3")
    await club.market.clock.advance(24 * 3600)
    await _attend(club, made)
    card_id = await club.card_works()

    answer = await club.client.patch_json(f"{PLACE}/{made}", {"card_id": card_id})
    # The old card is refused only now.
    await club.turn()

    assert answer.status_code == 200
    assert (await club.view(made))["status"] == "PENDING_PAYMENT"
    await club.goes_to("2026-03-05")
    assert (await club.view(made))["status"] == "ACTIVE"
    assert club.market.stripe.count("charge") == 3


async def test_a_parcel_that_sold_out_while_its_money_came_ends_no_subscription(
    club: Club,
) -> None:
    made = await unpaid(club)
    await club.card_works()
    await club.market.clock.advance(24 * 3600)
    await _attend(club, made)
    # The provider is not reached for an hour, and the bottles are set aside for half of it.
    await club.market.clock.advance(3600)
    await club.hold_all(is_held=True)

    await club.turn()

    assert await club.market.scalar("SELECT status FROM orders") == "FAILED"
    found = await club.view(made)
    assert (found["status"], found["cycles"][0]["reason"]) == ("ACTIVE", "out_of_stock")
    assert found["next_billing_on"] == "2026-04-02"


async def _attend(club: Club, subscription_id: int) -> None:
    """Store what is due of a subscription; nobody asks the provider yet."""
    parts = club.market.parts
    async with parts.database.unit_of_work() as session:
        now = club.market.clock.now()
        await service.attend(session, parts.subscriptions, subscription_id, now)


async def test_without_a_card_its_owner_hears_of_it_and_the_order_waits(club: Club) -> None:
    made = await club.subscribe(first_on="2026-03-03")
    await club.market.run("UPDATE saved_cards SET removed_at = now(), is_default = false")

    await club.goes_to("2026-03-03")

    found = await club.view(made)
    assert (found["status"], found["cycles"][0]["reason"]) == ("PENDING_PAYMENT", "no_card")
    assert club.market.stripe.count("charge") == 0
    await club.market.give_card(club.user_id)
    await club.goes_to("2026-03-04")
    assert (await club.view(made))["status"] == "ACTIVE"


async def test_what_a_bank_wants_approved_is_not_tried_again_by_itself(club: Club) -> None:
    await club.market.run("UPDATE saved_cards SET removed_at = now(), is_default = false")
    await club.market.give_card(club.user_id, "pm_card_authenticationRequired")
    made = await club.subscribe()

    await club.lives_until("2026-03-12")

    assert club.market.stripe.count("charge") == 1
    found = await club.view(made)
    assert (found["status"], found["cycles"][0]["next_try_at"]) == ("PENDING_PAYMENT", None)


async def test_an_unpaid_one_is_not_paused_but_cancelled_with_its_order(club: Club) -> None:
    made = await unpaid(club)

    refused = await club.client.post_json(f"{PLACE}/{made}/pause", {})
    await club.does(made, "cancel")

    assert (refused.status_code, refused.json()["code"]) == (409, "subscription_payment_open")
    assert await club.market.scalar("SELECT status FROM orders") == "CANCELLED"
    await club.lives_until("2026-03-06")
    assert club.market.stripe.count("charge") == 1


async def test_an_unpaid_order_that_is_called_off_leaves_the_subscription(club: Club) -> None:
    made = await unpaid(club)
    number = (await club.view(made))["open_order_number"]

    answer = await club.client.post_json(f"/api/v1/me/orders/{number}/cancel", {"reason": ""})

    assert answer.status_code < 300, answer.text
    found = await club.view(made)
    assert (found["status"], found["next_billing_on"]) == ("ACTIVE", "2026-04-02")


async def test_an_ended_one_begins_again_on_a_regular_day(club: Club) -> None:
    made = await unpaid(club)
    await _lapses(club)

    found = await club.does(made, "resume")

    assert (found["status"], found["next_billing_on"]) == ("ACTIVE", "2026-04-02")


async def test_staff_try_again_and_everybody_but_them_may_not(
    club: Club, staff: CloudClient
) -> None:
    made = await unpaid(club)
    await club.card_works()

    tried_once = {"number": 0, "tries": 1}
    answer = await staff.post_json(f"/api/v1/staff/subscriptions/{made}/retry", tried_once)
    await club.turn()

    assert answer.status_code == 200
    assert (await club.view(made))["status"] == "ACTIVE"
    refused = await club.client.post_json(f"/api/v1/staff/subscriptions/{made}/retry", tried_once)
    assert refused.status_code == 403


async def test_a_given_up_parcel_that_is_paid_late_leaves_a_later_unpaid_one_waiting(
    club: Club,
) -> None:
    made = await unpaid(club)
    await _lapses(club)
    await club.does(made, "resume")
    await club.lives_until("2026-04-02")
    first, second = await club.market.rows("SELECT id, number, user_id FROM orders ORDER BY id")

    async with club.market.database.unit_of_work() as session:
        now = club.market.clock.now()
        await emit(session, OrderPaid(first.id, first.number, first.user_id, now))

    found = await club.view(made)
    assert [one["status"] for one in found["cycles"]] == ["BILLED", "PAID"]
    assert (found["status"], found["open_order_number"]) == ("PENDING_PAYMENT", second.number)


async def _lapses(club: Club) -> None:
    """Let the time to pay the only order pass."""
    await club.market.clock.advance(15 * 24 * 3600)
    async with club.market.database.unit_of_work() as session:
        order_id = await club.market.scalar("SELECT id FROM orders")
        await checkout.end_unpaid(session, order_id, club.market.clock.now())


async def test_a_card_whose_owner_the_bank_forgot_counts_as_none(club: Club) -> None:
    made = await unpaid(club)
    await club.market.run("UPDATE payment_customers SET provider_customer_id = NULL")

    await club.lives_until("2026-03-12")

    assert club.market.stripe.count("charge") == 1
    parcel = (await club.view(made))["cycles"][0]
    assert (parcel["reason"], parcel["tries"], parcel["next_try_at"]) == ("no_card", 4, None)


async def test_whoever_wants_to_be_forgotten_is_not_dunned_and_is_forgotten(club: Club) -> None:
    made = await unpaid(club)
    privacy = club.market.parts.privacy
    await club.market.run(
        "INSERT INTO erasures (user_id, asked_at, waits_for) VALUES (:id, now(), '')",
        id=club.user_id,
    )
    async with club.market.database.unit_of_work() as session:
        waits_for = await privacy.forget(session, club.user_id)

    await club.turn()
    ended = await club.view(made)
    async with club.market.database.unit_of_work() as session:
        await privacy.look_after_person(session, club.user_id)
    await club.lives_until("2026-03-12")

    assert "still open" in waits_for
    assert (ended["status"], ended["end_reason"]) == ("CANCELLED", "account")
    assert await club.market.scalar("SELECT status FROM orders") == "CANCELLED"
    assert await club.market.scalar("SELECT erased_at FROM users WHERE id = :id", id=club.user_id)
    assert club.market.stripe.count("charge") == 1
