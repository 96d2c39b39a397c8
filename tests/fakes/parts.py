"""Parts of a house that do at once what they are told, for the tests of page and API."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from scentd.cartridges.errors import NothingToAnswer
from scentd.devices.decisions import Decisions
from scentd.devices.errors import NameUnusable, ProfileUnknown
from scentd.devices.guard import DoseGuard
from scentd.devices.settings import DeviceSettings
from scentd.model.cartridge import (
    Cartridge,
    FanPoint,
    FittedBy,
    Fitting,
    Forecast,
    Knowledge,
    RunOut,
    SlotKey,
)
from scentd.model.commands import Answer, Outcome, Wish
from scentd.model.diffuser import (
    Availability,
    Capabilities,
    Diffuser,
    DiffuserState,
    LevelQuality,
)
from scentd.model.errors import CartridgeNotFitted, DiffuserUnknown
from scentd.model.events import (
    CartridgeFitted,
    DiffuserFound,
    DiffuserRemoved,
    StateChanged,
)
from scentd.model.reasons import Reason
from scentd.ports import Profile

FRIDAY_EVENING = datetime(2026, 3, 6, 20, 10, tzinfo=UTC)
STEPS = (20, 40, 60, 80, 100)


class Devices:
    """Registry, states and commander in one: a wish is done and reported at once."""

    def __init__(self, bus, clock, database) -> None:
        self._bus = bus
        self._clock = clock
        self.guard = DoseGuard(clock, DeviceSettings(), lambda: ZoneInfo("Europe/Berlin"))
        self.guard.ledger.look_at_day()
        self.decisions = Decisions(database, clock)
        self.known: dict[str, Diffuser] = {}
        self.states: dict[str, DiffuserState] = {}
        self.wishes: list[Wish] = []
        self.held: dict[str, datetime] = {}
        self.searches = 0
        self.left_alone: dict[str, Diffuser] = {}
        self.kept_commands: dict[str, tuple[str, ...]] = {}
        self.is_broker_up = True
        self.offered_to: dict[str, tuple[Profile, ...]] = {}
        self.offered = (
            Profile("gd30w", "GD-30W", Capabilities(steps=STEPS)),
            Profile("xd800w", "XD800W", Capabilities(steps=STEPS)),
        )

    def add(self, diffuser: Diffuser, state: DiffuserState) -> None:
        self.known[diffuser.id] = diffuser
        self.states[diffuser.id] = state
        self.guard.note(diffuser, state)
        self._bus.publish(DiffuserFound(self._clock.now(), diffuser, is_new=True))

    def all(self):
        return tuple(self.known.values())

    def get(self, diffuser_id):
        if diffuser_id not in self.known:
            raise DiffuserUnknown(diffuser_id)
        return self.known[diffuser_id]

    def state(self, diffuser_id):
        self.get(diffuser_id)
        return self.states[diffuser_id]

    def profiles(self, diffuser_id):
        usual = self.offered if self.get(diffuser_id).dialect == "tasmota" else ()
        return self.offered_to.get(diffuser_id, usual)

    async def rename(self, diffuser_id, *, name=None, room=None):
        known = self.get(diffuser_id)
        if name is not None and not name.strip():
            raise NameUnusable("name", 80)
        changed = replace(
            known,
            name=known.name if name is None else name,
            room=known.room if room is None else room,
        )
        self.known[diffuser_id] = changed
        self._bus.publish(DiffuserFound(self._clock.now(), changed, is_new=False))
        return changed

    async def choose_profile(self, diffuser_id, key):
        if key not in {profile.key for profile in self.profiles(diffuser_id)}:
            raise ProfileUnknown(diffuser_id, key)
        changed = replace(self.get(diffuser_id), profile=key, needs_profile=False)
        self.known[diffuser_id] = changed
        self._bus.publish(DiffuserFound(self._clock.now(), changed, is_new=False))
        return changed

    def search(self):
        self.searches += 1

    async def ignore(self, diffuser_id, *, is_ignored):
        if is_ignored:
            self.left_alone[diffuser_id] = self.get(diffuser_id)
            await self.remove(diffuser_id)
        elif diffuser_id in self.left_alone:
            self.add(self.left_alone.pop(diffuser_id), DiffuserState())
        else:
            raise DiffuserUnknown(diffuser_id)

    def ignored(self):
        return tuple(self.left_alone.values())

    def ghosts(self, diffuser_id):
        return self.kept_commands.get(diffuser_id, ())

    def clear_ghosts(self, diffuser_id):
        if self.is_broker_up:
            self.kept_commands.pop(diffuser_id, None)
        return self.is_broker_up

    async def remove(self, diffuser_id):
        del self.known[self.get(diffuser_id).id]
        self._bus.publish(DiffuserRemoved(self._clock.now(), diffuser_id))

    def submit(self, wish):
        self.wishes.append(wish)
        known, before = self.get(wish.diffuser_id), self.states[wish.diffuser_id]
        if before.availability is Availability.OFFLINE:
            return Outcome(Answer.OFFLINE, Reason("unreachable"))
        percent = wish.intensity_percent
        step = known.capabilities.nearest_step(percent) if percent else None
        changes = {
            "power": wish.power,
            "intensity_percent": step,
            "light": wish.light,
            "light_percent": wish.light_percent,
            "light_rgb": wish.light_rgb,
            "light_effect": wish.light_effect,
            "timer_s": wish.timer_s,
            "slot_no": wish.slot_no,
        }
        self.report(
            wish.diffuser_id,
            wish.source,
            **{key: value for key, value in changes.items() if value is not None},
        )
        return Outcome(Answer.SENT, Reason("asked"), "c1", step)

    def override_ends_at(self, diffuser_id):
        return self.held.get(diffuser_id)

    def let_go(self, diffuser_id):
        self.held.pop(self.get(diffuser_id).id, None)

    def resume_all(self):
        pass

    def stop_all(self, source, *, is_barred=False):
        return [self.submit(Wish(one.id, source, power=False)) for one in self.all()]

    def report(self, diffuser_id, source=None, **reported) -> None:
        """Let a device say something of itself."""
        before = self.states[diffuser_id]
        self.put(
            diffuser_id, replace(before, reported=replace(before.reported, **reported)), source
        )

    def put(self, diffuser_id, after, source=None) -> None:
        """Make that what is known of a device."""
        before, self.states[diffuser_id] = self.states[diffuser_id], after
        self.guard.note(self.known[diffuser_id], after)
        self._bus.publish(
            StateChanged(self._clock.now(), diffuser_id, before, after, source, is_retained=False)
        )


class Cartridges:
    """What is fitted, with whatever forecast the test gives it."""

    def __init__(self, bus, clock) -> None:
        self._bus = bus
        self._clock = clock
        self.fitted: dict[SlotKey, Cartridge] = {}
        self.run_outs: dict[SlotKey, RunOut] = {}
        self.low: set[SlotKey] = set()
        self.doubted: set[SlotKey] = set()
        self.known: dict[SlotKey, Knowledge] = {}
        self.taken_out_ul: list[int | None] = []

    def put(self, cartridge, run_out, *, is_low=False) -> None:
        self.fitted[cartridge.slot] = cartridge
        self.run_outs[cartridge.slot] = run_out
        (self.low.add if is_low else self.low.discard)(cartridge.slot)

    def all(self):
        return tuple(self.fitted.values())

    def get(self, slot):
        return self.fitted.get(slot)

    def run_out(self, slot):
        return self.run_outs.get(slot, RunOut(None, None, None))

    def forecast(self, slot):
        one, run_out = self.fitted.get(slot), self.run_out(slot)
        if one is None or run_out.p90 is None:
            return Forecast(run_out)
        left, now = one.remaining_ul, self._clock.now()
        fan = [FanPoint(now, left - one.error_ul, left, left + one.error_ul)]
        for day in range(1, (run_out.p90 - now).days + 2):
            at = now + timedelta(days=day)
            ends = (run_out.p10, run_out.p50, run_out.p90)
            fan.append(FanPoint(at, *(left * (1 - (at - now) / (end - now)) for end in ends)))
        daily = left / ((run_out.p50 - now) / timedelta(days=1))
        return Forecast(run_out, tuple(fan), daily * 0.8, daily * 0.2, daily * 0.05, 31.0)

    def knowledge(self, slot):
        return self.known.get(slot, Knowledge(1.12, 0.06, 2, None, is_feeding=True))

    async def fittings(self, slot, since):
        one = self.fitted.get(slot)
        if one is None or one.fitted_at < since:
            return ()
        return (Fitting(one.fitted_at, FittedBy.HOUSEHOLD, one.scent_name),)

    async def answer_rise(self, slot, *, is_refilled):
        known = self.known.pop(slot, None)
        if known is None or known.risen_ul is None:
            raise NothingToAnswer(slot)
        one = self.fitted[slot]
        if not is_refilled:
            return one
        return await self.fit(
            slot,
            sku=one.sku,
            scent_name=one.scent_name,
            capacity_ul=one.capacity_ul,
            remaining_ul=known.risen_ul,
        )

    def say_still_oil(self, slot):
        if slot not in self.fitted:
            raise CartridgeNotFitted(slot.diffuser_id, slot.slot_no)
        self.known[slot] = replace(self.knowledge(slot), goes_on=True, is_empty=False)
        return self.fitted[slot]

    def say_empty(self, slot):
        if slot not in self.fitted:
            raise CartridgeNotFitted(slot.diffuser_id, slot.slot_no)
        self.known[slot] = replace(self.knowledge(slot), goes_on=False, is_empty=True)
        return self.fitted[slot]

    def is_low(self, slot):
        return slot in self.low

    def is_rise_doubted(self, slot):
        return slot in self.doubted

    async def history(self, slot, since):
        one = self.fitted[slot]
        days = range((self._clock.now() - since).days, 0, -1)
        used = one.capacity_ul - one.remaining_ul
        return tuple(
            (
                self._clock.now() - timedelta(days=day),
                one.remaining_ul + used * day // len(days),
                one.error_ul,
            )
            for day in days
        )

    async def fit(
        self, slot, *, sku, scent_name, capacity_ul, remaining_ul=None, taken_out_ul=None
    ):
        self.taken_out_ul.append(taken_out_ul)
        left = capacity_ul if remaining_ul is None else remaining_ul
        known = self.fitted.get(slot)
        now = self._clock.now()
        fitted = Cartridge(
            slot=slot,
            install_id=f"fitted{len(self.fitted)}0",
            cycle=known.cycle + 1 if known else 1,
            sku=sku,
            scent_name=scent_name,
            capacity_ul=capacity_ul,
            remaining_ul=left,
            error_ul=0,
            quality=LevelQuality.HUB_ESTIMATE,
            fitted_at=now,
            level_at=now,
        )
        self.put(fitted, RunOut(None, None, None))
        self._bus.publish(CartridgeFitted(now, fitted))
        return fitted


@dataclass
class Link:
    """The broker's link."""

    is_connected: bool = True
    reason: Reason | None = None


@dataclass
class Offer:
    user_code: str = "BDFG-HJKM"
    verification_url: str = "http://127.0.0.1:8000/pair?code=BDFG-HJKM"
    typing_url: str = "http://127.0.0.1:8000/pair"
    words: tuple[str, ...] = ("amber", "river", "candle", "north")
    expires_at: datetime = FRIDAY_EVENING + timedelta(minutes=10)


@dataclass
class Cloud:
    """The cloud's link, and the way into an account."""

    paired: bool = True
    household_name: str = "Lindenweg"
    connected: bool = True
    queued: int = 0
    last_contact_at: datetime | None = FRIDAY_EVENING
    reason: Reason | None = None
    offer: Offer | None = None
    refusal: Exception | None = None

    async def start(self):
        if self.refusal:
            raise self.refusal
        self.offer = Offer()

    async def leave(self):
        self.paired = self.connected = False
