import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from scentd.bus import Bus
from scentd.cartridges.settings import CartridgeSettings
from scentd.cartridges.shelf import Shelf
from scentd.contracts.documents import CatalogueItemV1
from scentd.model.cartridge import SlotKey
from scentd.model.diffuser import (
    Availability,
    Capabilities,
    Diffuser,
    DiffuserState,
    LevelQuality,
)
from scentd.model.errors import DiffuserUnknown
from scentd.model.events import (
    CartridgeEmpty,
    CartridgeFitted,
    CartridgeRunningLow,
    CartridgeSuspectedEmpty,
    DiffuserFound,
    DocumentsChanged,
    Event,
    LevelChanged,
    LevelRose,
    Reported,
    StateChanged,
)
from scentd.model.readings import CartridgeRead, LevelRead, Reading
from scentd.model.schedule import PlannedRun
from scentd.store.database import Database
from scentd.store.shared import keep_document
from tests.fakes.clock import ManualClock
from tests.fakes.hub_store import open_database

CAN = Capabilities(steps=(50, 100), rate_ul_per_h=(500, 1_000))


class Home:
    """A hub that knows cartridges only, with devices that do as the test says.

    `lamp` measures its level, `plug` tells nothing of it.
    """

    def __init__(self, database: Database, clock: ManualClock) -> None:
        self.database = database
        self.clock = clock
        self.bus = Bus()
        self.settings = CartridgeSettings()
        self.heard: list[Event] = []
        self.diffusers = {
            "lamp": Diffuser(
                "lamp", "native", "t/lamp", "Lamp", replace(CAN, level=LevelQuality.MEASURED)
            ),
            "plug": Diffuser("plug", "tasmota", "t/plug", "Plug", CAN),
        }
        online = DiffuserState(availability=Availability.ONLINE)
        self.states = dict.fromkeys(self.diffusers, online)
        self.plan: list[PlannedRun] = []
        self.shelf = self._new_shelf()
        self._task: asyncio.Task[None] | None = None
        kinds = (CartridgeFitted, CartridgeRunningLow, CartridgeEmpty, LevelChanged)
        for kind in (*kinds, CartridgeSuspectedEmpty, LevelRose):
            self.bus.subscribe(kind, self.heard.append)

    async def start(self) -> None:
        self.shelf = self._new_shelf()
        await self.shelf.load()
        self._task = asyncio.get_running_loop().create_task(self.shelf.run())
        await self.clock.advance(0)

    async def stop(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])
            if not task.cancelled():
                task.result()

    async def restart_after(self, hours: float) -> None:
        await self.stop()
        await self.clock.advance(timedelta(hours=hours))
        await self.start()

    def change(self, diffuser_id: str, *, retained: bool = False, **reported: object) -> None:
        """Have the device report a new state of itself."""
        before = self.states[diffuser_id]
        after = replace(before, reported=replace(before.reported, **reported))
        self._become(diffuser_id, after, retained=retained)

    def reach(self, diffuser_id: str, availability: Availability) -> None:
        """Lose or find the device."""
        after = replace(self.states[diffuser_id], availability=availability)
        self._become(diffuser_id, after)

    def report(self, diffuser_id: str, *readings: Reading, retained: bool = False) -> None:
        self.bus.publish(Reported(self.clock.now(), diffuser_id, readings, is_retained=retained))

    def level(self, remaining_ul: int, *, retained: bool = False, slot_no: int = 1) -> None:
        self.report("lamp", LevelRead(slot_no, remaining_ul), retained=retained)

    def tag(
        self,
        install_id: str,
        level_ul: int | None = None,
        sku: str | None = "CED-30",
        slot_no: int = 1,
    ) -> None:
        readings: list[Reading] = [CartridgeRead(slot_no, install_id, sku, 30_000)]
        if level_ul is not None:
            readings.append(LevelRead(slot_no, level_ul))
        self.report("lamp", *readings)

    def find(self, diffuser_id: str) -> None:
        self.bus.publish(DiffuserFound(self.clock.now(), self.diffusers[diffuser_id], is_new=True))

    def told(self, kind: type[Event]) -> list[Event]:
        return [event for event in self.heard if isinstance(event, kind)]

    async def put_in_catalogue(self, sku: str, name: str) -> None:
        """Have the cloud tell of a product."""
        item = CatalogueItemV1(
            sku=sku,
            product_name=name,
            variant_name="30 ml",
            capacity_ul=30_000,
            price_minor=1490,
            currency="EUR",
        )
        await self.database.write(
            lambda c: c.execute(
                "INSERT INTO cloud_documents VALUES ('catalogue', ?, 1, ?)",
                (sku, item.model_dump_json()),
            )
        )
        self.bus.publish(DocumentsChanged(self.clock.now(), frozenset({"catalogue"})))

    async def say_refilled(self, slot: SlotKey, install_id: str) -> None:
        """Have the cloud tell that the household said so of a cartridge."""
        said = {"refilled": {"at": self.clock.now().isoformat(), "install_id": install_id}}
        key = f"{slot.diffuser_id}/{slot.slot_no}"
        await self.database.write(
            lambda c: keep_document(c, "reorder_preference", key, said),
        )
        self.bus.publish(DocumentsChanged(self.clock.now(), frozenset({"reorder_preference"})))

    async def outbox(self, kind: str) -> list[dict]:
        lines = await self.database.read(
            lambda c: [
                row["line"]
                for row in c.execute("SELECT line FROM outbox WHERE kind = ? ORDER BY seq", (kind,))
            ]
        )
        return [json.loads(line)["body"] for line in lines]

    def _become(self, diffuser_id: str, after: DiffuserState, *, retained: bool = False) -> None:
        before, self.states[diffuser_id] = self.states[diffuser_id], after
        self.bus.publish(
            StateChanged(self.clock.now(), diffuser_id, before, after, None, is_retained=retained)
        )

    def _new_shelf(self) -> Shelf:
        return Shelf(
            self.database,
            self.bus,
            self.clock,
            self._diffuser,
            lambda diffuser_id: self.states[diffuser_id],
            self._planned,
            self.settings,
        )

    def _diffuser(self, diffuser_id: str) -> Diffuser:
        try:
            return self.diffusers[diffuser_id]
        except KeyError:
            raise DiffuserUnknown(diffuser_id) from None

    def _planned(self, diffuser_id: str, after: datetime, until: datetime) -> Sequence[PlannedRun]:
        return [
            run
            for run in self.plan
            if run.diffuser_id == diffuser_id and run.end > after and run.start < until
        ]


@pytest.fixture
async def home(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Home]:
    async with open_database(tmp_path, clock) as database:
        home = Home(database, clock)
        yield home
        await home.stop()
