"""The shelf: what sits in every slot, how much is left, and when that must be said.

Devices are heard on the bus; what they say is taken up in order by one task, so that a reading
that follows a new bottle's tag belongs to the new bottle. Running low is latched, recorded and
queued for the cloud in one transaction.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from scentd.bus import Bus
from scentd.cartridges.bottle import run_empty, with_still_oil
from scentd.cartridges.choosing import Choice, choose
from scentd.cartridges.errors import NothingToAnswer
from scentd.cartridges.fitting import UNNAMED, Fitter
from scentd.cartridges.intake import Intake
from scentd.cartridges.keeping import Keeper
from scentd.cartridges.outlook import Outlook, Plan
from scentd.cartridges.reporting import Reporter
from scentd.cartridges.settings import CartridgeSettings
from scentd.cartridges.slot import FittedSlot, knowledge_of
from scentd.cartridges.stock import Stock
from scentd.clock import Clock, sleep_until_nudged
from scentd.contracts.documents import CatalogueItemV1
from scentd.model.cartridge import (
    Cartridge,
    FittedBy,
    Fitting,
    Forecast,
    Knowledge,
    RunOut,
    SlotKey,
)
from scentd.model.diffuser import Diffuser, DiffuserState
from scentd.model.errors import CartridgeNotFitted
from scentd.model.events import CartridgeEmpty, DocumentsChanged, LevelChanged
from scentd.store.database import Database

GATHER_S = 1.0
"""News is gathered for this long before it is looked at: a flood costs one look a second."""


class Shelf:
    """Keep every cartridge of the house.

    `diffuser` and `state` give a device and what is known of it, raising a ScentdError for an
    unknown one; `plan` gives what is planned for a device between two moments.
    """

    def __init__(
        self,
        database: Database,
        bus: Bus,
        clock: Clock,
        diffuser: Callable[[str], Diffuser],
        state: Callable[[str], DiffuserState],
        plan: Plan,
        settings: CartridgeSettings = CartridgeSettings(),
    ) -> None:
        self._bus = bus
        self._clock = clock
        self._settings = settings
        self._diffuser = diffuser
        self._keeper = Keeper(database, settings.history_days)
        self._outlook = Outlook(plan)
        self._stock = Stock(self._outlook, diffuser, state, settings.settle_s)
        self._reporter = Reporter(self._stock, self._outlook, self._keeper, bus, clock, settings)
        self._fitter = Fitter(
            self._stock, self._keeper, clock, self._product, settings.default_capacity_ul
        )
        self._catalogue: dict[str, CatalogueItemV1] = {}
        self._must_read_catalogue = False
        self._must_read_answers = True
        self._nudge = asyncio.Event()
        self._intake = Intake(self._stock, self._fitter, bus, clock, self._nudge)

    async def load(self) -> None:
        """Read what was kept; devices and their last known states must be there already."""
        self._catalogue = await self._keeper.catalogue()
        self._outlook.take_up(await self._keeper.beside_plan())
        self._stock.take_up(
            await self._keeper.slots(),
            self._clock.monotonic(),
            self._clock.now(),
            is_trusted=self._clock.is_trusted(),
        )

    async def run(self) -> None:
        """Follow the devices until cancelled; what is known then is written."""
        ends = self._intake.listen()
        ends.append(self._bus.subscribe(DocumentsChanged, self._on_documents))
        try:
            while True:
                await self._look(set(self._stock.slots))
                await self._wait()
        finally:
            for end in ends:
                end()
            for slot in self._stock.slots.values():
                self._reporter.write_down(slot)

    def all(self) -> tuple[Cartridge, ...]:
        """Give every fitted cartridge, by slot."""
        slots = sorted(self._stock.slots.values(), key=lambda slot: slot.key)
        return tuple(slot.cartridge() for slot in slots)

    def get(self, slot: SlotKey) -> Cartridge | None:
        """Give the cartridge of a slot, None when none is fitted."""
        found = self._stock.slots.get(slot)
        return found.cartridge() if found else None

    def product(self, sku: str) -> CatalogueItemV1 | None:
        """Give what the catalogue says of a product, None when it is not in it."""
        return self._catalogue.get(sku)

    def is_low(self, slot: SlotKey) -> bool:
        """Say whether this refill cycle was said to run low."""
        found = self._stock.slots.get(slot)
        return found is not None and found.watch.is_raised

    def is_dry(self, slot: SlotKey) -> bool:
        """Say whether nothing is left in a slot by what its device measured or said, or by a
        person's word; never by what is only reckoned. False while nothing is fitted there.
        """
        found = self._stock.slots.get(slot)
        return found is not None and found.is_dry

    def is_rise_doubted(self, slot: SlotKey) -> bool:
        """Say whether the device claims more than can be: perhaps a refill nobody told of."""
        found = self._stock.slots.get(slot)
        return found is not None and found.is_rise_doubted

    def slot_for(self, diffuser_id: str, sku: str | None) -> int | None:
        """Give the slot of a device to spread a scent from, or any that holds oil; see `choose`.

        None where nothing is fitted or all is empty.
        """
        slots = self._stock.of(diffuser_id)
        known = self._stock.known(diffuser_id)
        current = known[1].reported.slot_no if known else None
        offers = [
            Choice(one.key.slot_no, one.sku, one.cartridge().remaining_ul, one.is_dry)
            for one in slots
        ]
        return choose(offers, sku, current)

    def run_out(self, slot: SlotKey) -> RunOut:
        """Give when it will be empty; nothing known for an empty slot."""
        return self.forecast(slot).run_out

    def forecast(self, slot: SlotKey) -> Forecast:
        """Give what is to come of it; nothing known for an empty slot."""
        found = self._stock.slots.get(slot)
        if found is None:
            return Forecast(RunOut(None, None, None))
        return self._stock.foresee(found, self._clock.now())

    def knowledge(self, slot: SlotKey) -> Knowledge | None:
        """Give what its level rests on, None when none is fitted."""
        found = self._stock.slots.get(slot)
        if found is None:
            return None
        feeding = self._stock.feeding(slot.diffuser_id)
        return knowledge_of(found, self._settings.threshold_percent, is_feeding=feeding is found)

    async def history(
        self, slot: SlotKey, since: datetime
    ) -> tuple[tuple[datetime, int, int], ...]:
        """Give (moment, remaining microlitres, error microlitres), the oldest first."""
        return tuple(await self._keeper.history(slot, since))

    async def fittings(self, slot: SlotKey, since: datetime) -> tuple[Fitting, ...]:
        """Give what was put in from then on, the oldest first."""
        return tuple(await self._keeper.fittings(slot, since))

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
        """Begin a new refill cycle durably; `remaining_ul` None: a full bottle.

        `taken_out_ul`: what was left in the one before, None when nobody looked: what the device
        really used is learnt from it. Raises CartridgeInvalid, and what `diffuser` raises for an
        unknown device.
        """
        self._diffuser(slot.diffuser_id)
        fitted = await self._fitter.fill(
            slot,
            sku=sku,
            scent_name=scent_name,
            capacity_ul=capacity_ul,
            remaining_ul=remaining_ul,
            taken_out_ul=taken_out_ul,
        )
        self._intake.say_fitted(fitted)
        return fitted.cartridge()

    async def answer_rise(self, slot: SlotKey, *, is_refilled: bool) -> Cartridge:
        """Take the household's answer to a level that rose: a refill, or a mistaken device.

        A refill begins a new cycle with what the device claims, of the same product. Raises
        CartridgeNotFitted, and NothingToAnswer when no rise is doubted.
        """
        found = self._fitted(slot)
        if not found.is_rise_doubted or found.risen_ul is None:
            raise NothingToAnswer(slot)
        if not is_refilled:
            found.is_rise_denied = True
            return found.cartridge()
        capacity_ul = max(found.level.capacity_ul, found.risen_ul)
        fitted = await self._fitter.fill(
            slot,
            sku=found.sku,
            scent_name=found.scent_name,
            capacity_ul=capacity_ul,
            remaining_ul=found.risen_ul,
            by=FittedBy.LEVEL,
        )
        self._intake.say_fitted(fitted)
        return fitted.cartridge()

    def say_still_oil(self, slot: SlotKey) -> Cartridge:
        """Take the household's word that there is oil in what should hold none: it goes on.

        Raises CartridgeNotFitted. Saying it again changes little.
        """
        found = self._fitted(slot)
        now = self._clock.now()
        self._stock.advance(slot.diffuser_id, self._clock.monotonic(), now)
        found.level = with_still_oil(found.level)
        found.goes_on, found.is_suspected, found.suspicion = True, False, None
        found.foreseen = None
        self._reporter.write_down(found)
        self._bus.publish(LevelChanged(now, found.cartridge(), self.run_out(slot)))
        return found.cartridge()

    def say_empty(self, slot: SlotKey) -> Cartridge:
        """Take the household's word that nothing is left: the device rests until a refill.

        Raises CartridgeNotFitted. Saying it again changes nothing.
        """
        found = self._fitted(slot)
        if found.is_dry:
            return found.cartridge()
        now = self._clock.now()
        self._stock.advance(slot.diffuser_id, self._clock.monotonic(), now)
        found.level = run_empty(found.level)
        found.is_empty, found.goes_on, found.suspicion = True, False, None
        found.foreseen = None
        self._reporter.write_down(found)
        self._bus.publish(CartridgeEmpty(now, slot))
        self._bus.publish(LevelChanged(now, found.cartridge(), self.run_out(slot)))
        return found.cartridge()

    def _fitted(self, slot: SlotKey) -> FittedSlot:
        found = self._stock.slots.get(slot)
        if found is None:
            raise CartridgeNotFitted(slot.diffuser_id, slot.slot_no)
        return found

    def replan(self) -> None:
        """Read the plans anew: a schedule changed."""
        self._outlook.forget_plans()

    def _product(self, sku: str) -> CatalogueItemV1 | None:
        return self._catalogue.get(sku)

    def _on_documents(self, event: DocumentsChanged) -> None:
        if "catalogue" in event.kinds:
            self._must_read_catalogue = True
            self._nudge.set()
        if "reorder_preference" in event.kinds:
            self._must_read_answers = True
            self._nudge.set()

    async def _wait(self) -> None:
        """Take up news until the next tick; gathered, so that a flood costs one look a second."""
        tick_at_s = self._clock.monotonic() + self._settings.tick_s
        while (left_s := tick_at_s - self._clock.monotonic()) > 0:
            next_tick = self._clock.now() + timedelta(seconds=left_s)
            await sleep_until_nudged(self._clock, next_tick, self._nudge)
            if self._must_read_catalogue:
                await self._read_catalogue()
            if self._must_read_answers:
                await self._begin_answered()
            if self._intake.is_waiting:
                await self._clock.sleep(GATHER_S)
                touched = await self._intake.take_up()
                await self._look({k for k in self._stock.slots if k.diffuser_id in touched})

    async def _begin_answered(self) -> None:
        """Begin the cycles of bottles that the household said in its account are in."""
        self._must_read_answers = False
        for key, install_id in (await self._keeper.said_refilled()).items():
            before = self._stock.slots.get(key)
            if before is None or before.install_id != install_id:
                continue
            fitted = await self._fitter.fill(
                key,
                sku=before.sku,
                scent_name=before.scent_name,
                capacity_ul=before.level.capacity_ul,
                remaining_ul=None,
            )
            self._intake.say_fitted(fitted)

    async def _look(self, keys: set[SlotKey]) -> None:
        self._stock.advance_all(self._clock.monotonic(), self._clock.now())
        for key in sorted(keys):
            slot = self._stock.slots.get(key)
            if slot is not None:
                await self._reporter.look_at(slot)
                # A look costs half a millisecond: fifty in a row would hold up the house.
                await self._clock.sleep(0)

    async def _read_catalogue(self) -> None:
        self._must_read_catalogue = False
        self._catalogue = await self._keeper.catalogue()
        for slot in self._stock.slots.values():
            if slot.scent_name in (slot.sku, UNNAMED):
                slot.scent_name = self._fitter.scent_name(slot.sku)
