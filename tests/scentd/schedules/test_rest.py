"""Exceptions, skips, vacations and pauses: what the runner then does, and what it says of it."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from scentd.model.schedule import DayException, RestReason, Vacation, Weekday
from scentd.schedules.errors import NothingToSkip, RestInvalid
from scentd.store.schedules import What
from tests.fakes.plans import entry, plan

HOUR = 3600.0
DAY = 24 * HOUR


async def told(home) -> list[tuple[str, str]]:
    log = await home.book.log(home.clock.now() - timedelta(days=30))
    left_out = [row for row in log if row.what is What.SKIPPED]
    return [(row.what.value, row.reason.code.removeprefix("plan_")) for row in left_out]


def switched(home) -> list[tuple[str, str, bool | str]]:
    return [event for event in home.events if isinstance(event[2], bool)]


async def test_a_date_left_out_does_not_run_and_says_why(home, at) -> None:
    at("2026-03-02T06:00")
    await home.start()
    every_day = plan(entry("a", "07:00", "08:00"))
    await home.book.save(replace(every_day, exceptions=(DayException(date(2026, 3, 2)),)))

    await home.clock.advance(DAY + 3 * HOUR)

    assert switched(home) == [("Tue 07:00", "a", True), ("Tue 08:00", "a", False)]
    assert await told(home) == [("skipped", RestReason.EXCEPTION)]


async def test_a_holiday_runs_as_a_sunday(home, at) -> None:
    at("2026-12-25T06:00")  # a Friday
    await home.start()
    sundays = replace(entry("late", "09:00", "10:00"), days=frozenset({Weekday.SUNDAY}))
    christmas = DayException(date(2026, 12, 25), runs_as=Weekday.SUNDAY)
    await home.book.save(replace(plan(sundays), exceptions=(christmas,)))

    await home.clock.advance(DAY)

    assert switched(home) == [("Fri 09:00", "late", True), ("Fri 10:00", "late", False)]


async def test_skipping_the_next_window_skips_it_once(home, at) -> None:
    at("2026-03-02T06:00")
    await home.start()
    await home.book.save(plan(entry("a", "07:00", "08:00"), entry("b", "07:30", "08:30")))

    await home.book.skip_next("s")
    await home.clock.advance(DAY + HOUR / 2)

    assert switched(home) == [("Mon 07:30", "b", True), ("Mon 08:30", "b", False)]
    assert await told(home) == [("skipped", RestReason.SKIPPED)]
    assert home.book.next_window("s").day == date(2026, 3, 3)


async def test_any_window_in_sight_is_skipped_once_and_named_by_its_date(home, at) -> None:
    at("2026-03-02T06:00")
    await home.start()
    night = home.book.zone
    await home.book.save(plan(entry("a", "23:30", "01:00")))
    run = home.book.planned(3)[2]

    for _ in range(2):
        skipped = await home.book.skip("s", run.entry_id, run.day)

    (left,) = home.book.left_out(3)
    assert len(skipped.exceptions) == 1
    assert (left.day, left.reason) == (date(2026, 3, 4), RestReason.SKIPPED)
    assert left.start == run.start
    assert run.start.astimezone(night).date() == run.day
    assert run.day not in {one.day for one in home.book.planned(3)}


async def test_a_skip_survives_a_power_cut_and_can_be_taken_back(home, at) -> None:
    at("2026-03-02T06:00")
    await home.start()
    await home.book.save(plan(entry("a", "07:00", "08:00")))
    await home.book.skip_next("s")

    await home.restart_after(0.1)
    assert home.book.next_window("s").day == date(2026, 3, 3)

    await home.book.unskip("s", "a", date(2026, 3, 2))
    await home.clock.advance(3 * HOUR)
    assert switched(home)[0] == ("Mon 07:00", "a", True)


async def test_nothing_is_switched_on_a_vacation_and_the_window_begun_before_it_ends(
    home, at
) -> None:
    at("2026-03-02T21:00")
    await home.start()
    await home.book.save(plan(entry("night", "22:00", "01:00")))
    await home.book.set_vacations([Vacation(date(2026, 3, 3), date(2026, 3, 4))])

    await home.clock.advance(3 * DAY + 2 * HOUR)

    assert switched(home) == [
        ("Mon 22:00", "night", True),
        ("Tue 01:00", "night", False),
        ("Thu 22:00", "night", True),
    ]
    assert await told(home) == [("skipped", RestReason.VACATION)] * 2


async def test_a_pause_stops_what_runs_and_what_is_left_of_it_resumes(home, at) -> None:
    at("2026-03-02T07:00")
    await home.start()
    await home.book.save(plan(entry("a", "07:00", "10:00")))
    await home.clock.advance(HOUR)

    await home.book.pause(home.clock.now() + timedelta(hours=1))
    await home.clock.advance(3 * HOUR)

    assert switched(home) == [
        ("Mon 07:00", "a", True),
        ("Mon 08:00", "a", False),
        ("Mon 09:00", "a", True),
        ("Mon 10:00", "a", False),
    ]


async def test_a_pause_until_someone_says_survives_a_restart(home, at) -> None:
    at("2026-03-02T06:30")
    await home.start()
    await home.book.save(plan(entry("a", "07:00", "10:00")))
    await home.book.pause(None)

    await home.restart_after(1)
    assert "lamp" not in home.commander.on
    await home.book.go_on()
    await home.clock.advance(0)

    assert home.commander.on["lamp"] is True
    assert await told(home) == [("skipped", RestReason.PAUSE)]


async def test_what_a_vacation_left_out_while_the_hub_was_off_is_not_called_missed(
    home, at
) -> None:
    at("2026-03-02T12:00")
    await home.start()
    await home.book.save(plan(entry("a", "07:00", "08:00")))
    await home.book.set_vacations([Vacation(date(2026, 3, 3), date(2026, 3, 9))])

    await home.restart_after(24 * 3)

    assert await told(home) == [("skipped", RestReason.VACATION)] * 3
    assert not [event for event in home.events if not isinstance(event[2], bool)]


async def test_what_will_be_left_out_is_known_before(home, at) -> None:
    at("2026-03-02T12:00")
    await home.start()
    await home.book.save(plan(entry("a", "07:00", "08:00")))
    await home.book.set_vacations([Vacation(date(2026, 3, 3), date(2026, 3, 4))])

    assert [(one.start.day, one.reason) for one in home.book.left_out(7)] == [
        (3, RestReason.VACATION),
        (4, RestReason.VACATION),
    ]
    assert [run.start.day for run in home.book.planned(7)] == [5, 6, 7, 8, 9]
    assert home.book.next_switch("lamp") == datetime(2026, 3, 5, 6, tzinfo=UTC)


async def test_a_window_beyond_a_long_vacation_is_still_in_sight(home, at) -> None:
    at("2026-03-02T12:00")
    await home.book.save(plan(entry("a", "07:00", "08:00")))
    await home.book.set_vacations([Vacation(date(2026, 3, 3), date(2026, 9, 30))])

    assert home.book.next_switch("lamp") == datetime(2026, 10, 1, 5, tzinfo=UTC)


async def test_what_cannot_be_is_refused(home, at) -> None:
    at("2026-03-02T12:00")
    with pytest.raises(RestInvalid) as caught:
        await home.book.set_vacations([Vacation(date(2026, 3, 3), date(2026, 3, 2))])
    assert caught.value.field == "vacations[0].last_day"

    with pytest.raises(RestInvalid):
        await home.book.pause(home.clock.now())

    await home.book.save(plan(entry("a", "07:00", "08:00"), enabled=False))
    with pytest.raises(NothingToSkip):
        await home.book.skip_next("s")


async def test_changes_made_at_once_all_stay(home, at) -> None:
    at("2026-03-02T06:00")
    await home.start()
    await home.book.save(plan(entry("a", "07:00", "08:00"), entry("b", "09:00", "10:00")))
    away = Vacation(date(2026, 3, 20), date(2026, 3, 22))
    later = Vacation(date(2026, 8, 1), date(2026, 8, 9))
    days = [date(2026, 3, number) for number in (3, 4, 5)]

    async with asyncio.TaskGroup() as tasks:
        for day in days:
            tasks.create_task(home.book.skip("s", "a", day))
        tasks.create_task(home.book.pause(None))
        tasks.create_task(home.book.edit_vacations(lambda known: [*known, away]))
        tasks.create_task(home.book.edit_vacations(lambda known: [*known, later]))

    assert [one.day for one in home.book.get("s").exceptions] == days
    assert home.book.rest.vacations == (away, later)
    assert home.book.rest.pause is not None
    await home.restart_after(0.1)
    assert [one.day for one in home.book.get("s").exceptions] == days
    assert home.book.rest.vacations == (away, later)


async def test_a_rest_further_ahead_than_anybody_plans_is_refused(home, at) -> None:
    at("2026-03-02T06:00")
    await home.start()
    await home.book.save(plan(entry("a", "07:00", "08:00")))

    with pytest.raises(RestInvalid) as vacation:
        await home.book.set_vacations([Vacation(date(2026, 3, 2), date.max)])
    with pytest.raises(RestInvalid) as pause:
        await home.book.pause(datetime.max.replace(tzinfo=UTC))

    assert [vacation.value.field, pause.value.field] == ["vacations[0].last_day", "until"]
    assert home.book.next_window("s").day == date(2026, 3, 2)


async def test_an_exception_at_the_end_of_time_stops_no_plan(home, at) -> None:
    at("2026-03-02T06:00")
    await home.start()
    never = replace(plan(entry("a", "07:00", "08:00")), enabled=False)

    await home.book.save(replace(never, exceptions=(DayException(date.max),)))

    assert home.book.next_switch("lamp") is None
    await home.clock.advance(DAY)
    assert switched(home) == []
