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
from scentd.model.reasons import Reason
from scentd.model.schedule import Weekday

_DAY = timedelta(days=1)
_NEVER_RAN = (Reason("never_ran"),)


class Judged(NamedTuple):
    """Whether it holds, and by which facts."""

    holds: bool
    facts: tuple[Reason, ...]


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
            return Judged(holds, tuple(fact for one in judged for fact in one.facts))
        case NotSo():
            inner = judge(condition.condition, facts, now, ran_s_ago)
            return Judged(not inner.holds, inner.facts)
        case Cooldown():
            if ran_s_ago is None:
                return Judged(holds=True, facts=_NEVER_RAN)
            return _judged(
                "ran_ago", holds=ran_s_ago >= condition.seconds, seconds=round(ran_s_ago)
            )
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
            holds = _is_within(condition, local)
            return _judged("wall", holds=holds, weekday=f"{local:%A}", time=f"{local:%H:%M}")
        case OnDays():
            holds = Weekday(local.weekday()) in condition.days
            return _judged("weekday", holds=holds, weekday=f"{local:%A}")
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
        return _judged("no_place", holds=False)
    degrees = place.sky.elevation_degrees(now)
    holds = (condition.above is None or degrees > condition.above) and (
        condition.below is None or degrees < condition.below
    )
    return _judged("sun_stands", holds=holds, degrees=f"{degrees:.1f}")


def _judge_sun(condition: SunWindow, place: Place, now: datetime) -> Judged:
    if place.sky is None:
        return _judged("no_place", holds=False)
    today = now.astimezone(place.zone).date()
    moments: list[datetime | None] = []
    said: list[Reason] = []
    for point, offset_min in (
        (condition.after, condition.after_offset_min),
        (condition.before, condition.before_offset_min),
    ):
        at = None if point is None else place.sky.instant(point, today)
        if point is not None and at is None:
            return _judged("no_sun", holds=False, point=point)
        if point is not None and at is not None:
            at += timedelta(minutes=offset_min)
            wall = f"{at.astimezone(place.zone):%H:%M}"
            said.append(Reason("sun_counts", {"point": point, "time": wall}))
        moments.append(at)
    after, before = moments
    has_begun, has_not_ended = after is None or now >= after, before is None or now < before
    if after is not None and before is not None and after > before:
        # From the evening into the morning: tonight's part, or what is left of last night's.
        return Judged(has_begun or has_not_ended, tuple(said))
    return Judged(has_begun and has_not_ended, tuple(said))


def _judge_people(condition: SomeoneHome | NobodyHome | MemberIs, people: People) -> Judged:
    match condition:
        case SomeoneHome():
            if people.is_someone_home():
                return _judged("someone_home", holds=True)
            return _judged("nobody_known", holds=False)
        case NobodyHome():
            if people.is_nobody_home():
                return _judged("everyone_away", holds=True)
            return _judged("not_all_away", holds=False)
        case MemberIs():
            where = people.whereabouts(condition.member_id)
            holds = where == condition.whereabouts
            return _judged("member_is", holds=holds, member=condition.member_id, where=where)


def _judge_state(condition: DeviceStateIs, facts: Facts) -> Judged:
    try:
        state = facts.state(condition.diffuser_id)
    except ScentdError as error:
        return Judged(holds=False, facts=(error.as_reason(),))
    value = value_of(state, condition.attribute)
    if value is None:
        return _judged("not_known", holds=False)
    holds = key_of(value) == key_of(condition.value)
    return _judged("is", holds=holds, attribute=condition.attribute, value=str(value))


def _judge_sensor(condition: SensorIs, standing: Standing) -> Judged:
    if standing.last is None:
        return _judged("not_heard", holds=False)
    reading = f"{standing.last:g} {condition.sensor_unit or condition.unit}".rstrip()
    if standing.beyond_s is None:
        return _judged("measures", holds=False, reading=reading)
    if condition.for_s is None:
        return _judged("measures", holds=True, reading=reading)
    holds, beyond_s = standing.beyond_s >= condition.for_s, round(standing.beyond_s)
    return _judged("measures_for", holds=holds, reading=reading, seconds=beyond_s)


def _judge_level(condition: LevelAbove | LevelBelow, facts: Facts) -> Judged:
    cartridge = facts.cartridge(SlotKey(condition.diffuser_id, condition.slot_no))
    if cartridge is None:
        return _judged("no_cartridge", holds=False)
    percent = 100 * cartridge.fraction_left
    is_above = isinstance(condition, LevelAbove)
    holds = percent > condition.percent if is_above else percent < condition.percent
    return _judged("oil_left", holds=holds, percent=f"{percent:.1f}")


def _judged(code: str, *, holds: bool, **facts: str | int) -> Judged:
    return Judged(holds, (Reason(code, facts),))
