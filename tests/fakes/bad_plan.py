"""The plan of a house on bad days: all that is hard to run by, and one device with limits."""

from datetime import date, time

from scentd.model.safety import Limits, SafetyRules
from scentd.model.schedule import (
    DayException,
    Rest,
    ScentSchedule,
    ScheduleEntry,
    Vacation,
    Weekday,
)
from tests.fakes.wall_face import DAY

NAMES = ("lamp", "fan", "mist")
LIMITED = "mist"
"""The device that has limits; the others may always do what the plan says."""
LIMITS = Limits(run_minutes=40, hour_minutes=45, day_minutes=300, rest_minutes=15)


def device(name: str) -> str:
    return f"native-{name}"


def _entry(name: str, start: str, end: str, percent: int | None, days: str = "0123456"):
    first, last = time.fromisoformat(start), time.fromisoformat(end)
    return ScheduleEntry(name, first, last, frozenset(Weekday(int(d)) for d in days), percent)


def plan_of(first_day: date) -> tuple[list[ScentSchedule], Rest]:
    """Windows that overlap, touch, cross midnight and the change of clocks; days off."""

    def day(number: int) -> date:
        return first_day + number * DAY

    schedules = [
        ScentSchedule(
            "morning",
            "Morning",
            device("lamp"),
            (
                _entry("early", "06:30", "09:00", 40),
                _entry("strong", "07:15", "07:45", 100),
                _entry("after", "09:00", "09:40", 20, "01234"),
            ),
            exceptions=(
                DayException(day(4)),
                DayException(day(6), runs_as=Weekday.SUNDAY),
                DayException(day(7), entry_id="strong"),
            ),
        ),
        ScentSchedule(
            "night",
            "Night",
            device("lamp"),
            (_entry("late", "22:30", "02:30", 60), _entry("dark", "02:00", "03:10", None)),
        ),
        ScentSchedule(
            "kitchen",
            "Kitchen",
            device("fan"),
            (
                _entry("noon", "11:30", "13:00", 80),
                _entry("inner", "12:00", "12:20", 20, "0246"),
                _entry("eve", "17:00", "23:59", 60, "45"),
                _entry("sunday", "10:00", "10:00", 40, "6"),
                _entry("change", "01:30", "02:45", 20),
            ),
        ),
        ScentSchedule(
            "bath",
            "Bath",
            device("mist"),
            (_entry("long", "05:00", "12:00", 100), _entry("evening", "19:00", "01:00", 60)),
        ),
    ]
    return schedules, Rest((Vacation(day(10), day(12)),))


def rules() -> SafetyRules:
    """Give the limits of the one that has some."""
    return SafetyRules(everywhere=Limits(), diffusers={device(LIMITED): LIMITS})
