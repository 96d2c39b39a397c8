"""Vacations and pauses by plain forms, and the line that says that the plan rests."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from scentd.api.page.resting import last_day_away, resting_now, without_today
from scentd.model.schedule import Pause, Rest, RestReason, Vacation
from scentd.schedules.book import MAX_VACATIONS
from tests.fakes.reading import text_of

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 6, 20, 10, tzinfo=UTC)
TODAY = date(2026, 3, 6)
days = st.dates(date(2026, 2, 20), date(2026, 3, 20))
vacations = st.lists(
    st.tuples(days, days).map(lambda two: Vacation(min(two), max(two))), max_size=6
)


async def test_a_vacation_is_added_listed_and_removed(member, rig):
    book = rig.house.schedules

    _, page = await member.submit("/week/vacations", first_day="2026-12-24", last_day="2027-01-02")
    assert "Vacation saved." in page
    assert "Thursday, 24 December \N{EN DASH} Saturday, 2 January 2027 Remove" in text_of(page)
    assert book.rest.vacations == (Vacation(date(2026, 12, 24), date(2027, 1, 2)),)

    _, page = await member.submit(
        "/week/vacations/remove", first_day="2026-12-24", last_day="2027-01-02"
    )
    assert "Vacation removed." in page
    assert "None is planned." in page
    assert book.rest.vacations == ()


async def test_a_vacation_that_cannot_be_says_so_at_its_field_and_stays_typed(member, rig):
    for first, last, field, said in (
        ("", "2026-03-08", "first_day", "Choose a date."),
        ("2026-03-08", "soon", "last_day", "Choose a date."),
        ("2026-03-08", "2026-03-07", "last_day", "The vacation ends before it begins."),
        ("2026-03-01", "2026-03-05", "last_day", "This day is over."),
        ("2026-03-08", "9999-12-31", "last_day", "This is more than three years ahead."),
    ):
        status, page = await member.submit("/week/vacations", first_day=first, last_day=last)
        assert status == 422
        assert f'id="{field}-wrong">{said}' in page
        assert f'name="first_day" min="2026-03-06" required value="{first}"' in page
        assert f'name="last_day" min="2026-03-06" required value="{last}"' in page

    assert rig.house.schedules.rest.vacations == ()


async def test_one_vacation_too_many_is_refused_and_those_long_over_make_room(member, rig):
    book = rig.house.schedules
    many = [Vacation(TODAY + timedelta(days=n), TODAY + timedelta(days=n)) for n in range(2, 52)]
    asked = {"first_day": "2026-08-01", "last_day": "2026-08-09"}
    await book.set_vacations(many)

    status, page = await member.submit("/week/vacations", **asked)
    assert status == 422
    assert "There are too many vacations." in page

    await book.set_vacations([Vacation(date(2025, 3, 1), date(2025, 3, 9)), *many[1:]])
    await member.submit("/week/vacations", **asked)
    assert len(book.rest.vacations) == MAX_VACATIONS
    assert book.rest.vacations[-1] == Vacation(date(2026, 8, 1), date(2026, 8, 9))


async def test_everything_is_paused_until_a_moment_of_the_wall_and_goes_on(member, rig):
    book = rig.house.schedules

    _, page = await member.submit("/week/pause", until="2026-03-08T08:00")
    assert "Every schedule rests." in page
    assert "Paused until Sunday, 8 March, 08:00 Go on now" in text_of(page)
    assert book.rest.pause.until == datetime(2026, 3, 8, 7, tzinfo=UTC)

    _, page = await member.submit("/week/go-on", back="/")
    assert "The schedules go on." in page
    assert "Go on now" not in page
    assert book.planned(1)


async def test_a_pause_without_an_end_lasts_until_somebody_goes_on(member, rig):
    await member.submit("/week/pause", until="")

    _, page = await member.read("/")

    assert "Paused until you go on Go on now" in text_of(page)
    assert rig.house.schedules.rest.pause.until is None


async def test_a_pause_that_cannot_be_says_so_at_its_field(member, rig):
    for until, said in (
        ("2026-03-06T20:59", "This moment is over."),
        ("tomorrow", "This is no date and time."),
        ("9999-12-31T23:59", "This is more than three years ahead."),
    ):
        status, page = await member.submit("/week/pause", until=until)
        assert status == 422
        assert f'id="until-wrong">{said}' in page
        assert f'value="{until}"' in page

    assert rig.house.schedules.rest.pause is None


async def test_going_on_ends_the_vacation_of_today_and_leaves_the_others(member, rig):
    later = Vacation(date(2026, 8, 1), date(2026, 8, 9))
    book = rig.house.schedules
    await book.set_vacations([Vacation(date(2026, 3, 4), date(2026, 3, 9)), later])
    _, page = await member.read("/")
    assert "On vacation until Monday, 9 March Go on now" in text_of(page)

    await member.submit("/week/go-on")

    assert book.rest.vacations == (Vacation(date(2026, 3, 4), date(2026, 3, 5)), later)
    assert book.planned(1)


@given(vacations)
def test_going_on_leaves_no_vacation_today_and_changes_no_other_day_before(away):
    left = without_today(away, TODAY)

    assert not is_away(left, TODAY)
    for ago in range(1, 15):
        day = TODAY - timedelta(days=ago)
        assert is_away(left, day) == is_away(away, day)


@given(vacations)
def test_the_last_day_away_is_followed_by_a_day_at_home(away):
    last = last_day_away(Rest(tuple(away)), BERLIN, NOW)

    assert (last is not None) == is_away(away, TODAY)
    if last is not None:
        assert all(is_away(away, TODAY + timedelta(n)) for n in range((last - TODAY).days + 1))
        assert not is_away(away, last + timedelta(days=1))


def test_what_holds_longest_is_told():
    away = Vacation(TODAY, TODAY)
    hour = NOW + timedelta(hours=1)

    assert resting_now(Rest((away,), Pause(NOW, hour)), BERLIN, NOW).last_day == TODAY
    assert resting_now(Rest((away,), Pause(NOW)), BERLIN, NOW).reason is RestReason.PAUSE
    assert resting_now(Rest((), Pause(NOW, hour)), BERLIN, hour) is None


def is_away(away, day):
    return any(one.first_day <= day <= one.last_day for one in away)
