"""The parts of the house that page and API speak to, as narrow as they need them.

Each protocol is fulfilled by one part that the daemon builds; none of them is imported here, so
that the door to the house knows no broker and no cloud.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from scentd.api.access import Access
from scentd.api.activity import ActivityLog
from scentd.api.connections import Broker, Cloud, Pairing
from scentd.api.presses import Presses
from scentd.api.programs import Automations, Rules, Scenes
from scentd.bus import Bus
from scentd.cartridges.asks import RefillAsks
from scentd.clock import Clock
from scentd.model.cartridge import Cartridge, Fitting, Forecast, Knowledge, RunOut, SlotKey
from scentd.model.commands import Outcome, Source, Wish
from scentd.model.diffuser import Diffuser, DiffuserState
from scentd.model.errors import ScentdError
from scentd.model.safety import Decision, SafetyRules, Use
from scentd.model.schedule import (
    DayException,
    PlannedRest,
    PlannedRun,
    Rest,
    ScentSchedule,
    ScheduleEntry,
    Vacation,
)
from scentd.ports import PlatformBridge, Profile
from scentd.presence.roster import Roster
from scentd.presence.whereabouts import Presence
from scentd.store.database import Database
from scentd.store.household import HouseholdBook
from scentd.store.schedules import LogRow


class Diffusers(Protocol):
    """The devices of the household."""

    def all(self) -> Sequence[Diffuser]:
        """Give every known device in a stable order."""
        ...

    def get(self, diffuser_id: str) -> Diffuser:
        """Give one device; raises DiffuserUnknown."""
        ...

    async def rename(
        self, diffuser_id: str, *, name: str | None = None, room: str | None = None
    ) -> Diffuser:
        """Give a device the household's own name or room; None leaves it as it is."""
        ...

    def profiles(self, diffuser_id: str) -> Sequence[Profile]:
        """Give the models the household may choose from for this device."""
        ...

    async def choose_profile(self, diffuser_id: str, key: str) -> Diffuser:
        """Say which model a device is."""
        ...

    async def remove(self, diffuser_id: str) -> None:
        """Take a device away."""
        ...

    def search(self) -> None:
        """Ask the devices that speak only when asked."""
        ...

    async def ignore(self, diffuser_id: str, *, is_ignored: bool) -> None:
        """Leave a device alone because it spreads no scent, or call it back."""
        ...

    def ignored(self) -> Sequence[Diffuser]:
        """Give what is left alone."""
        ...

    def ghosts(self, diffuser_id: str) -> Sequence[str]:
        """Give the topics on which the broker keeps a command for a device."""
        ...

    def clear_ghosts(self, diffuser_id: str) -> bool:
        """Have the broker drop those; False when it cannot be reached now."""
        ...


class States(Protocol):
    """What is known of each device now."""

    def state(self, diffuser_id: str) -> DiffuserState:
        """Give everything known of a diffuser; raises DiffuserUnknown."""
        ...


class Commands(Protocol):
    """The one door for wishes."""

    def submit(self, wish: Wish) -> Outcome:
        """Settle a wish and say what became of it."""
        ...

    def stop_all(self, source: Source) -> Sequence[Outcome]:
        """Switch everything off."""
        ...

    def let_go(self, diffuser_id: str) -> None:
        """End what a person wished; the plan speaks again."""
        ...

    def override_ends_at(self, diffuser_id: str) -> datetime | None:
        """Give until when a person's wish holds against the plan; None when nothing is held."""
        ...


class Safety(Protocol):
    """What the household allows at most."""

    @property
    def rules(self) -> SafetyRules:
        """The rules as they are now."""
        ...

    async def save(self, rules: SafetyRules) -> None:
        """Keep these rules and obey them; a stop that holds stays."""
        ...

    async def hold(self, source: Source) -> Sequence[Outcome]:
        """Stop everything, and let nothing start until `release`."""
        ...

    async def release(self) -> None:
        """Let go of a stop that holds."""
        ...

    def use_of(self, diffuser_id: str) -> Use:
        """Give what a device gave off and may."""
        ...

    def use_in(self, room: str) -> Use:
        """Give what the devices of a room gave off together and may."""
        ...

    async def decisions(self, diffuser_id: str, until: datetime) -> Sequence[Decision]:
        """Give what was decided about a device up to a moment, the newest first."""
        ...


