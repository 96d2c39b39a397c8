"""Begin refill cycles: when the household says so, or when a device recognises another bottle."""

import asyncio
import hashlib
import secrets
from collections.abc import Callable

from scentd.cartridges.bottle import filled, recognised, taken_out
from scentd.cartridges.errors import CartridgeInvalid
from scentd.cartridges.hearing import hear
from scentd.cartridges.keeping import Keeper
from scentd.cartridges.level import Level
from scentd.cartridges.low import LowWatch
from scentd.cartridges.rate import Rate
from scentd.cartridges.slot import FittedSlot, level_of
from scentd.cartridges.stock import Stock
from scentd.cartridges.telling import fitted_body
from scentd.clock import Clock
from scentd.contracts.documents import CatalogueItemV1
from scentd.model.cartridge import FittedBy, SlotKey
from scentd.model.diffuser import LevelQuality
from scentd.model.readings import CartridgeRead

MOST_UL = 5_000_000
"""Five litres: beyond any bottle for a home; a slip of units is more likely."""

MOST_LETTERS = 64
"""Of a SKU and of a cycle's name, as the messages to the cloud hold them."""

UNNAMED = "Unnamed scent"

_SHORTEST_ID = 8


class Fitter:
    """Put cartridges into slots, one at a time, each with its word to the cloud."""

    def __init__(
        self,
        stock: Stock,
        keeper: Keeper,
        clock: Clock,
        catalogue: Callable[[str], CatalogueItemV1 | None],
        default_capacity_ul: int,
    ) -> None:
        self._stock = stock
        self._keeper = keeper
        self._clock = clock
        self._catalogue = catalogue
        self._default_capacity_ul = default_capacity_ul
        self._one_at_a_time = asyncio.Lock()

    async def fill(
        self,
        key: SlotKey,
        *,
        sku: str | None,
        scent_name: str,
        capacity_ul: int,
        remaining_ul: int | None,
        taken_out_ul: int | None = None,
        by: FittedBy = FittedBy.HOUSEHOLD,
    ) -> FittedSlot:
        """Begin a cycle by the household's word; raises CartridgeInvalid.

        `taken_out_ul`: what was left in the one before, None when nobody looked; it teaches what
        the device really used in the cycle that ends.
        """
        check_fitting(sku, scent_name, capacity_ul, remaining_ul)
        async with self._one_at_a_time:
            before = self._stock.slots.get(key)
            self._stock.advance(key.diffuser_id, self._clock.monotonic(), self._clock.now())
            rate = await self._rate_of(key)
            # Out of reach it may have run unseen: what is left then says nothing of its rate.
            is_seen = self._stock.is_in_reach(key.diffuser_id)
            if before is not None and taken_out_ul is not None and is_seen:
                most_ul = before.level.capacity_ul
                rate = taken_out(before.level, min(max(taken_out_ul, 0), most_ul)).rate
            level = filled(capacity_ul, remaining_ul, rate, _scent(sku, scent_name))
            slot = FittedSlot(
                key,
                secrets.token_hex(16),
                await self._keeper.last_cycle(key) + 1,
                sku,
                scent_name.strip(),
                self._clock.now(),
                level,
                self._clock.now(),
                tag=before.tag if before else None,
                fitted_by=by,
            )
            await self._put_in(slot)
            return slot

    async def recognise(
        self, reading: CartridgeRead, diffuser_id: str, level_ul: int | None, *, is_old: bool
    ) -> FittedSlot | None:
        """Begin a cycle when a device names another cartridge than before; None when it does not.

        A tag that appears on what the household just put in is that cartridge's.
        `is_old`: the message was retained, so `level_ul` may be of any age.
        """
        key = SlotKey(diffuser_id, reading.slot_no)
        async with self._one_at_a_time:
            before = self._stock.slots.get(key)
            if before is not None and before.tag == reading.install_id:
                return None
            if before is not None and before.tag is None and _fits(before, reading):
                before.tag = reading.install_id
                self._keeper.keep(before)
                return None
            earlier_ul = self._stock.claim(key)
            if level_ul is None and earlier_ul is not None:
                level_ul, is_old = earlier_ul, True
            slot = await self._recognised(key, reading, level_ul, is_old=is_old)
            await self._put_in(slot)
            return slot

    async def _recognised(
        self, key: SlotKey, reading: CartridgeRead, level_ul: int | None, *, is_old: bool
    ) -> FittedSlot:
        now = self._clock.now()
        install_id, sku = _install_id(reading.install_id), _cut(reading.sku)
        rate = await self._rate_of(key)
        known = await self._keeper.installs(install_id)
        here = next((row for row in known if SlotKey(row.diffuser_id, row.slot_no) == key), None)
        quality = self._stock.quality_of(key.diffuser_id)
        trusted = LevelQuality.DEVICE_ESTIMATE if is_old else quality
        if known:
            level = self._level_elsewhere(install_id) or level_of(known[0])
            if here is None or rate is not None:
                level = level.moved_to(rate or Rate())
            if level_ul is not None and not is_old:
                level, _ = hear(level, level_ul, quality)
        else:
            capacity_ul = self._capacity_of(reading, level_ul)
            level = recognised(capacity_ul, level_ul, trusted, rate, _scent(sku, ""))
        return FittedSlot(
            key,
            install_id,
            here.cycle if here else await self._keeper.last_cycle(key) + 1,
            sku,
            self.scent_name(sku),
            here.fitted_at if here else now,
            level,
            now,
            # A bottle that was told of in another slot is not told of again.
            LowWatch(is_raised=any(row.is_low for row in known)),
            is_empty=here.is_empty if here else False,
            tag=reading.install_id,
            fitted_by=FittedBy.TAG,
            goes_on=here.goes_on if here else False,
            is_suspected=here.is_suspected if here else False,
        )

    def _level_elsewhere(self, install_id: str) -> Level | None:
        """Give the level of a cartridge that still counts as sitting in some slot."""
        slots = self._stock.slots.values()
        return next((slot.level for slot in slots if slot.install_id == install_id), None)

    async def _rate_of(self, key: SlotKey) -> Rate | None:
        return self._stock.rate_of(key) or await self._keeper.rate_of(key)

    def scent_name(self, sku: str | None) -> str:
        """Give what people call a product; the SKU, or UNNAMED, until the cloud has told."""
        item = self._catalogue(sku) if sku else None
        return item.product_name if item else sku or UNNAMED

    def _capacity_of(self, reading: CartridgeRead, level_ul: int | None) -> int:
        item = self._catalogue(reading.sku) if reading.sku else None
        said = reading.capacity_ul or (item.capacity_ul if item else None)
        return max(said or self._default_capacity_ul, level_ul or 0)

    async def _put_in(self, slot: FittedSlot) -> None:
        diffuser_id = slot.key.diffuser_id
        known = self._stock.known(diffuser_id)
        await self._keeper.put_in(slot, fitted_body(slot, known[0] if known else None))
        now_s = self._clock.monotonic()
        self._stock.advance(diffuser_id, now_s, self._clock.now())
        self._stock.put(slot)
        self._stock.unsettle(diffuser_id, now_s)
        if known is not None:
            self._stock.follow(diffuser_id, known[1], now_s)


