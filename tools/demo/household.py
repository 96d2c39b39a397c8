"""The demo's household: what stands in its rooms, its week, its one rule."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

EVERY_DAY = tuple(range(7))
WORKDAYS = tuple(range(5))
WEEKEND = (5, 6)
ROOMS = ("Living room", "Bedroom", "Bathroom", "Hallway")
_LONG_ENOUGH = timedelta(minutes=20)


@dataclass(frozen=True)
class Bottle:
    """A bottle that somebody says is in a diffuser which cannot tell by itself."""

    room: str
    sku: str
    scent_name: str
    capacity_ul: int
    remaining_ul: int


@dataclass(frozen=True)
class Window:
    """A weekly window; days count from Monday, 0."""

    name: str
    room: str
    start: time
    end: time
    days: tuple[int, ...]
    percent: int

    def covers(self, moment: datetime) -> bool:
        """Whether the window is open at a local moment; an end before the start is tomorrow's."""
        opened = moment.replace(hour=self.start.hour, minute=self.start.minute)
        if opened > moment:
            opened -= timedelta(days=1)
        closed = opened.replace(hour=self.end.hour, minute=self.end.minute)
        if closed <= opened:
            closed += timedelta(days=1)
        return opened.weekday() in self.days and moment < closed


# Both stand in devices of the older kind, which know neither scent nor level.
BOTTLES = (
    Bottle("Bedroom", "LAVFLD-30", "Lavender Field", 30_000, 11_400),
    Bottle("Hallway", "WHTTEA-50", "White Tea", 50_000, 45_500),
)

WEEK = (
    Window("Shower", "Bathroom", time(6, 30), time(8), WORKDAYS, 100),
    Window("Slow morning", "Bathroom", time(8, 30), time(11), WEEKEND, 100),
    Window("Wake up", "Living room", time(7), time(8, 30), WORKDAYS, 60),
    Window("Evening", "Living room", time(18), time(22, 30), EVERY_DAY, 60),
    Window("Wind down", "Bedroom", time(21, 30), time(23), EVERY_DAY, 50),
    Window("Guests", "Hallway", time(10), time(20), WEEKEND, 50),
)

# Whoever starts the demo at any hour shall see oil fall: these begin at that very hour. Only
# rooms whose device weighs its cartridge, so that the hub notices how fast the oil runs here.
_ANY_HOUR = {"Bathroom": ("Fresh air", 100), "Living room": ("Reading hours", 60)}
_ANY_HOUR_LASTS_H = 4

# The bathroom's last oil must end sooner than a parcel comes, or nobody would propose one.
RUNS_LOW_IN = "Bathroom"
RUNS_LOW_BY_H_A_DAY = 4


def week_from(now: datetime) -> tuple[Window, ...]:
    """Return the week, with more windows for the room that is to run low, and where none runs.

    "Runs" is meant at this local moment and for the next minutes.
    """
    hour = now.hour
    more = [
        Window(name, room, time(hour), time((hour + _ANY_HOUR_LASTS_H) % 24), EVERY_DAY, percent)
        for room, (name, percent) in _ANY_HOUR.items()
        if room == RUNS_LOW_IN or not _runs(room, now) or not _runs(room, now + _LONG_ENOUGH)
    ]
    return (*WEEK, *more)


def _runs(room: str, moment: datetime) -> bool:
    return any(window.room == room and window.covers(moment) for window in WEEK)


def schedule(window: Window, diffuser_id: str) -> dict[str, object]:
    """Return a window as the hub's API takes a schedule."""
    entry = {
        "id": "1",
        "start": window.start.isoformat("minutes"),
        "end": window.end.isoformat("minutes"),
        "days": list(window.days),
        "intensity_percent": window.percent,
    }
    return {"name": window.name, "diffuser_id": diffuser_id, "entries": [entry]}


def rule(ids: dict[str, str]) -> dict[str, object]:
    """Return the household's rule; `ids` are diffuser ids by room."""
    return {
        "name": "Bedroom on, living room gentle",
        "trigger": {
            "kind": "device_state_change",
            "diffuser_id": ids["Bedroom"],
            "attribute": "power",
            "to": True,
        },
        "actions": [
            {
                "kind": "set_diffuser",
                "diffuser_id": ids["Living room"],
                "intensity_percent": 20,
            }
        ],
    }
