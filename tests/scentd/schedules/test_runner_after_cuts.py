"""The runner after power cuts, restarts and a clock that is set, over a real database."""

from collections.abc import Callable
from datetime import timedelta

from scentd.model.commands import Answer
from scentd.model.events import ClockStepped
from scentd.schedules.memory import RunnerMemory
from tests.fakes.plans import entry, plan

MINUTE = 60.0
HOUR = 3600.0

At = Callable[[str], None]


async def test_after_a_power_cut_the_rest_of_the_window_runs_and_the_cut_is_recorded(
    home, at: At
) -> None:
    at("2026-03-02T06:00")
    await home.start()
    await home.book.save(plan(entry("morning", "07:00", "09:00")))
    await home.clock.advance(0)

    await home.restart_after(hours=2)

    assert home.events == [
        ("Mon 08:00", "morning", "The hub was not running then."),
        ("Mon 08:00", "morning", True),
    ]


async def test_windows_missed_while_off_are_recorded_once_and_never_replayed(home, at: At) -> None:
    at("2026-03-02T06:00")
    await home.start()
    await home.book.save(plan(entry("a", "07:00", "07:15"), entry("b", "07:30", "07:45")))
    await home.clock.advance(0)

    await home.restart_after(hours=3)
    await home.restart_after(hours=1)

    assert [(name, what) for _, name, what in home.events] == [
        ("a", "The hub was not running then."),
        ("b", "The hub was not running then."),
    ]
    assert home.commander.wishes == []


async def test_a_window_that_ended_while_off_is_switched_off_at_start(home, at: At) -> None:
    at("2026-03-02T06:30")
    await home.start()
    await home.book.save(plan(entry("morning", "07:00", "09:00")))
    await home.clock.advance(HOUR)

    await home.restart_after(hours=5)

    assert home.commander.on["lamp"] is False
    assert home.events[-1] == ("Mon 12:30", "morning", False)


async def test_a_restart_within_a_window_changes_nothing(home, at: At) -> None:
    at("2026-03-02T06:30")
    await home.start()
    await home.book.save(plan(entry("morning", "07:00", "09:00")))
    await home.clock.advance(HOUR)

    await home.restart_after(hours=0.5)
    await home.clock.advance(2 * HOUR)

    assert home.events == [("Mon 07:00", "morning", True), ("Mon 09:00", "morning", False)]


async def test_a_clock_set_forward_runs_what_is_open_and_records_what_was_stepped_over(
    home, at: At
) -> None:
    at("2026-03-02T06:00")
    await home.start()
    await home.book.save(plan(entry("a", "07:00", "07:30"), entry("b", "08:30", "10:00")))
    await home.clock.advance(0)

    home.clock.step(timedelta(hours=3))
    home.bus.publish(ClockStepped(home.clock.now(), 3 * HOUR))
    await home.clock.advance(1)

    assert home.events == [
        ("Mon 09:00", "a", "The clock was set forward over it."),
        ("Mon 09:00", "b", "The clock was set forward over it."),
        ("Mon 09:00", "b", True),
    ]


async def test_a_clock_set_back_does_not_run_a_finished_window_again(home, at: At) -> None:
    at("2026-03-02T06:30")
    await home.start()
    await home.book.save(plan(entry("morning", "07:00", "07:30")))
    await home.clock.advance(1.5 * HOUR)

    home.clock.step(timedelta(hours=-1))
    home.bus.publish(ClockStepped(home.clock.now(), -HOUR))
    await home.clock.advance(3 * HOUR)
    await home.restart_after(hours=0)

    assert home.events == [("Mon 07:00", "morning", True), ("Mon 07:30", "morning", False)]


async def test_a_clock_set_back_before_a_pending_window_lets_it_run_once(home, at: At) -> None:
    at("2026-03-02T06:30")
    await home.start()
    await home.book.save(plan(entry("morning", "07:00", "07:30")))
    await home.clock.advance(0)

    home.clock.step(timedelta(hours=-1))
    home.bus.publish(ClockStepped(home.clock.now(), -HOUR))
    await home.clock.advance(3 * HOUR)

    assert home.events == [("Mon 07:00", "morning", True), ("Mon 07:30", "morning", False)]


async def test_nothing_runs_until_the_clock_is_trusted(home, at: At) -> None:
    at("2026-03-02T06:30")
    await home.start()
    await home.book.save(plan(entry("morning", "07:00", "09:00")))
    await home.clock.advance(0)
    await home.stop()
    home.clock.trusted = False

    runner = await home.start()
    await home.clock.advance(HOUR)
    held_because = runner.held_because
    home.clock.trusted = True
    await home.clock.advance(2)

    assert held_because == "The clock is not set yet; schedules wait until it is."
    assert runner.held_because is None
    assert home.commander.on["lamp"] is True


