"""What members write is read by others once it is approved, and only as it was approved."""

import asyncio
from datetime import timedelta

import pytest

from cloud.foundation.identity import Role
from tests.cloud.reviews.conftest import MINE, REVIEWS, SAID

pytestmark = pytest.mark.needs_postgres

_LINES = """
    SELECT title, email::text FROM notifications WHERE wording = 'REVIEWS_WAITING' ORDER BY 2, 1
"""


async def _shown(client, **query):
    return (await client.get(REVIEWS, params=query)).json()


async def test_a_review_is_read_by_others_once_staff_approved_it(client, write, approve):
    written = await write()
    before = await _shown(client)

    await approve(written["id"])

    assert (before["reviews"], before["stand"]["average"]) == ([], None)
    (seen,) = (await _shown(client))["reviews"]
    assert (seen["title"], seen["body"], seen["author_name"]) == (
        "Like a forest",
        "Calm, and it lasts.",
        "Ada",
    )


async def test_a_new_text_waits_while_the_approved_one_stays(client, write, approve):
    written = await write(rating=5)
    await approve(written["id"])

    await written["client"].put_json(
        MINE, {**SAID, "rating": 1, "body": "Broke.", "author_name": "Somebody Else"}
    )

    mine = (await written["client"].get(MINE)).json()
    assert (mine["status"], mine["body"], mine["is_shown"]) == ("PENDING", "Broke.", True)
    page = await _shown(client)
    assert (page["reviews"][0]["body"], page["reviews"][0]["author_name"]) == (SAID["body"], "Ada")
    assert page["stand"]["average"] == 5
    await approve(written["id"])
    page = await _shown(client)
    assert (page["reviews"][0]["body"], page["stand"]["average"]) == ("Broke.", 1)


async def test_the_same_text_again_needs_no_second_look(write, approve):
    written = await write()
    await approve(written["id"])

    again = await written["client"].put_json(MINE, SAID)

    assert again.json()["status"] == "APPROVED"


async def test_one_member_has_one_review_of_a_scent(write, market):
    written = await write()

    again = await asyncio.gather(
        *(written["client"].put_json(MINE, {**SAID, "rating": n}) for n in (1, 2, 3))
    )

    assert {answer.json()["id"] for answer in again} == {written["id"]}
    assert await market.scalar("SELECT count(*) FROM reviews") == 1


async def test_who_bought_it_is_verified_by_one_line_of_an_order(
    market, write, sign_in_as, deliver, client, approve
):
    buyer = await sign_in_as(Role.CUSTOMER, "buyer@example.org")
    order_id = await deliver(await market.user_id("buyer@example.org"))

    bought = (await buyer.put_json(MINE, SAID)).json()
    other = await write()

    assert (bought["is_verified"], other["is_verified"]) == (True, False)
    line = await market.scalar("SELECT order_item_id FROM reviews WHERE id = :id", id=bought["id"])
    assert line == await market.scalar("SELECT id FROM order_items WHERE order_id = :o", o=order_id)


async def test_what_is_not_paid_or_was_given_back_verifies_nothing(market, sign_in_as, deliver):
    buyer = await sign_in_as(Role.CUSTOMER, "buyer@example.org")
    order_id = await deliver(await market.user_id("buyer@example.org"))

    verified = {}
    for status in ("AWAITING_PAYMENT", "CANCELLED", "REFUNDED", "FAILED", "DELIVERED"):
        await market.run("UPDATE orders SET status = :s WHERE id = :id", s=status, id=order_id)
        written = await buyer.put_json(MINE, {**SAID, "body": f"With an order {status}."})
        verified[status] = written.json()["is_verified"]

    assert [status for status, is_verified in verified.items() if is_verified] == ["DELIVERED"]


WRONG = (
    {"rating": 0},
    {"rating": 6},
    {"rating": 99},
    {"body": ""},
    {"body": "   \n "},
    {"body": "x" * 4001},
    {"title": "x" * 101},
    {"body": "<script>alert(1)</script>"},
    {"body": 'See <a href="https://spam.test">this</a>'},
    {"title": "<b>Best</b>"},
    {"author_name": ""},
)