class Cartridges(Protocol):
    """What sits in the slots."""

    def all(self) -> Sequence[Cartridge]:
        """Give every fitted cartridge."""
        ...

    def get(self, slot: SlotKey) -> Cartridge | None:
        """Give the cartridge of a slot, None when none is fitted."""
        ...

    def run_out(self, slot: SlotKey) -> RunOut:
        """Give when it will be empty."""
        ...

    def forecast(self, slot: SlotKey) -> Forecast:
        """Give what is to come of it."""
        ...

    def knowledge(self, slot: SlotKey) -> Knowledge | None:
        """Give what its level rests on, None when none is fitted."""
        ...

    def is_low(self, slot: SlotKey) -> bool:
        """Say whether it runs low."""
        ...

    def is_rise_doubted(self, slot: SlotKey) -> bool:
        """Say whether the device claims more than can be: perhaps a refill nobody told of."""
        ...

    async def fit(
        self,
        slot: SlotKey,
        *,
        sku: str | None,
        scent_name: str,
        capacity_ul: int,
        remaining_ul: int | None = None,
        taken_out_ul: int | None = None,
    ) -> Cartridge:
        """Begin a new refill cycle; `remaining_ul` None means full, `taken_out_ul` None that
        nobody looked what was left in the one before.
        """
        ...

    async def answer_rise(self, slot: SlotKey, *, is_refilled: bool) -> Cartridge:
        """Take the answer to a level that rose; raises NothingToAnswer, CartridgeNotFitted."""
        ...

    def say_still_oil(self, slot: SlotKey) -> Cartridge:
        """Take the word that there is oil in what should hold none; raises CartridgeNotFitted."""
        ...

    def say_empty(self, slot: SlotKey) -> Cartridge:
        """Take the word that nothing is left in a slot; raises CartridgeNotFitted."""
        ...

    async def fittings(self, slot: SlotKey, since: datetime) -> Sequence[Fitting]:
        """Give what was put in from then on, the oldest first."""
        ...

    async def history(self, slot: SlotKey, since: datetime) -> Sequence[tuple[datetime, int, int]]:
        """Give (moment, remaining microlitres, error microlitres), the oldest first."""
        ...


class Schedules(Protocol):
    """The weekly schedules."""

    @property
    def broken(self) -> Mapping[str, ScentdError]:
        """Schedules that came from elsewhere and cannot be used here, by id, with the reason."""
        ...

    def all(self) -> Sequence[ScentSchedule]:
        """Give every schedule in a stable order."""
        ...

    def get(self, schedule_id: str) -> ScentSchedule:
        """Give one schedule; raises an error of code `schedule_unknown`."""
        ...

    async def save(self, schedule: ScentSchedule) -> ScentSchedule:
        """Keep a new or changed schedule."""
        ...

    async def edit_exceptions(
        self,
        schedule_id: str,
        edit: Callable[[tuple[DayException, ...]], Iterable[DayException]],
    ) -> ScentSchedule:
        """Keep a schedule's exceptions as `edit` makes them of those there are by then."""
        ...

    async def delete(self, schedule_id: str) -> None:
        """Forget a schedule."""
        ...

    def planned(self, days: int) -> Sequence[PlannedRun]:
        """Give what will run in the next `days` days, by start."""
        ...

    @property
    def rest(self) -> Rest:
        """When every schedule rests; its pause may be over."""
        ...

    def left_out(self, days: int) -> Sequence[PlannedRest]:
        """Give which windows will not begin in the next `days` days, and why, by start."""
        ...

    async def skip_next(self, schedule_id: str) -> ScentSchedule:
        """Leave out the next window, once; `schedule_unknown` or `nothing_to_skip`."""
        ...

    async def skip(self, schedule_id: str, entry_id: str, day: date) -> ScentSchedule:
        """Leave one window out of one date; raises an error of code `schedule_unknown`."""
        ...

    async def unskip(self, schedule_id: str, entry_id: str, day: date) -> ScentSchedule:
        """Let a skipped window run after all; raises an error of code `schedule_unknown`."""
        ...

    def next_entry(self, schedule_id: str) -> ScheduleEntry:
        """Give the entry of the next window; `schedule_unknown` or `nothing_to_skip`."""
        ...

    async def pause(self, until: datetime | None) -> None:
        """Let every schedule rest from now on; None: until `go_on`. Raises `rest_invalid`."""
        ...

    async def go_on(self) -> None:
        """End the pause."""
        ...

    async def set_vacations(self, vacations: Sequence[Vacation]) -> None:
        """Keep these vacations in place of all others; raises `rest_invalid`."""
        ...

    async def edit_vacations(
        self, edit: Callable[[tuple[Vacation, ...]], Iterable[Vacation]]
    ) -> None:
        """Keep the vacations as `edit` makes them of those there are by then."""
        ...

    async def log(self, since: datetime) -> Sequence[LogRow]:
        """Give what became of the plan from that moment on, and why; the oldest first."""
        ...

    def on_change(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` whenever a schedule changed; the answer ends it."""
        ...


class DialectTrouble(Protocol):
    """A dialect of another package that cannot be used, or not wholly."""

    @property
    def name(self) -> str:
        """Which dialect."""
        ...

    @property
    def package(self) -> str:
        """The package it is from."""
        ...

    @property
    def reason(self) -> str:
        """What it does wrong, as programmers say it."""
        ...


@dataclass(frozen=True, slots=True)
class House:
    """Everything the routes use. `pairing` is None when no cloud is configured.

    `bridges` are those to other platforms that are switched on.
    `dialect_troubles` gives what is wrong now with dialects that other packages offer.
    """

    clock: Clock
    bus: Bus
    database: Database
    household: HouseholdBook
    access: Access
    activity: ActivityLog
    presses: Presses
    diffusers: Diffusers
    states: States
    commands: Commands
    safety: Safety
    cartridges: Cartridges
    refill_asks: RefillAsks
    schedules: Schedules
    scenes: Scenes
    rules: Rules
    automations: Automations
    roster: Roster
    presence: Presence
    broker: Broker
    cloud: Cloud
    pairing: Pairing | None = None
    dialect_troubles: Callable[[], Sequence[DialectTrouble]] = tuple
    bridges: Sequence[PlatformBridge] = ()
    version: str = ""
    is_demo: bool = False