async def test_a_clock_that_lost_its_time_holds_schedules_for_a_while(home, at: At) -> None:
    at("2026-03-02T12:00")
    await home.start()
    await home.book.save(plan(entry("night", "03:00", "05:00")))
    await home.clock.advance(0)
    await home.stop()

    at("2026-02-28T03:30")
    runner = await home.start()
    held_because = runner.held_because
    await home.clock.advance(16 * MINUTE)

    assert held_because is not None
    assert runner.held_because is None
    assert home.commander.on["lamp"] is True


async def test_the_end_of_a_window_hidden_by_one_that_ran_already_is_not_slept_through(
    home, at: At
) -> None:
    at("2026-03-02T21:30")
    await home.start()
    await home.book.save(plan(entry("late", "22:00", "00:30"), entry("dark", "00:00", "01:10")))
    await home.clock.advance(4 * HOUR)
    home.events.clear()

    home.clock.step(timedelta(hours=-2))
    home.bus.publish(ClockStepped(home.clock.now(), -2 * HOUR))
    await home.clock.advance(3 * HOUR)

    assert home.events == [("Mon 23:30", "late", True), ("Tue 00:30", "late", False)]


async def test_what_is_left_of_a_window_runs_after_a_clock_that_led_is_set_right(
    home, at: At
) -> None:
    at("2026-03-02T19:30")
    await home.start()
    await home.book.save(plan(entry("evening", "20:00", "21:00")))
    await home.clock.advance(0.6 * HOUR)
    await home.stop()

    home.clock.step(timedelta(hours=1))
    await home.start()
    await home.clock.advance(20)
    on_while_it_led = home.commander.on["lamp"]
    home.clock.step(timedelta(hours=-1))
    home.bus.publish(ClockStepped(home.clock.now(), -HOUR))
    await home.clock.advance(MINUTE)

    assert not on_while_it_led
    assert home.commander.on["lamp"] is True


async def test_a_window_that_was_refused_and_then_ran_is_switched_off_after_a_crash(
    home, at: At
) -> None:
    at("2026-03-02T06:30")
    home.commander.answers["lamp"] = Answer.REFUSED
    runner = await home.start()
    await home.book.save(plan(entry("morning", "07:00", "09:00")))
    await home.clock.advance(HOUR)
    del home.commander.answers["lamp"]
    runner.resume("lamp")
    await home.clock.advance(HOUR)

    await home.restart_after(hours=2)

    assert home.commander.on["lamp"] is False


async def torn_beginning(home, at: At) -> None:
    """The power goes when the morning's beginning is on the disk and not yet told."""
    at("2026-03-02T06:59")
    await home.start()
    await home.book.save(plan(entry("morning", "07:00", "09:00")))
    await home.clock.advance(0)
    window = home.book.next_window("s")
    await home.stop()
    await RunnerMemory(home.database, log_days=30).beginning("lamp", window)


async def test_a_beginning_that_a_cut_tore_is_told_when_it_goes_on(home, at: At) -> None:
    await torn_beginning(home, at)

    await home.restart_after(hours=1)
    await home.restart_after(hours=0.5)

    assert home.events == [("Mon 07:59", "morning", True)]


async def test_a_torn_beginning_of_a_window_that_is_over_is_missed(home, at: At) -> None:
    await torn_beginning(home, at)

    await home.restart_after(hours=4)
    await home.restart_after(hours=1)

    why = "It could not begin before its time was over."
    assert home.events == [("Mon 10:59", "morning", why)]
    assert not home.commander.on.get("lamp")


async def test_a_torn_beginning_is_not_missed_where_the_clock_goes_back_before_it(
    home, at: At
) -> None:
    await torn_beginning(home, at)

    at("2026-03-02T06:00")
    await home.start()
    await home.clock.advance(0.5 * HOUR)
    before = list(home.events)
    await home.clock.advance(HOUR)

    assert before == []
    assert home.events == [("Mon 07:00", "morning", True)]


async def test_a_torn_beginning_of_a_window_that_gave_way_to_another_is_missed(
    home, at: At
) -> None:
    at("2026-03-02T06:59")
    await home.start()
    await home.book.save(plan(entry("long", "07:00", "09:00"), entry("strong", "07:30", "08:00")))
    await home.clock.advance(0)
    window = home.book.next_window("s")
    await home.stop()
    await RunnerMemory(home.database, log_days=30).beginning("lamp", window)

    await home.restart_after(hours=0.75)

    assert sorted((name, what) for _, name, what in home.events[:2]) == [
        ("long", "It could not begin before its time was over."),
        ("strong", "The hub was not running then."),
    ]
    assert home.events[2:] == [("Mon 07:44", "strong", True)]
