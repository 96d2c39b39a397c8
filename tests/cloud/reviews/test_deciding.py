"""Staff read before others do: they show, refuse with a reason, take away, and answer."""

from dataclasses import dataclass, field

import pytest

from cloud.foundation.database import Database
from cloud.foundation.events import EventBook
from cloud.foundation.identity import Role, SignedIn
from cloud.reviews import service
from cloud.reviews.events import ReviewApproved, ReviewRejected, ReviewWritten
from cloud.reviews.schemas import ReviewText
from cloud.reviews.service import Verdict
from tests.cloud.reviews.conftest import MINE, REVIEWS, SAID, SLUG

pytestmark = pytest.mark.needs_postgres

STAFF = "/api/v1/staff/reviews"


async def _reject(staff, written, reason="No names, please.", edition=1, **more):
    path = f"{STAFF}/{written['id']}/reject"
    return await staff.post_json(path, {"edition": edition, "reason": reason, **more})


async def _bodies(client):
    return [one["body"] for one in (await client.get(REVIEWS)).json()["reviews"]]


async def test_a_refused_review_is_not_shown_and_its_writer_reads_why(client, staff, write):
    written = await write()

    answer = await _reject(staff, written)

    assert answer.status_code == 200
    assert await _bodies(client) == []
    mine = (await written["client"].get(MINE)).json()
    assert (mine["status"], mine["reason"]) == ("REJECTED", "No names, please.")


async def test_a_refused_new_text_leaves_the_approved_one_where_it_is(
    client, staff, write, approve
):
    written = await write()
    await approve(written["id"])
    await written["client"].put_json(MINE, {**SAID, "body": "Buy at other.test!"})

    await _reject(staff, written, edition=2)

    assert await _bodies(client) == [SAID["body"]]
    await _reject(staff, written, edition=2, hides_former=True)
    assert await _bodies(client) == []


async def test_what_is_shown_can_be_taken_away_and_shown_again(client, staff, write, approve):
    written = await write()
    await approve(written["id"])

    await _reject(staff, written)
    hidden = (await client.get(REVIEWS)).json()
    await approve(written["id"])

    assert (hidden["reviews"], hidden["stand"]["count"]) == ([], 0)
    assert await _bodies(client) == [SAID["body"]]


async def test_nobody_decides_about_a_text_they_have_not_read(client, staff, write):
    written = await write()
    await written["client"].put_json(MINE, {**SAID, "body": "Something else altogether."})

    answer = await staff.post_json(f"{STAFF}/{written['id']}/approve", {"edition": 1})

    assert (answer.status_code, answer.json()["code"]) == (409, "review_changed")
    assert await _bodies(client) == []


async def test_many_are_decided_about_at_once_but_for_those_that_changed(client, staff, write):
    one, two, three = [await write(body=f"Text {n}.") for n in range(3)]
    await two["client"].put_json(MINE, {**SAID, "body": "Another."})
    editions = {str(review["id"]): 1 for review in (one, two, three)} | {"99": 1}

    answer = await staff.post_json(f"{STAFF}/decisions", {"editions": editions})
    again = await staff.post_json(f"{STAFF}/decisions", {"editions": editions})

    assert (answer.json(), again.json()) == ({"decided": 2}, {"decided": 0})
    assert sorted(await _bodies(client)) == ["Text 0.", "Text 2."]


async def test_the_shop_answers_below_a_review(client, staff, write, approve):
    written = await write()
    await approve(written["id"])
    path = f"{STAFF}/{written['id']}/reply"

    await staff.put_json(path, {"text": "Thank you, Ada."})
    shown = (await client.get(REVIEWS)).json()["reviews"][0]
    await staff.put_json(path, {"text": ""})

    assert (shown["reply"], shown["replied_at"] is not None) == ("Thank you, Ada.", True)
    assert (await client.get(REVIEWS)).json()["reviews"][0]["reply"] == ""


async def test_what_staff_did_stands_in_the_audit(staff, write, market, approve):
    written = await write()

    await approve(written["id"])
    await approve(written["id"])
    await _reject(staff, written)

    rows = await market.rows(
        "SELECT action, after ->> 'status' FROM audit_entries WHERE subject = 'reviews' ORDER BY id"
    )
    assert [tuple(row) for row in rows] == [("approve", "APPROVED"), ("reject", "REJECTED")]


async def test_customers_decide_nothing(customer, write):
    written = await write()

    assert (await _reject(customer, written)).status_code == 403
    assert (await customer.get(STAFF)).status_code == 403


@dataclass
class Ear:
    """Hears what reviews tell."""

    heard: list[object] = field(default_factory=list)

    async def on_event(self, _session, event) -> None:
        self.heard.append(event)


async def test_news_tells_each_text_once_and_the_first_approval_apart(
    database_url, write, market, clock
):
    """A listener that gives something for a review gives it at `is_first`."""
    await write()
    ear = Ear()
    kinds = (ReviewWritten, ReviewApproved, ReviewRejected)
    database = Database(database_url, events=EventBook({kind: [ear.on_event] for kind in kinds}))
    user_id = await market.user_id("writer1@example.org")
    boss = SignedIn(user_id, "", "Boss", Role.ADMIN, 1, clock.now())
    new = ReviewText(**{**SAID, "body": "A new text."})

    async with database.unit_of_work() as session:
        review_id = await service.write(session, user_id, SLUG, new, "en", clock.now())
        await service.write(session, user_id, SLUG, new, "en", clock.now())
        for verdict in (Verdict(), Verdict(), Verdict("No."), Verdict()):
            await service.decide(session, boss, review_id, 2, verdict, clock.now())
    await database.close()

    told = [(type(one).__name__, getattr(one, "is_first", None)) for one in ear.heard]
    assert told == [
        ("ReviewWritten", None),
        ("ReviewApproved", True),
        ("ReviewRejected", None),
        ("ReviewApproved", False),
    ]