async def test_what_nobody_should_read_is_not_taken(customer, market):
    answers = [await customer.put_json(MINE, {**SAID, **wrong}) for wrong in WRONG]

    assert {answer.status_code for answer in answers} == {422}
    assert all(set(answer.json()) >= {"code", "message", "hint"} for answer in answers)
    assert await market.scalar("SELECT count(*) FROM reviews") == 0


async def test_what_people_type_is_kept_as_they_meant_it(customer, market):
    body = "I  <3 it.\r\n\r\n\r\n\r\nLess (<) is more\u202e.\x07"

    answer = await customer.put_json(MINE, {**SAID, "title": " Two\nlines ", "body": body})

    assert answer.status_code == 200, answer.text
    assert answer.json()["body"] == "I  <3 it.\n\nLess (<) is more."
    assert answer.json()["title"] == "Two lines"


async def test_strangers_and_unknown_scents_are_refused(client, customer, market):
    assert (await client.put_json(MINE, SAID)).status_code == 401
    unknown = await customer.put_json("/api/v1/products/nothing/reviews/mine", SAID)
    assert unknown.status_code == 404


async def test_a_review_that_is_taken_away_takes_its_stars_along(client, write, approve, market):
    first, second = await write(rating=1), await write(rating=5)
    await approve(first["id"], second["id"])

    await first["client"].remove(MINE)

    page = await _shown(client)
    assert page["stand"] == {"count": 1, "average": 5, "counts": [0, 0, 0, 0, 1]}
    assert (await first["client"].get(MINE)).status_code == 404


async def test_nobody_writes_faster_than_people_do(customer, market):
    answers = [await customer.put_json(MINE, {**SAID, "body": f"Text {n}."}) for n in range(21)]

    assert [answer.status_code for answer in answers] == [200] * 20 + [429]


async def test_what_reached_a_member_waits_for_a_review_until_it_is_there(
    market, sign_in_as, deliver
):
    buyer = await sign_in_as(Role.CUSTOMER, "buyer@example.org")
    await deliver(await market.user_id("buyer@example.org"))
    waiting = (await buyer.get("/api/v1/me/reviews/to-write")).json()

    await buyer.put_json(MINE, SAID)

    assert [one["name"] for one in waiting] == ["Cedber 50"]
    assert (await buyer.get("/api/v1/me/reviews/to-write")).json() == []
    assert [one["product_name"] for one in (await buyer.get("/api/v1/me/reviews")).json()] == [
        "Cedber 50"
    ]


async def test_a_review_of_what_is_sold_no_more_can_be_taken_away(write, market):
    written = await write()
    await market.run("UPDATE products SET published_at = NULL")

    removed = await written["client"].remove(MINE)

    assert removed.status_code == 204
    assert await market.scalar("SELECT count(*) FROM reviews") == 0


async def test_those_who_moderate_are_told_in_one_line_an_hour(write, market, staff, sign_in_as):
    await sign_in_as(Role.ADMIN, "boss@example.org")
    first = await write()
    await write(rating=1)
    await first["client"].put_json(MINE, {**SAID, "body": "Calmer still."})
    lines = await market.rows(_LINES)
    market.clock.step(timedelta(hours=1))
    await write()

    assert [tuple(one) for one in lines] == [
        ("2 reviews to look at", who) for who in ("boss@example.org", "manager@example.org")
    ]
    assert len(await market.rows(_LINES)) == 4
    assert (
        await market.scalar(
            "SELECT count(*) FROM outgoing_mails m JOIN notifications n"
            " ON n.id = m.notification_id WHERE n.wording = 'REVIEWS_WAITING'"
        )
        == 0
    )
    (waits, *_) = (await staff.get("/api/v1/me/notifications")).json()["notifications"]
    assert waits["link"].endswith("/admin/reviews?status=pending")
