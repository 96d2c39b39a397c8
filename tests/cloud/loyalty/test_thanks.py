"""Points for what members do beside buying: each once, however often and whenever it is said."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from cloud.accounts.events import EmailVerified
from cloud.foundation.events import emit
from cloud.loyalty.errors import NoSuchDay, SharedAlready
from cloud.loyalty.events import PointsEarned
from cloud.loyalty.kinds import EntryKind
from cloud.loyalty.service import birthdays, thanks
from cloud.loyalty.terms import (
    QUIZ_POINTS,
    REVIEW_POINTS,
    SHARE_POINTS,
    SIGN_UP_POINTS,
    birthday_in,
)
from cloud.recommendations.events import QuizCompleted
from cloud.reviews.events import ReviewApproved

pytestmark = pytest.mark.needs_postgres


def _approved(user_id, product_id, now, **facts):
    return ReviewApproved(
        **{
            "review_id": 1,
            "user_id": user_id,
            "product_id": product_id,
            "product_slug": "cedar",
            "product_name": "Cedar",
            "rating": 5,
            "at": now,
            "is_first": True,
        }
        | facts
    )


async def test_account_review_and_quiz_bring_points_once_each(club, clock):
    user_id, now = await club.member("m@example.org"), clock.now()
    async with club.parts.database.unit_of_work() as session:
        for event in (
            *[EmailVerified(user_id, "m@example.org", now)] * 2,
            *[_approved(user_id, 1, now)] * 2,
            _approved(user_id, 1, now, review_id=2),
            _approved(user_id, 2, now, review_id=3),
            *[QuizCompleted(user_id, 1, now)] * 2,
            QuizCompleted(user_id, 2, now),
        ):
            await emit(session, event)

    assert await club.balance(user_id) == (SIGN_UP_POINTS + 2 * REVIEW_POINTS + QUIZ_POINTS, 0)


async def test_points_are_told_with_what_they_are_for(club, clock):
    user_id = await club.member("m@example.org")
    async with club.unit() as session:
        assert await thanks.thank_for_review(session, user_id, 1, "Cedar", clock.now())
        assert not await thanks.thank_for_review(session, user_id, 1, "Cedar", clock.now())

    [news] = club.told(PointsEarned)
    assert (news.kind, news.points, news.note) == (EntryKind.EARN_REVIEW, REVIEW_POINTS, "Cedar")
    assert (news.balance, news.expires_at) == (REVIEW_POINTS, clock.now() + timedelta(days=730))


async def test_sharing_brings_points_once_a_month_whoever_presses_at_once(club, clock):
    user_id = await club.member("m@example.org")

    async def share():
        try:
            async with club.unit() as session:
                await thanks.thank_for_sharing(session, user_id, clock.now())
        except SharedAlready:
            return 0
        return 1

    assert sum(await asyncio.gather(*(share() for _ in range(6)))) == 1
    await clock.advance(31 * 86_400)
    assert await share() == 1
    assert await club.balance(user_id) == (2 * SHARE_POINTS, 0)


class Years:
    """A member whose birthday comes round."""

    def __init__(self, club, user_id):
        self.club, self.user_id = club, user_id

    async def say(self, month, day, at):
        async with self.club.unit() as session:
            await birthdays.say_birthday(session, self.user_id, month, day, at)

    async def paid(self, at):
        async with self.club.unit() as session:
            return await birthdays.pay_birthdays(session, at, "Europe/Berlin")


@pytest.fixture
async def years(club):
    return Years(club, await club.member("m@example.org"))


async def test_a_birthday_pays_once_a_year_when_it_is_known_long_enough(years):
    await years.say(6, 1, datetime(2026, 5, 2, 12, tzinfo=UTC))
    # Thirty days before the day began in Berlin: an hour too late for this year.
    assert await years.paid(datetime(2026, 6, 1, 12, tzinfo=UTC)) == 0

    assert await years.paid(datetime(2027, 5, 31, 21, 59, tzinfo=UTC)) == 0
    assert await years.paid(datetime(2027, 5, 31, 22, 0, tzinfo=UTC)) == 1
    assert await years.paid(datetime(2027, 6, 1, 12, tzinfo=UTC)) == 0
    # The worker stood still for six days.
    assert await years.paid(datetime(2028, 6, 7, 12, tzinfo=UTC)) == 1
    assert await years.paid(datetime(2029, 6, 8, 12, tzinfo=UTC)) == 0


async def test_a_birthday_that_is_moved_pays_no_second_time_within_the_year(years):
    await years.say(12, 31, datetime(2026, 1, 1, tzinfo=UTC))
    assert await years.paid(datetime(2026, 12, 31, 12, tzinfo=UTC)) == 1

    await years.say(2, 15, datetime(2027, 1, 2, tzinfo=UTC))

    assert await years.paid(datetime(2027, 2, 15, 12, tzinfo=UTC)) == 0
    assert await years.paid(datetime(2028, 2, 15, 12, tzinfo=UTC)) == 1


async def test_saying_the_same_day_again_is_no_new_day(years):
    await years.say(6, 1, datetime(2026, 1, 1, tzinfo=UTC))
    await years.say(6, 1, datetime(2026, 5, 31, tzinfo=UTC))

    assert await years.paid(datetime(2026, 6, 1, 12, tzinfo=UTC)) == 1


async def test_29_february_is_the_28th_where_there_is_none_and_pays_every_year(years):
    await years.say(2, 29, datetime(2027, 1, 1, tzinfo=UTC))

    assert [birthday_in(year, 2, 29).day for year in (2027, 2028, 2100)] == [28, 29, 28]
    assert await years.paid(datetime(2027, 2, 28, 12, tzinfo=UTC)) == 1
    assert await years.paid(datetime(2028, 2, 28, 12, tzinfo=UTC)) == 0
    assert await years.paid(datetime(2028, 2, 29, 12, tzinfo=UTC)) == 1
    assert await years.paid(datetime(2029, 2, 28, 12, tzinfo=UTC)) == 1
    with pytest.raises(NoSuchDay):
        await years.say(2, 30, datetime(2029, 3, 1, tzinfo=UTC))


async def test_the_birthday_of_whoever_is_gone_is_gone(years, club):
    await years.say(6, 1, datetime(2026, 1, 1, tzinfo=UTC))
    async with club.unit() as session:
        await birthdays.forget_birthday(session, years.user_id)

    assert await years.paid(datetime(2026, 6, 1, 12, tzinfo=UTC)) == 0
