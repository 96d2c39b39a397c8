"""Why something went as it did: a code for programs and its facts, put into words later."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Reason:
    """A stable code and what stands in its sentence.

    Moments are ISO 8601 in UTC, wall times HH:MM. `english` is the sentence of codes that are not
    of the table here; it is not kept.
    """

    code: str
    facts: Mapping[str, str | int] = field(default_factory=dict)
    english: str = field(default="", compare=False)

    def __str__(self) -> str:
        """Give the sentence in English, for logs and for programs that show it as it is."""
        if self.english or self.code not in _ENGLISH:
            return self.english or self.code
        return _ENGLISH[self.code].format_map({**self.facts, "until": self._until()})

    @property
    def until(self) -> datetime | None:
        """The moment until which it stands, None where there is none (or it is a wall time)."""
        said = self.facts.get("until")
        return datetime.fromisoformat(said) if isinstance(said, str) and "T" in said else None

    def _until(self) -> str:
        moment = self.until
        return str(self.facts.get("until", "")) if moment is None else f"{moment:%d %B, %H:%M} UTC"


_ENGLISH = {
    "asked": "It was asked to.",
    "asked_before": "It was asked for that a moment ago.",
    "already_so": "It is so already.",
    "model_unknown": "Its model is not known yet; choose it on the devices page.",
    "past": "The moment until which it should hold is past.",
    "unable": "The device cannot do that.",
    "device_refused": "The device refused: {error}.",
    "unreachable": "It is not there now; nothing is sent late.",
    "unreachable_stops": "It is not there now; it is stopped as soon as it can be reached.",
    "broker": "The broker is not connected; nothing is sent late.",
    "broker_stops": "The broker is not connected; it is stopped as soon as it can be reached.",
    "hub_off": "The hub was not running then.",
    "clock_over": "The clock was set forward over it.",
    "hub_busy": "The hub came to it late.",
    "never_began": "It could not begin before its time was over.",
    "time_over": "Its time was over.",
    "replanned": "The plan changed.",
    "plan_skipped": "It was skipped once.",
    "plan_exception": "The schedule leaves that date out.",
    "plan_vacation": "It was a vacation.",
    "plan_pause": "Every schedule was paused.",
    "said": "{text}",
    "held": "Everything is stopped until somebody lets it go on.",
    "quiet": "It is a quiet hour, until {until}.",
    "run": "It ran as long as it may without a pause: {limit} minutes.",
    "session": "It ran as long as it may without a long pause: {limit} minutes.",
    "session_oil": "It used as much as it may without a long pause: {limit} µl.",
    "hour": "It ran as long as it may in an hour: {limit} minutes.",
    "hour_oil": "It used as much as it may in an hour: {limit} µl.",
    "day": "It ran as long as it may in a day: {limit} minutes.",
    "day_oil": "It used as much as it may in a day: {limit} µl.",
    "room_run": "Its room had scent as long as it may without a pause: {limit} minutes.",
    "room_session": "Its room had scent as long as it may without a long pause: {limit} minutes.",
    "room_session_oil": "Its room got as much as it may without a long pause: {limit} µl.",
    "room_hour": "Its room had scent as long as it may in an hour: {limit} minutes.",
    "room_hour_oil": "Its room got as much as it may in an hour: {limit} µl.",
    "room_day": "Its room had scent as long as it may in a day: {limit} minutes.",
    "room_day_oil": "Its room got as much as it may in a day: {limit} µl.",
    "pause": "It pauses between two runs, {minutes} minutes more.",
    "room_pause": "Its room pauses between two runs, {minutes} minutes more.",
    "rest": "It ran for {limit} minutes without a pause and rests for {minutes} more.",
    "room_rest": "Its room had scent for {limit} minutes without a pause and rests for"
    " {minutes} more.",
    "least_run": "It could run for less than {limit} seconds, too short for its pump.",
    "room_least_run": "It could run for less than {limit} seconds, too short for its pump.",
    "unsafe_child": "{scent} is kept away from children here.",
    "unsafe_pet": "{scent} is kept away from pets here.",
    "empty": "Nothing is left in it. Refill it, or say that you still see oil, and it goes on.",
    "child_lock": "Its child lock is on: buttons and programs start nothing.",
    "by_hand": "Somebody set it by hand; that holds until {until}.",
    "by_hand_for_good": "Somebody set it by hand; that holds until they say otherwise.",
    "by_rule": "A rule stopped it for what is left of the window, until {until}.",
    "away": "The household is on vacation, and schedules and rules rest until {until}.",
}
CODES = frozenset(_ENGLISH)
"""Every code there is."""
