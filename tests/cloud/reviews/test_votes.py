"""One vote a person, changed and taken back; nobody votes for themselves."""

import asyncio

import pytest

from cloud.foundation.identity import Role
from tests.cloud.reviews.conftest import REVIEWS

pytestmark = pytest.mark.needs_postgres


def _path(written):
    return f"/api/v1/reviews/{written['id']}/vote"


async def _counts(client):
    (shown,) = (await client.get(REVIEWS)).json()["reviews"]
    return shown["helpful"], shown["unhelpful"]


@pytest.fixture
async def review(write, approve):
    written = await write()
    await approve(written["id"])
    return written


async def test_a_vote_counts_once_however_often_it_is_sent(client, customer, review):
    await asyncio.gather(
        *(customer.put_json(_path(review), {"is_helpful": True}) for _ in range(5))
    )

    assert await _counts(client) == (1, 0)


async def test_a_vote_can_be_changed_and_taken_back(client, customer, sign_in_as, review):
    other = await sign_in_as(Role.CUSTOMER, "other@example.org")
    await other.put_json(_path(review), {"is_helpful": True})

    seen = []
    for vote in (True, False, True):
        await customer.put_json(_path(review), {"is_helpful": vote})
        seen.append(await _counts(client))
    await customer.remove(_path(review))
    await customer.remove(_path(review))

    assert seen == [(2, 0), (1, 1), (2, 0)]
    assert await _counts(client) == (1, 0)


async def test_nobody_votes_for_their_own_review(review):
    answer = await review["client"].put_json(_path(review), {"is_helpful": True})

    assert (answer.status_code, answer.json()["code"]) == (422, "own_review")


async def test_what_nobody_may_read_takes_no_votes(customer, client, write):
    written = await write()

    assert (await customer.put_json(_path(written), {"is_helpful": True})).status_code == 404
    assert (await client.put_json(_path(written), {"is_helpful": True})).status_code == 401
