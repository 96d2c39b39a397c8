"""Random histories of a hub and two devices, lived through quickly: no task sleeps, every moment is
taken up as the shelf would. The database is real.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from scentd.cartridges.bottle import EMPTY_ERROR, RAN_DRY
from scentd.cartridges.fitting import Fitter
from scentd.cartridges.intake import Intake
from scentd.cartridges.keeping import Keeper
from scentd.cartridges.outlook import Outlook
from scentd.cartridges.reporting import Reporter
from scentd.cartridges.settings import CartridgeSettings
from scentd.cartridges.stock import Stock
from scentd.model.cartridge import SlotKey
from scentd.model.diffuser import Availability
from scentd.model.events import ClockStepped
from tests.scentd.cartridges.conftest import Home

CAPACITY = 30_000
HOUR = 3600.0
NATIVE = "lamp"
"""Measures both of its slots and knows its vials."""
PLAIN = "plug"
"""Tells nothing of its level."""

DRY_UNSEEN = RAN_DRY + EMPTY_ERROR
"""How long a bottle may have been dry, in parts of what it holds, when its household says so: what
the estimate allows for."""

HAPPENINGS = {
    "nothing": 84.0,
    "switch": 8.5,
    "restart": 2.0,
    "lose_or_find": 1.5,
    "step_the_clock": 1.0,
    "speak_of_the_past": 1.0,
    "tilt": 1.0,
    "join_anew": 0.5,
    "refill_early": 0.5,
}
"""What an hour may bring, and how likely it is in percent."""

SETTINGS = CartridgeSettings(lead_days=0.0)
LOW_UL = CAPACITY * SETTINGS.threshold_percent / 100


@dataclass
class Bottle:
    """A refill cycle in truth.

    `evident_ul` is what somebody would believe who sees exactly what the hub can see of it. A
    device that measures shows the truth. One that does not shows when it runs, and no more: out
    of sight it may have run or not, so that half of it counts, for a day at most (`blind_h`).
    Nobody can be told of a low level that no evidence shows. `calm_low_h`: hours its device was
    heard from, undisturbed, while it evidently held well below the threshold. `dry_ul`: what its
    device would have used since it ran dry.
    """

    name: str
    truth_ul: float = float(CAPACITY)
    evident_ul: float = float(CAPACITY)
    blind_h: int = 0
    dry_ul: float = 0.0
    calm_low_h: float = 0.0
    least_ul: float = float(CAPACITY)
    tag: str | None = None


@dataclass
class Told:
    """What one history ended with, by bottle."""

    bottles: list[Bottle]
    raised: list[str]
    names: dict[str, str] = field(default_factory=dict)


class History:
    """One random life, an hour a step."""

    def __init__(self, home: Home, seed: int) -> None:
        self.home, self.random = home, Random(seed)
        self.slots: dict[SlotKey, Bottle] = {}
        self.bottles: list[Bottle] = []
        self.names: dict[str, str] = {}
        self.disturbed_h = 0
        self.tilted_h = 0
        self.was_upright = True
        self.number = 0
        self.ends: list = []

    async def live(self, hours: int) -> Told:
        await self._begin()
        for key in (SlotKey(NATIVE), SlotKey(NATIVE, 2), SlotKey(PLAIN)):
            await self._refill(key)
        self.home.change(PLAIN, power=True, intensity_percent=100)
        for _ in range(hours):
            await self._hour()
        await self._end()
        raised = [body["install_id"] for body in await self.home.outbox("cartridge.running_low")]
        return Told(self.bottles, raised, self.names)

    async def _hour(self) -> None:
        (happening,) = self.random.choices(list(HAPPENINGS), list(HAPPENINGS.values()))
        await getattr(self, f"_{happening}")()
        await self._pass()
        for key, bottle in list(self.slots.items()):
            patience = 0.05 if key.diffuser_id == NATIVE else 0.5
            if bottle.truth_ul <= 0 and self.random.random() < patience:
                await self._refill(key)

    async def _nothing(self) -> None:
        """Most hours bring nothing."""

    async def _tilt(self) -> None:
        """Lay the native device on its side for a morning at most: upright again it is seen so."""
        if self.was_upright:
            self.tilted_h, self.was_upright = self.random.randint(1, 4), False

    async def _join_anew(self) -> None:
        self.home.find(NATIVE)
        self.disturbed_h = 8

    async def _refill_early(self) -> None:
        await self._refill(self.random.choice(list(self.slots)))

    async def _pass(self) -> None:
        """Let an hour go by: oil falls, the native device measures, the hub looks."""
        self._use_oil()
        await self.home.clock.advance(HOUR)
        if self._is_online(NATIVE):
            self._measure()
        await self._look()
        self.tilted_h = max(0, self.tilted_h - 1)
        self.disturbed_h = max(0, self.disturbed_h - 1)

    def _use_oil(self, *, is_hub_there: bool = True) -> None:
        for device in (NATIVE, PLAIN):
            reported = self.home.states[device].reported
            bottles = self._of(device)
            feeding = next((b for b in bottles if b.truth_ul > 0), bottles[-1])
            is_seen = is_hub_there and self._is_online(device)
            for bottle in bottles:
                is_used = reported.power is True and bottle is feeding
                self._use(bottle, is_seen=is_seen, is_used=is_used)
                if device == NATIVE:
                    bottle.evident_ul = bottle.truth_ul
                is_calm = is_seen and not self.disturbed_h and not self.tilted_h
                is_low = bottle.evident_ul < LOW_UL - 0.06 * CAPACITY
                bottle.calm_low_h = bottle.calm_low_h + 1 if is_calm and is_low else 0.0

    def _use(self, bottle: Bottle, *, is_seen: bool, is_used: bool) -> None:
        bottle.blind_h = 0 if is_seen else bottle.blind_h + 1
        if is_used:
            used_ul = self.random.uniform(900, 1_050)
            shown = 1.0 if is_seen else 0.5 if bottle.blind_h <= 24 else 0.0
            bottle.dry_ul += max(0.0, used_ul - bottle.truth_ul)
            bottle.truth_ul = max(0.0, bottle.truth_ul - used_ul)
            bottle.evident_ul -= shown * used_ul
        bottle.truth_ul *= 1 - 0.001 / 24
        bottle.least_ul = min(bottle.least_ul, bottle.truth_ul)

    def _measure(self) -> None:
        self.was_upright = not self.tilted_h
        for number, bottle in enumerate(self._of(NATIVE), start=1):
            noise = self.random.gauss(0, 0.003) * CAPACITY
            told = bottle.truth_ul + noise
            if self.tilted_h:
                told = min(told, self.random.uniform(0, 200))
            if self.random.random() < 0.01:
                told = self.random.uniform(0, CAPACITY)
            self.home.level(round(min(max(told, 0), CAPACITY)), slot_no=number)

    async def _refill(self, key: SlotKey) -> None:
        self.number += 1
        bottle = Bottle(f"BOTTLE-{self.number:04}")
        self.bottles.append(bottle)
        before = self.slots.get(key)
        self.slots[key] = bottle
        if key.diffuser_id == NATIVE:
            self.names[bottle.name] = bottle.name
            self.home.tag(bottle.name, level_ul=CAPACITY, slot_no=key.slot_no)
            await self._look()
            return
        # Who finds it long dry does not know what it used: a bottle of two days is no month's.
        was_seen_dry = (
            before is not None and before.truth_ul <= 0 and before.dry_ul < DRY_UNSEEN * CAPACITY
        )
        fitted = await self.fitter.fill(
            key,
            sku=None,
            scent_name="Cedar",
            capacity_ul=CAPACITY,
            remaining_ul=None,
            taken_out_ul=0 if was_seen_dry else None,
        )
        self.names[fitted.install_id] = bottle.name

    async def _restart(self) -> None:
        """Stop cleanly or be killed; a while later the hub is there again."""
        is_clean = self.random.random() < 0.5
        if is_clean:
            for slot in self.stock.slots.values():
                self.reporter.write_down(slot)
        await self._end()
        hours = self.random.choice([0, 0, 1, 5])
        await self.home.clock.advance(hours * HOUR)
        for _ in range(hours):
            self._use_oil(is_hub_there=False)
        self.tilted_h = max(0, self.tilted_h - hours)
        self.disturbed_h = 8
        await self._begin()

    async def _step_the_clock(self) -> None:
        hours = self.random.choice([-24, -3, -1, 1, 3, 24, 24 * 30])
        self.home.clock.step(timedelta(hours=hours))
        self.home.bus.publish(ClockStepped(self.home.clock.now(), hours * HOUR))
        self.disturbed_h = 8

    async def _lose_or_find(self) -> None:
        device = self.random.choice([NATIVE, PLAIN])
        online = self._is_online(device)
        self.home.reach(device, Availability.OFFLINE if online else Availability.ONLINE)
        self.disturbed_h = 8

    async def _speak_of_the_past(self) -> None:
        for number in (1, 2):
            self.home.level(self.random.randint(0, CAPACITY), retained=True, slot_no=number)

    async def _switch(self) -> None:
        device = self.random.choice([NATIVE, PLAIN])
        reported = self.home.states[device].reported
        if self._is_online(device):
            self.home.change(device, power=not reported.power, intensity_percent=100)

    def _is_online(self, device: str) -> bool:
        return self.home.states[device].availability is Availability.ONLINE

    def _of(self, device: str) -> list[Bottle]:
        return [bottle for key, bottle in sorted(self.slots.items()) if key.diffuser_id == device]

    async def _look(self) -> None:
        await self.intake.take_up()
        clock = self.home.clock
        self.stock.advance_all(clock.monotonic(), clock.now())
        for key in sorted(self.stock.slots):
            await self.reporter.look_at(self.stock.slots[key])

    async def _begin(self) -> None:
        home = self.home
        keeper = Keeper(home.database, SETTINGS.history_days)
        outlook = Outlook(lambda *_: ())
        outlook.take_up(await keeper.beside_plan())
        self.stock = Stock(outlook, home.diffusers.__getitem__, home.states.__getitem__, 600.0)
        self.reporter = Reporter(self.stock, outlook, keeper, home.bus, home.clock, SETTINGS)
        self.fitter = Fitter(self.stock, keeper, home.clock, lambda _: None, CAPACITY)
        self.intake = Intake(self.stock, self.fitter, home.bus, home.clock, asyncio.Event())
        self.ends = self.intake.listen()
        self.stock.take_up(
            await keeper.slots(), home.clock.monotonic(), home.clock.now(), is_trusted=True
        )

    async def _end(self) -> None:
        for end in self.ends:
            end()
        await self.home.database.write(lambda _: None)
