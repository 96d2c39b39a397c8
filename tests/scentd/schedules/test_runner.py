"""The runner over a manual clock and a real database."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

from scentd.model.commands import Answer, Origin, Source
from scentd.model.diffuser import Availability, DiffuserState
from scentd.model.events import HouseholdChanged, StateChanged
from scentd.model.household import Household
from tests.fakes.plans import entry, plan

MINUTE = 60.0
HOUR = 3600.0

At = Callable[[str], None]


def back_online(home, diffuser_id: str = "lamp") -> None:
    before = DiffuserState(availability=Availability.OFFLINE)
    after = DiffuserState(availability=Availability.ONLINE)
    home.bus.publish(
        StateChanged(home.clock.now(), diffuser_id, before, after, None, is_retained=False)
    )


def changed_by_hand(home) -> None:
    state = DiffuserState()
    source = Source(Origin.MANUAL)
    home.bus.publish(
        StateChanged(home.clock.now(), "lamp", state, state, source, is_retained=False)
    )


async def test_a_window_switches_on_at_its_start_and_off_at_its_end(home, at: At) -> None:
    at("2026-03-02T06:00")
    await home.start()
    await home.book.save(plan(entry("morning", "07:00", "09:00", percent=60)))

    await home.clock.advance(6 * HOUR)

    assert home.events == [("Mon 07:00", "morning", True), ("Mon 09:00", "morning", False)]
    wishes = [(w.power, w.intensity_percent, w.source) for w in home.commander.wishes]
    source = Source(Origin.SCHEDULE, "s")
    assert wishes == [(True, 60, source), (False, None, source)]


async def test_a_window_asks_for_its_scent(home, at: At) -> None:
    at("2026-03-02T06:00")
    await home.start()
    window = replace(entry("morning", "07:00", "09:00"), sku="LAVFLD-30")
    await home.book.save(plan(window))

    await home.clock.advance(6 * HOUR)

    assert [(w.power, w.sku) for w in home.commander.wishes] == [(True, "LAVFLD-30"), (False, None)]


async def test_touching_windows_switch_over_without_switching_off(home, at: At) -> None:
    at("2026-03-02T06:00")
    await home.start()
    await home.book.save(plan(entry("a", "07:00", "08:00", 30), entry("b", "08:00", "09:00", 60)))

    await home.clock.advance(4 * HOUR)

    assert [w.power for w in home.commander.wishes] == [True, True, False]


async def test_saving_a_window_that_is_open_starts_it_at_once(home, at: At) -> None:
    at("2026-03-02T08:00")
    await home.start()

    await home.book.save(plan(entry("morning", "07:00", "09:00")))
    await home.clock.advance(0)

    assert home.events == [("Mon 08:00", "morning", True)]


async def test_disabling_a_schedule_ends_its_open_window(home, at: At) -> None:
    at("2026-03-02T08:00")
    await home.start()
    await home.book.save(plan(entry("morning", "07:00", "09:00")))
    await home.clock.advance(0)

    await home.book.save(plan(entry("morning", "07:00", "09:00"), enabled=False))
    await home.clock.advance(0)

    assert home.commander.on["lamp"] is False


async def test_a_new_window_in_the_past_is_not_missed(home, at: At) -> None:
    at("2026-03-02T06:00")
    await home.start()
    await home.clock.advance(6 * HOUR)

    await home.book.save(plan(entry("morning", "07:00", "09:00")))
    await home.clock.advance(0)

    assert home.events == []


async def test_a_new_zone_plans_anew_at_once(home, at: At) -> None:
    at("2026-03-02T07:30")
    await home.start()
    await home.book.save(plan(entry("evening", "18:00", "20:00")))
    await home.clock.advance(0)

    home.zone = ZoneInfo("Asia/Tokyo")
    home.bus.publish(HouseholdChanged(home.clock.now(), Household(zone="Asia/Tokyo")))
    await home.clock.advance(5 * HOUR)

    assert home.events == [("Mon 18:00", "evening", True), ("Mon 20:00", "evening", False)]


async def test_a_device_that_returns_within_the_window_is_switched_on(home, at: At) -> None:
    at("2026-03-02T06:30")
    home.commander.answers["lamp"] = Answer.OFFLINE
    await home.start()
    await home.book.save(plan(entry("morning", "07:00", "09:00")))
    await home.clock.advance(HOUR)

    del home.commander.answers["lamp"]
    back_online(home)
    await home.clock.advance(0)

    assert home.events == [
        ("Mon 07:01", "morning", "the test says offline"),
        ("Mon 07:30", "morning", True),
    ]


async def test_a_device_that_is_away_for_a_moment_is_no_remark(home, at: At) -> None:
    at("2026-03-02T06:30")
    home.commander.answers["lamp"] = Answer.OFFLINE
    await home.start()
    await home.book.save(plan(entry("morning", "07:00", "09:00")))
    await home.clock.advance(0.5 * HOUR + 20)

    del home.commander.answers["lamp"]
    back_online(home)
    await home.clock.advance(10 * MINUTE)

    assert home.events == [("Mon 07:00", "morning", True)]


async def test_a_device_that_returns_after_the_window_stays_off(home, at: At) -> None:
    at("2026-03-02T06:30")
    home.commander.answers["lamp"] = Answer.OFFLINE
    await home.start()
    await home.book.save(plan(entry("morning", "07:00", "09:00")))
    await home.clock.advance(3 * HOUR)

    del home.commander.answers["lamp"]
    back_online(home)
    await home.clock.advance(0)

    assert "lamp" not in home.commander.on


async def test_an_off_that_could_not_be_delivered_is_delivered_when_the_device_returns(
    home, at: At
) -> None:
    at("2026-03-02T06:30")
    await home.start()
    await home.book.save(plan(entry("morning", "07:00", "09:00")))
    await home.clock.advance(HOUR)
    home.commander.answers["lamp"] = Answer.OFFLINE
    await home.clock.advance(3 * HOUR)

    await home.restart_after(hours=1)
    del home.commander.answers["lamp"]
    back_online(home)
    await home.clock.advance(0)

    assert home.commander.on["lamp"] is False


async def test_the_end_of_a_window_waits_for_a_person_who_wished_longer(home, at: At) -> None:
    at("2026-03-02T06:30")
    await home.start()
    await home.book.save(plan(entry("morning", "07:00", "09:00")))
    await home.clock.advance(HOUR)
    home.commander.answers["lamp"] = Answer.OVERRIDDEN
    home.commander.override_ends["lamp"] = home.clock.now() + timedelta(hours=3)
    changed_by_hand(home)

    await home.clock.advance(2.9 * HOUR)
    still_on = home.commander.on["lamp"]
    del home.commander.answers["lamp"], home.commander.override_ends["lamp"]
    await home.clock.advance(0.1 * HOUR + 1)

    assert still_on
    assert home.commander.on["lamp"] is False


async def test_a_hand_at_the_very_end_of_a_window_does_not_make_it_forgotten(home, at: At) -> None:
    at("2026-03-02T06:30")
    await home.start()
    await home.book.save(plan(entry("morning", "07:00", "09:00")))
    await home.clock.advance(HOUR)

    at("2026-03-02T09:00")
    changed_by_hand(home)
    await home.clock.advance(0)

    assert home.events[-1] == ("Mon 09:00", "morning", False)


async def test_a_window_resumes_when_a_persons_override_ends_within_it(home, at: At) -> None:
    at("2026-03-02T06:30")
    await home.start()
    await home.book.save(plan(entry("morning", "07:00", "09:00")))
    await home.clock.advance(HOUR)
    home.commander.on["lamp"] = False
    home.commander.override_ends["lamp"] = home.clock.now() + timedelta(minutes=20)
    changed_by_hand(home)

    await home.clock.advance(19 * MINUTE)
    before = home.commander.on["lamp"]
    await home.clock.advance(2 * MINUTE)

    assert not before
    assert home.commander.on["lamp"] is True


async def test_a_window_whose_wish_was_refused_does_not_switch_off_at_its_end(home, at: At) -> None:
    at("2026-03-02T06:30")
    home.commander.answers["lamp"] = Answer.REFUSED
    await home.start()
    await home.book.save(plan(entry("morning", "07:00", "09:00")))

    await home.clock.advance(3 * HOUR)

    assert [wish.power for wish in home.commander.wishes] == [True]


async def test_a_beginning_is_told_though_the_device_was_away_and_still_ran_by_the_last_window(
    home, at: At
) -> None:
    at("2026-03-02T06:30")
    await home.start()
    await home.book.save(plan(entry("a", "07:00", "08:00", 30), entry("b", "08:00", "09:00", 60)))
    await home.clock.advance(HOUR)
    home.commander.answers["lamp"] = Answer.OFFLINE
    await home.clock.advance(0.5 * HOUR + 20)

    del home.commander.answers["lamp"]
    back_online(home)
    await home.clock.advance(HOUR)

    assert home.events == [
        ("Mon 07:00", "a", True),
        ("Mon 08:00", "a", False),
        ("Mon 08:00", "b", True),
        ("Mon 09:00", "b", False),
    ]


async def test_the_same_window_a_day_later_is_another_beginning(home, at: At) -> None:
    at("2026-03-02T06:30")
    await home.start()
    await home.book.save(plan(entry("morning", "07:00", "09:00")))
    await home.clock.advance(HOUR)

    await home.restart_after(hours=24)

    assert home.events == [
        ("Mon 07:00", "morning", True),
        ("Tue 07:30", "morning", "The hub was not running then."),
        ("Tue 07:30", "morning", False),
        ("Tue 07:30", "morning", True),
    ]


async def test_a_window_of_24_hours_goes_on_through_a_restart_days_later(home, at: At) -> None:
    at("2026-03-02T06:30")
    await home.start()
    await home.book.save(plan(entry("always", "08:00", "08:00")))
    await home.clock.advance(50 * HOUR)

    await home.restart_after(hours=1)

    assert home.events == [("Mon 06:30", "always", True)]


async def test_what_was_previewed_for_two_weeks_is_what_happens(home, at: At) -> None:
    at("2026-10-19T00:10")
    await home.start()
    await home.book.save(plan(entry("night", "02:30", "02:45"), entry("late", "23:00", "01:00")))
    await home.clock.advance(0)
    preview = [(run.entry_id, run.start) for run in home.book.planned(days=14)]

    for _ in range(14):
        await home.clock.advance(24 * HOUR)
    started = [
        (row.entry_id, row.at)
        for row in await home.book.log(since=preview[0][1])
        if row.what == "started"
    ]

    assert started == preview[: len(started)]
    assert len(preview) - len(started) <= 1
