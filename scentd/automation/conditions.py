"""Whether a condition holds now, and the fact it was judged by; nothing here changes anything."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from scentd.automation.attributes import key_of, value_of
from scentd.model.cartridge import Cartridge, SlotKey
from scentd.model.diffuser import DiffuserState
from scentd.model.errors import ScentdError
from scentd.model.rule import Condition, Cooldown, DeviceStateIs, LevelAbove, TimeWindow
from scentd.model.schedule import Weekday

_DAY = timedelta(days=1)


class Judged(NamedTuple):
    """Whether it holds, and by which fact."""

    holds: bool
    fact: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Where conditions look. `state` may raise a ScentdError for an unknown diffuser."""

    state: Callable[[str], DiffuserState]
    cartridge: Callable[[SlotKey], Cartridge | None]
    zone: Callable[[], ZoneInfo]


def judge(condition: Condition, facts: Facts, now: datetime, ran_s_ago: float | None) -> Judged:
    """Judge one condition; `ran_s_ago`: seconds since the rule last ran, None for never."""
    match condition:
        case TimeWindow():
            local = now.astimezone(facts.zone())
            return Judged(_is_within(condition, local), f"it is {local:%A %H:%M}")
        case DeviceStateIs():
            return _judge_state(condition, facts)
        case LevelAbove():
            return _judge_level(condition, facts)
        case Cooldown():
            if ran_s_ago is None:
                return Judged(holds=True, fact="it never ran")
            return Judged(ran_s_ago >= condition.seconds, f"it ran {ran_s_ago:.0f} s ago")


def words_of(condition: Condition) -> str:
    """Say what a condition asks, for the trace."""
    match condition:
        case TimeWindow():
            return f"between {_clock(condition.start)} and {_clock(condition.end)}"
        case DeviceStateIs():
            return f"{condition.diffuser_id}: {condition.attribute} is {condition.value}"
        case LevelAbove():
            slot = SlotKey(condition.diffuser_id, condition.slot_no)
            return f"{slot}: more than {condition.percent:g} % left"
        case Cooldown():
            return f"at least {condition.seconds} s since it last ran"


def _is_within(window: TimeWindow, local: datetime) -> bool:
    """Judge by the clock on the wall, as a person would: a day belongs to its evening's window."""
    wall = local.time()
    today = Weekday(local.weekday()) in window.days
    if window.start < window.end:
        return today and window.start <= wall < window.end
    yesterday = Weekday((local - _DAY).weekday()) in window.days
    return (today and wall >= window.start) or (yesterday and wall < window.end)


def _judge_state(condition: DeviceStateIs, facts: Facts) -> Judged:
    try:
        state = facts.state(condition.diffuser_id)
    except ScentdError as error:
        return Judged(holds=False, fact=error.message)
    value = value_of(state, condition.attribute)
    if value is None:
        return Judged(holds=False, fact="it is not known")
    return Judged(key_of(value) == key_of(condition.value), f"it is {value}")


def _judge_level(condition: LevelAbove, facts: Facts) -> Judged:
    cartridge = facts.cartridge(SlotKey(condition.diffuser_id, condition.slot_no))
    if cartridge is None:
        return Judged(holds=False, fact="no cartridge is fitted")
    percent = 100 * cartridge.fraction_left
    return Judged(percent > condition.percent, f"{percent:.1f} % is left")


def _clock(wall: time) -> str:
    return f"{wall:%H:%M}"
