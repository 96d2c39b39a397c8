"""Whoever goes takes their reviews along, or leaves the text without a name, as they chose."""

import pytest

from cloud.accounts.kinds import LinkPurpose
from cloud.reviews.personal import RECORDS
from tests.cloud.reviews.conftest import MINE, REVIEWS, SAID

pytestmark = pytest.mark.needs_postgres


async def _erase(parts, client, email, do_jobs):
    async with parts.database.unit_of_work() as session:
        user = await parts.desk.users.find_by_email(session, email)
        await parts.desk.users.verify_email(session, user, email)
        token = await parts.desk.links.mint(
            session, LinkPurpose.ERASE_ACCOUNT, user_id=user.id, email=email
        )
    answer = await client.post_form(f"/link/{token}", {})
    assert "Everything is deleted" in answer.text
    await do_jobs()


async def test_a_text_goes_with_its_writer_and_so_do_their_votes(
    write, approve, client, parts, do_jobs
):
    first, second = await write(rating=1), await write(rating=5)
    await approve(first["id"], second["id"])
    await first["client"].put_json(f"/api/v1/reviews/{second['id']}/vote", {"is_helpful": True})

    await _erase(parts, first["client"], "writer1@example.org", do_jobs)

    page = (await client.get(REVIEWS)).json()
    assert [one["id"] for one in page["reviews"]] == [second["id"]]
    assert page["stand"] == {"count": 1, "average": 5, "counts": [0, 0, 0, 0, 1]}
    assert page["reviews"][0]["helpful"] == 0


async def test_a_text_that_may_stay_stays_without_a_name(
    write, approve, client, parts, do_jobs, market, staff
):
    written = await write(keeps_text=True, author_name="Ada Lovelace")
    await approve(written["id"])
    await written["client"].put_json(
        MINE, {**SAID, "author_name": "Ada Lovelace", "body": "Unread.", "keeps_text": True}
    )

    await _erase(parts, written["client"], "writer1@example.org", do_jobs)

    (seen,) = (await client.get(REVIEWS)).json()["reviews"]
    assert (seen["body"], seen["author_name"]) == (SAID["body"], "")
    left = await market.rows("SELECT * FROM reviews")
    assert "Lovelace" not in str(left)
    assert "Unread" not in str(left)
    one = (await staff.get(f"/api/v1/staff/reviews/{written['id']}")).json()
    assert (one["user_id"], one["email"]) == (None, "")
    path = f"/api/v1/staff/reviews/{written['id']}/reject"
    await staff.post_json(path, {"edition": one["edition"], "reason": "Spam."})
    assert (await client.get(REVIEWS)).json()["reviews"] == []


async def test_what_a_member_wrote_is_in_what_they_are_handed_out(write, parts):
    await write()

    async with parts.database.unit_of_work() as session:
        user = await parts.desk.users.find_by_email(session, "writer1@example.org")
        values = {"user_id": user.id, "email": "", "now": None}
        held = {
            name: (await session.execute(query, values)).scalars().all()
            for name, query in RECORDS.held.items()
        }

    assert held["reviews"][0]["body"] == SAID["body"]
    assert held["review_votes"] == []
