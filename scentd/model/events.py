"""Facts on the hub's bus. An event says what happened; nobody may refuse it.

`at` is aware UTC, the moment the hub learnt of the fact.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from scentd.model.cartridge import Cartridge, FittedBy, RunOut, SlotKey
from scentd.model.commands import Answer, Source
from scentd.model.diffuser import Diffuser, DiffuserState
from scentd.model.household import Household
from scentd.model.readings import Reading
from scentd.model.reasons import Reason
from scentd.model.rule import RuleTrace


@dataclass(frozen=True, slots=True)
class Event:
    """What every event has."""

    at: datetime


@dataclass(frozen=True, slots=True)
class DiffuserFound(Event):
    """A device became known, or its description changed."""

    diffuser: Diffuser
    is_new: bool


@dataclass(frozen=True, slots=True)
class DiffuserRemoved(Event):
    """The household or the device's network took a device away."""

    diffuser_id: str


@dataclass(frozen=True, slots=True)
class Reported(Event):
    """A device said something. Retained messages are old news: they fill state, fire nothing."""

    diffuser_id: str
    readings: tuple[Reading, ...]
    is_retained: bool


@dataclass(frozen=True, slots=True)
class StateChanged(Event):
    """What we know of a diffuser changed; `source` is the wish behind it, None if the device's."""

    diffuser_id: str
    before: DiffuserState
    after: DiffuserState
    source: Source | None
    is_retained: bool


@dataclass(frozen=True, slots=True)
class CommandSent(Event):
    """A command went out to a device."""

    diffuser_id: str
    command_id: str
    source: Source


@dataclass(frozen=True, slots=True)
class CommandConfirmed(Event):
    """The device showed the state it was asked for."""

    diffuser_id: str
    command_id: str
    source: Source


@dataclass(frozen=True, slots=True)
class CommandUnconfirmed(Event):
    """The device did not show the state in spite of retries."""

    diffuser_id: str
    command_id: str
    source: Source


@dataclass(frozen=True, slots=True)
class CommandRefused(Event):
    """The commander did not send a wish, or its device did not do it."""

    diffuser_id: str
    source: Source
    answer: Answer
    reason: Reason


@dataclass(frozen=True, slots=True)
class ScheduleSwitched(Event):
    """A schedule's window began (`on`) or ended."""

    diffuser_id: str
    schedule_id: str
    entry_id: str
    on: bool


@dataclass(frozen=True, slots=True)
class ScheduleMissed(Event):
    """A window was not run, wholly or in part."""

    diffuser_id: str
    schedule_id: str
    entry_id: str
    planned_at: datetime
    reason: Reason


@dataclass(frozen=True, slots=True)
class RuleFired(Event):
    """A rule was triggered and ended; the trace says how."""

    trace: RuleTrace


@dataclass(frozen=True, slots=True)
class CartridgeFitted(Event):
    """Somebody put a cartridge in or refilled it: a new refill cycle, and who said so."""

    cartridge: Cartridge
    by: FittedBy = FittedBy.HOUSEHOLD


@dataclass(frozen=True, slots=True)
class LevelChanged(Event):
    """The estimate of a cartridge moved by at least a tenth of a percent."""

    cartridge: Cartridge
    run_out: RunOut


@dataclass(frozen=True, slots=True)
class CartridgeRunningLow(Event):
    """A cartridge runs low: raised once a refill cycle, already in the outbox."""

    cartridge: Cartridge
    run_out: RunOut


@dataclass(frozen=True, slots=True)
class CartridgeEmpty(Event):
    """A cartridge is empty, as measured or as the device's fault says."""

    slot: SlotKey


@dataclass(frozen=True, slots=True)
class BrokerLink(Event):
    """The broker was reached, or lost for that reason."""

    connected: bool
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class CloudLink(Event):
    """The cloud was reached or lost, and how many events wait in the outbox."""

    connected: bool
    queued: int
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class ClockStepped(Event):
    """The wall clock jumped by `by_s` seconds (more than 2 either way)."""

    by_s: float


@dataclass(frozen=True, slots=True)
class DocumentsChanged(Event):
    """The cloud sent news of these kinds (`reorder`, `catalogue`, `schedule`, …)."""

    kinds: frozenset[str]


@dataclass(frozen=True, slots=True)
class HouseholdChanged(Event):
    """The household's name, place, zone or language is another one now."""

    household: Household


@dataclass(frozen=True, slots=True)
class AppEventHeard(Event):
    """An app, or the hub itself, says that something by that name happened."""

    name: str
    data: Mapping[str, bool | int | float | str]


@dataclass(frozen=True, slots=True)
class HouseholdNotified(Event):
    """A rule tells the household something."""

    rule_id: str
    text: str


@dataclass(frozen=True, slots=True)
class RefillAsked(Event):
    """Somebody asked for a refill without being able to order one: the household decides."""

    slot: SlotKey
    source: Source


@dataclass(frozen=True, slots=True)
class RefillAnswered(Event):
    """A person of the household said no to a refill that was asked for."""

    slot: SlotKey


@dataclass(frozen=True, slots=True)
class CartridgeSuspectedEmpty(Event):
    """A running device draws less power than it does with oil, once a refill cycle: evidence for
    people, never a reason to order. The watts are None where only the device's fault says so.
    """

    slot: SlotKey
    watts: float | None
    usual_watts: float | None


@dataclass(frozen=True, slots=True)
class LevelRose(Event):
    """A device claims more oil than can be, though nobody told of a refill; microlitres."""

    slot: SlotKey
    believed_ul: int
    told_ul: int


@dataclass(frozen=True, slots=True)
class MemberEntered(Event):
    """A member came into a zone; `is_first` when no other member was known to be there.

    At home, guests count as somebody. Where a member is when the hub first hears of them is no
    coming.
    """

    member_id: str
    zone_id: str
    is_first: bool


@dataclass(frozen=True, slots=True)
class MemberLeft(Event):
    """A member left a zone; `is_last` when every other member is known not to be there.

    At home, guests count as somebody. Nobody is the last while one member's place is unknown.
    """

    member_id: str
    zone_id: str
    is_last: bool


@dataclass(frozen=True, slots=True)
class PresenceChanged(Event):
    """Something to be seen of presence changed: a place, a member, a zone, a tracker, guests."""
