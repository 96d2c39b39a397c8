"""A guest's quiz joins the member's at sign-in: nothing is lost, and the newer answer stands."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.foundation.database import Database
from cloud.foundation.events import EventBook
from cloud.recommendations.answers import Kept, joined
from cloud.recommendations.events import QuizCompleted
from cloud.recommendations.service.joining import join
from cloud.recommendations.service.taking import answer, finish, look
from cloud.recommendations.shapes import Answer
from cloud.recommendations.takers import Taker
from tests.cloud.conftest import PASSWORD
from tests.cloud.recommendations.answering import ANSWERS, API, take
from tests.cloud.recommendations.answering import answer as answer_over_http

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
GUEST = Taker.guest("a token")
KEPT = st.builds(
    Kept,
    st.sampled_from("abc"),
    st.fixed_dictionaries({"value": st.integers(0, 9)}),
    st.integers(0, 5).map(lambda minutes: NOW + timedelta(minutes=minutes)),
)
QUIZ = st.lists(KEPT, unique_by=lambda one: one.key)


@given(QUIZ, QUIZ)
def test_the_newer_of_two_answers_stands_and_no_question_is_lost(member, guest):
    found = joined(member, guest)

    assert set(found) == {one.key for one in (*member, *guest)}
    for one in (*member, *guest):
        assert found[one.key].answered_at >= one.answered_at
    assert joined(found.values(), guest) == found


@pytest.fixture
async def told():
    return []


@pytest.fixture
async def shop(database_url, told):
    """The shop's database, which notes who finished a quiz."""

    async def hear(_session, event):
        told.append(event)

    database = Database(database_url, events=EventBook({QuizCompleted: [hear]}), pool_size=4)
    yield database
    await database.close()


@pytest.fixture
async def member(customer, parts):
    row = await parts.database.row("SELECT id FROM users WHERE email = 'customer@example.org'")
    return Taker.member(row[0])


async def answers(shop, taker, given, at=NOW):
    async with shop.unit_of_work() as session:
        for place, one in given.items():
            await answer(session, taker, place - 1, Answer(**one), at)


async def kept(shop, taker):
    async with shop.unit_of_work() as session:
        progress = await look(session, taker)
    keys = {one.id: one.key for one in progress.questions}
    return {keys[at]: one.answer for at, one in progress.answers.items()}


async def joins(shop, member, guest=GUEST):
    async with shop.unit_of_work() as session:
        await join(session, guest, member, NOW)


async def somebody_waits(shop):
    waiting = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        " AND cardinality(pg_blocking_pids(pid)) > 0"
    )
    return (await shop.row(waiting))[0]


@pytest.mark.needs_postgres
async def test_a_guests_quiz_and_its_result_come_along_at_sign_in(client, customer):
    result = (await take(client)).json()

    await client.post_json(
        "/api/v1/auth/sign-in", {"email": "customer@example.org", "password": PASSWORD}
    )

    assert (await client.get(f"{API}/result")).json() == result
    assert (await customer.get(f"{API}/result")).json() == result
    assert "scent_quiz" not in client.cookies


@pytest.mark.needs_postgres
async def test_a_half_answered_quiz_goes_on_after_sign_in(client, customer):
    await answer_over_http(customer, 1, {"options": ["citrus"]})
    await answer_over_http(client, 2, {"options": ["calm"]})

    await client.post_json(
        "/api/v1/auth/sign-in", {"email": "customer@example.org", "password": PASSWORD}
    )
    quiz = (await client.get(API)).json()

    assert [one["answer"] and one["answer"]["options"] for one in quiz["questions"][:2]] == [
        ["citrus"],
        ["calm"],
    ]
    assert quiz["next_place"] == 3


@pytest.mark.needs_postgres
async def test_newer_answers_win_whoever_gave_them(shop, member):
    later = NOW + timedelta(minutes=1)
    await answers(shop, member, {1: {"options": ["woods"]}})
    await answers(shop, GUEST, {2: {"options": ["calm"]}})
    await answers(shop, GUEST, {1: {"options": ["fruit"]}}, later)
    await answers(shop, member, {2: {"options": ["cosy"]}, 4: {"value": 1}}, later)

    await joins(shop, member)
    await joins(shop, member)

    assert await kept(shop, member) == {
        "families": {"options": ["fruit"]},
        "mood": {"options": ["cosy"]},
        "strength": {"value": 1},
    }
    assert await kept(shop, GUEST) == {}


@pytest.mark.needs_postgres
async def test_a_finished_quiz_is_told_once_when_it_has_a_member(shop, member, told):
    await answers(shop, GUEST, dict(enumerate(ANSWERS, start=1)))
    async with shop.unit_of_work() as session:
        await finish(session, GUEST, NOW)
    assert told == []

    await joins(shop, member)
    await joins(shop, member)
    async with shop.unit_of_work() as session:
        await finish(session, member, NOW)

    assert [(one.user_id, one.at) for one in told] == [(member.user_id, NOW)]


@pytest.mark.needs_postgres
async def test_two_devices_that_sign_in_at_once_join_once(shop, member, told):
    await answers(shop, GUEST, dict(enumerate(ANSWERS, start=1)))
    async with shop.unit_of_work() as session:
        await finish(session, GUEST, NOW)
    await answers(shop, member, {1: {"options": ["citrus"]}}, NOW - timedelta(days=1))

    await asyncio.gather(*(joins(shop, member) for _ in range(4)))

    assert (await kept(shop, member))["families"] == {"options": ["woods", "amber"]}
    assert len(told) == 1


@pytest.mark.needs_postgres
async def test_guests_of_two_devices_who_are_one_member_join_at_once(shop, member, told):
    phone = Taker.guest("another-device")
    await answers(shop, GUEST, dict(enumerate(ANSWERS, start=1)))
    await answers(shop, phone, {1: {"options": ["citrus"]}}, NOW - timedelta(days=1))
    async with shop.unit_of_work() as session:
        await finish(session, GUEST, NOW)

    # The member has no quiz yet: both devices find none, and each hands its own over.
    async with asyncio.TaskGroup() as devices, shop.unit_of_work() as session:
        await join(session, GUEST, member, NOW)
        devices.create_task(joins(shop, member, phone))
        async with asyncio.timeout(30):
            while not await somebody_waits(shop):  # noqa: ASYNC110 - another transaction
                await asyncio.sleep(0.01)  # noqa: TID251 - looks until the deadline

    assert (await kept(shop, member))["families"] == {"options": ["woods", "amber"]}
    assert (await kept(shop, GUEST), await kept(shop, phone)) == ({}, {})
    assert len(told) == 1


@pytest.mark.needs_postgres
async def test_the_first_answers_of_two_tabs_begin_one_quiz(shop, member):
    await asyncio.gather(
        *(
            answers(shop, member, {place: {"options": [key]}})
            for place, key in ((1, "woods"), (2, "calm"), (3, "study"))
        )
    )

    assert set(await kept(shop, member)) == {"families", "mood", "rooms"}
