"""Wishes about devices, and who utters them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from scentd.model.diffuser import Mode
from scentd.model.reasons import Reason

UNTIL_I_SAY = datetime(9999, 1, 1, tzinfo=UTC)
"""The end of a wish that holds until somebody lets go of it."""


class Origin(StrEnum):
    """Who wishes; the commander ranks them by this."""

    SAFETY = "safety"
    MANUAL = "manual"
    VOICE = "voice"
    PLATFORM = "platform"
    CLOUD = "cloud"
    SCHEDULE = "schedule"
    RULE = "rule"


@dataclass(frozen=True, slots=True)
class Source:
    """Who wishes and on whose account: a member, a schedule's id, a rule's id, a token."""

    origin: Origin
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """A wish for one diffuser; None leaves that part as it is.

    `until` bounds a manual wish (the override ends then); None means until the next planned
    switch of the diffuser. It means the time left until then: clocks that are set later do not
    change that. `slot_no` is the slot to spread from; `sku` names the scent instead, and
    the slot that holds it is found. `identify` asks the device to show itself, `refresh` to report.
    `light_percent` is 1..100, `light_rgb` six hexadecimal digits, lower case, `light_effect` one of
    `Capabilities.light_effects`. `timer_s` asks the device to stop by itself after so many seconds,
    whatever becomes of the hub; 0 takes that back.
    """

    diffuser_id: str
    source: Source
    power: bool | None = None
    intensity_percent: int | None = None
    mode: Mode | None = None
    light: bool | None = None
    light_percent: int | None = None
    light_rgb: str | None = None
    light_effect: str | None = None
    timer_s: int | None = None
    slot_no: int | None = None
    sku: str | None = None
    identify: bool = False
    refresh: bool = False
    until: datetime | None = None


class Answer(StrEnum):
    """What the commander did with a wish."""

    SENT = "sent"
    ALREADY_SO = "already_so"
    OVERRIDDEN = "overridden"
    REFUSED = "refused"
    OFFLINE = "offline"


TAKEN = frozenset({Answer.SENT, Answer.ALREADY_SO})
"""The answers to a wish against which nothing stood."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The commander's answer: what it did, why, and the step really asked for."""

    answer: Answer
    reason: Reason
    command_id: str | None = None
    intensity_percent: int | None = None

    @property
    def is_taken(self) -> bool:
        """Say whether nothing stood against the wish."""
        return self.answer in TAKEN

    @property
    def why(self) -> str:
        """The reason in English."""
        return str(self.reason)
