"""What is written of cartridges: facts with their word to the cloud in one transaction, at once;
levels batched, a power cut may take half a minute of them.
"""

import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta

from scentd.cartridges.answers import refilled
from scentd.cartridges.rate import Rate
from scentd.cartridges.slot import FittedSlot, from_row, level_from
from scentd.contracts.bodies import (
    CartridgeFittedV1,
    CartridgeLevelV1,
    EventClass,
    RunningLowV1,
)
from scentd.contracts.documents import CatalogueItemV1
from scentd.model.cartridge import FittedBy, Fitting, SlotKey
from scentd.store import cartridges as rows
from scentd.store import outbox
from scentd.store.database import Database
from scentd.store.documents import documents, shared_documents


class Keeper:
    """Read and write the shelf."""

    def __init__(self, database: Database, history_days: int) -> None:
        self._database = database
        self._history_kept = timedelta(days=history_days)

    async def slots(self) -> list[FittedSlot]:
        """Read what sits in the slots."""
        return [from_row(row) for row in await self._database.read(rows.read_current)]

    async def beside_plan(self) -> dict[str, dict[str, float]]:
        """Read the use beside the plans."""
        return await self._database.read(rows.read_unplanned)

    async def catalogue(self) -> dict[str, CatalogueItemV1]:
        """Read what the cloud says of the household's products, by SKU."""
        found = await self._database.read(lambda c: documents(c, "catalogue"))
        return {sku: CatalogueItemV1.model_validate(body) for sku, body in found.items()}

    async def said_refilled(self) -> dict[SlotKey, str]:
        """Give which cartridges the household said in its account that it replaced, by slot."""
        told = await self._database.read(lambda c: shared_documents(c, "reorder_preference"))
        return refilled(told)

    async def installs(self, install_id: str) -> list[rows.CartridgeRow]:
        """Read every slot a cartridge ever sat in, the latest first."""
        return await self._database.read(lambda c: rows.find_installs(c, install_id))

    async def last_cycle(self, key: SlotKey) -> int:
        """Read the number of a slot's latest refill cycle."""
        return await self._database.read(lambda c: rows.last_cycle(c, key.diffuser_id, key.slot_no))

    async def rate_of(self, key: SlotKey) -> Rate | None:
        """Read what was learnt of a slot that stands empty now; None before its first cartridge."""
        level = await self._database.read(
            lambda c: rows.last_level(c, key.diffuser_id, key.slot_no)
        )
        return level_from(level).rate if level else None

    async def fittings(self, key: SlotKey, since: datetime) -> list[Fitting]:
        """Read what was put into a slot from that moment on, oldest first."""
        found = await self._database.read(
            lambda c: rows.read_fittings(c, key.diffuser_id, key.slot_no, since)
        )
        return [Fitting(row.fitted_at, FittedBy(row.fitted_by), row.scent_name) for row in found]

    async def put_in(self, slot: FittedSlot, body: CartridgeFittedV1) -> None:
        """Write that a refill cycle began, and tell the cloud, in one transaction."""
        row = slot.row()

        def work(connection: sqlite3.Connection) -> None:
            rows.put_in(connection, row)
            outbox.append(connection, EventClass.CRITICAL, "cartridge.fitted", 1, body)

        await self._database.write(work)

    async def raise_low(self, slot: FittedSlot, body: RunningLowV1) -> bool:
        """Latch that this cycle runs low and tell the cloud, in one transaction; whether it is
        news: a cycle is told of once, whatever happens to the hub in between.
        """
        row = replace(slot.row(), is_low=True)

        def work(connection: sqlite3.Connection) -> bool:
            if rows.is_low(connection, row):
                return False
            rows.keep_state(connection, row)
            outbox.append(connection, EventClass.CRITICAL, "cartridge.running_low", 1, body)
            return True

        return await self._database.write(work)

    def keep(self, slot: FittedSlot) -> None:
        """Write the slot's state with the next batch."""
        row = slot.row()
        self._database.write_later(lambda connection: rows.keep_state(connection, row))

    def keep_beside(self, diffuser_id: str, days: dict[str, float]) -> None:
        """Write a device's use beside the plan with the next batch."""
        self._database.write_later(lambda c: rows.keep_unplanned(c, diffuser_id, days))

    def plot(self, slot: FittedSlot, at: datetime) -> None:
        """Write the level down for the plot with the next batch."""
        level = slot.level
        key, remaining, error = slot.key, round(level.remaining_ul), round(level.band_ul)

        def work(connection: sqlite3.Connection) -> None:
            rows.add_history(
                connection,
                key.diffuser_id,
                key.slot_no,
                at,
                remaining,
                error,
                kept_since=at - self._history_kept,
            )

        self._database.write_later(work)

    def send_level(self, body: CartridgeLevelV1) -> None:
        """Tell the cloud of the level with the next batch."""

        def work(connection: sqlite3.Connection) -> None:
            outbox.append(connection, EventClass.TELEMETRY, "cartridge.level", 1, body)

        self._database.write_later(work)

    async def history(self, key: SlotKey, since: datetime) -> list[tuple[datetime, int, int]]:
        """Read the plot's levels from that moment on, oldest first."""
        return await self._database.read(
            lambda c: rows.read_history(c, key.diffuser_id, key.slot_no, since)
        )
