"""Whether a condition holds now, and the fact it was judged by; nothing here changes anything."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from scentd.automation.attributes import key_of, value_of
from scentd.automation.people import People
from scentd.automation.place import Place
from scentd.automation.sensors import Standing
from scentd.model.cartridge import Cartridge, SlotKey
from scentd.model.condition import (
    AllOf,
    AnyOf,
    Condition,
    Cooldown,
    DeviceStateIs,
    LevelAbove,
    LevelBelow,
    MemberIs,
    NobodyHome,
    NotSo,
    OnDays,
    SensorIs,
    SomeoneHome,
    SunElevation,
    SunWindow,
    TimeWindow,
)
from scentd.model.diffuser import DiffuserState
from scentd.model.errors import ScentdError
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
    place: Callable[[], Place]
    people: People
    sensor: Callable[[SensorIs], Standing]


def judge(condition: Condition, facts: Facts, now: datetime, ran_s_ago: float | None) -> Judged:
    """Judge one condition; `ran_s_ago`: seconds since the rule last ran, None for never."""
    match condition:
        case AllOf() | AnyOf():
            judged = [judge(part, facts, now, ran_s_ago) for part in condition.conditions]
            holds = (all if isinstance(condition, AllOf) else any)(one.holds for one in judged)
            return Judged(holds, "; ".join(one.fact for one in judged))
        case NotSo():
            inner = judge(condition.condition, facts, now, ran_s_ago)
            return Judged(not inner.holds, inner.fact)
        case Cooldown():
            if ran_s_ago is None:
                return Judged(holds=True, fact="it never ran")
            return Judged(ran_s_ago >= condition.seconds, f"it ran {ran_s_ago:.0f} s ago")
        case TimeWindow() | OnDays() | SunElevation() | SunWindow():
            return _judge_time(condition, facts.place(), now)
        case SomeoneHome() | NobodyHome() | MemberIs():
            return _judge_people(condition, facts.people)
        case DeviceStateIs():
            return _judge_state(condition, facts)
        case SensorIs():
            return _judge_sensor(condition, facts.sensor(condition))
        case LevelAbove() | LevelBelow():
            return _judge_level(condition, facts)


def _judge_time(
    condition: TimeWindow | OnDays | SunElevation | SunWindow, place: Place, now: datetime
) -> Judged:
    local = now.astimezone(place.zone)
    match condition:
        case TimeWindow():
            return Judged(_is_within(condition, local), f"it is {local:%A %H:%M}")
        case OnDays():
            return Judged(Weekday(local.weekday()) in condition.days, f"it is {local:%A}")
        case SunElevation():
            return _judge_elevation(condition, place, now)
        case SunWindow():
            return _judge_sun(condition, place, now)


def _is_within(window: TimeWindow, local: datetime) -> bool:
    """Judge by the clock on the wall, as a person would: a day belongs to its evening's window."""
    wall = local.time()
    today = Weekday(local.weekday()) in window.days
    if window.start < window.end:
        return today and window.start <= wall < window.end
    yesterday = Weekday((local - _DAY).weekday()) in window.days
    return (today and wall >= window.start) or (yesterday and wall < window.end)


def _judge_elevation(condition: SunElevation, place: Place, now: datetime) -> Judged:
    if place.sky is None:
        return Judged(holds=False, fact="nobody has said where the home is")
    degrees = place.sky.elevation_degrees(now)
    holds = (condition.above is None or degrees > condition.above) and (
        condition.below is None or degrees < condition.below
    )
    return Judged(holds, f"the sun stands at {degrees:.1f}°")


def _judge_sun(condition: SunWindow, place: Place, now: datetime) -> Judged:
    if place.sky is None:
        return Judged(holds=False, fact="nobody has said where the home is")
    today = now.astimezone(place.zone).date()
    moments, said = [], []
    for point, offset_min in (
        (condition.after, condition.after_offset_min),
        (condition.before, condition.before_offset_min),
    ):
        at = None if point is None else place.sky.instant(point, today)
        if point is not None and at is None:
            return Judged(holds=False, fact=f"there is no {point} today")
        if at is not None:
            at += timedelta(minutes=offset_min)
            said.append(f"{point} counts as {at.astimezone(place.zone):%H:%M}")
        moments.append(at)
    after, before = moments
    has_begun, has_not_ended = after is None or now >= after, before is None or now < before
    if after is not None and before is not None and after > before:
        # From the evening into the morning: tonight's part, or what is left of last night's.
        return Judged(has_begun or has_not_ended, "; ".join(said))
    return Judged(has_begun and has_not_ended, "; ".join(said))


def _judge_people(condition: SomeoneHome | NobodyHome | MemberIs, people: People) -> Judged:
    match condition:
        case SomeoneHome():
            if people.is_someone_home():
                return Judged(holds=True, fact="someone is home")
            return Judged(holds=False, fact="nobody is known to be home")
        case NobodyHome():
            if people.is_nobody_home():
                return Judged(holds=True, fact="everyone is away")
            return Judged(holds=False, fact="not everyone is known to be away")
        case MemberIs():
            where = people.whereabouts(condition.member_id)
            return Judged(where == condition.whereabouts, f"{condition.member_id} is {where}")


def _judge_state(condition: DeviceStateIs, facts: Facts) -> Judged:
    try:
        state = facts.state(condition.diffuser_id)
    except ScentdError as error:
        return Judged(holds=False, fact=error.message)
    value = value_of(state, condition.attribute)
    if value is None:
        return Judged(holds=False, fact="it is not known")
    return Judged(key_of(value) == key_of(condition.value), f"it is {value}")


def _judge_sensor(condition: SensorIs, standing: Standing) -> Judged:
    if standing.last is None:
        return Judged(holds=False, fact="nothing was heard yet")
    said = f"it is {standing.last:g} {condition.sensor_unit or condition.unit}".rstrip()
    if standing.beyond_s is None:
        return Judged(holds=False, fact=said)
    if condition.for_s is None:
        return Judged(holds=True, fact=said)
    return Judged(standing.beyond_s >= condition.for_s, f"{said} for {standing.beyond_s:.0f} s")


def _judge_level(condition: LevelAbove | LevelBelow, facts: Facts) -> Judged:
    cartridge = facts.cartridge(SlotKey(condition.diffuser_id, condition.slot_no))
    if cartridge is None:
        return Judged(holds=False, fact="no cartridge is fitted")
    percent = 100 * cartridge.fraction_left
    if isinstance(condition, LevelAbove):
        return Judged(percent > condition.percent, f"{percent:.1f} % is left")
    return Judged(percent < condition.percent, f"{percent:.1f} % is left")