def _install_id(tag: str) -> str:
    """Give a name for the cycle that every message can carry, the same for the same tag."""
    if _SHORTEST_ID <= len(tag) <= MOST_LETTERS:
        return tag
    return hashlib.blake2b(tag.encode(), digest_size=16).hexdigest()


def _scent(sku: str | None, otherwise: str) -> str:
    """Name the oil for what is learnt of it: the product where one is known."""
    return (sku or otherwise.strip().casefold())[:MOST_LETTERS]


def _cut(sku: str | None) -> str | None:
    return sku[:MOST_LETTERS] if sku else None


def _fits(before: FittedSlot, reading: CartridgeRead) -> bool:
    return before.sku is None or reading.sku is None or before.sku == reading.sku


def check_fitting(
    sku: str | None, scent_name: str, capacity_ul: int, remaining_ul: int | None
) -> None:
    """Raise CartridgeInvalid for what cannot be in a slot; None where nothing was said."""
    if sku is not None and not 0 < len(sku) <= MOST_LETTERS:
        raise CartridgeInvalid(
            "sku",
            f"a SKU has 1 to {MOST_LETTERS} letters",
            "Copy it from the bottle.",
            most=MOST_LETTERS,
        )
    if not scent_name.strip() or len(scent_name) > 120:
        raise CartridgeInvalid("scent_name", "a scent has 1 to 120 letters", "Name the scent.")
    if not 0 < capacity_ul <= MOST_UL:
        raise CartridgeInvalid(
            "capacity_ul",
            f"a bottle holds 1 to {MOST_UL} microlitres",
            "30 ml are 30000 microlitres.",
            most=MOST_UL,
        )
    if remaining_ul is not None and not 0 <= remaining_ul <= capacity_ul:
        raise CartridgeInvalid(
            "remaining_ul",
            "what is left lies between nothing and the whole bottle",
            "Leave it out for a full one.",
        )
