"""The home as other platforms may know it, over the hub's own parts."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from scentd.daemon import Daemon
from scentd.model.cartridge import SlotKey
from scentd.model.commands import Origin, Source, Wish
from scentd.model.diffuser import Capabilities, Diffuser
from scentd.model.errors import DiffuserUnknown
from scentd.model.events import BrokerLink, DocumentsChanged
from scentd.model.household import Household
from scentd.platforms import PlatformHome
from scentd.ports import Happening, HomeNews
from scentd.settings import HubSettings, StoreSettings
from scentd.store.devices import keep_description
from tests.fakes.clock import ManualClock
from tests.fakes.running import running
from tests.fakes.waiting import eventually

LAMP = Diffuser("native-lamp", "native", "scent/1/lamp", "Lamp", Capabilities(steps=(20, 100)))
PLUG = replace(LAMP, id="native-plug", needs_profile=True)
SLOT = SlotKey(LAMP.id)
DASHBOARD = Source(Origin.PLATFORM, "home_assistant")


class Rig:
    """A hub of which nothing runs, its view for platforms, and the news told there."""

    def __init__(self, daemon: Daemon) -> None:
        self.daemon = daemon
        self.bus = daemon._bus
        self.view: PlatformHome = daemon._platform_home
        self.news: list[HomeNews] = []
        self.end = self.view.watch(self.news.append)

    async def order(self, state: str, install_id: str = "0" * 32) -> None:
        """Let the cloud say where the refill of the lamp stands."""
        body = {
            "state": state,
            "product_name": "Lavender Field",
            "variant_name": "30 ml",
            "quantity": 1,
            "total_minor": 1_900,
            "currency": "EUR",
            "install_id": install_id,
            "changed_at": "2026-03-02T12:00:00Z",
        }

        def work(connection: Any) -> None:
            connection.execute(
                "INSERT OR REPLACE INTO cloud_documents (kind, key, version, body)"
                " VALUES ('reorder', ?, 1, ?)",
                (str(SLOT), json.dumps(body)),
            )

        await self.daemon._database.write(work)
        self.bus.publish(DocumentsChanged(self.daemon._clock.now(), frozenset({"reorder"})))


@pytest.fixture
async def rig(tmp_path: Path, clock: ManualClock) -> AsyncIterator[Rig]:
    settings = HubSettings(zone="UTC", store=StoreSettings(path=tmp_path / "hub.db"))
    daemon = Daemon(settings, clock)
    await daemon._database.open()
    for one in (LAMP, PLUG):
        text = TypeAdapter(Diffuser).dump_json(one).decode()
        await daemon._database.write(
            lambda c, o=one, t=text: keep_description(c, o.id, "native", t)
        )
    for load in daemon._loads():
        await load()
    yield Rig(daemon)
    await daemon._database.close()


async def test_what_the_household_has_yet_to_name_is_left_out(rig: Rig) -> None:
    assert [one.id for one in rig.view.diffusers()] == [LAMP.id]


async def test_what_is_in_a_slot_is_told_with_its_level(rig: Rig) -> None:
    assert rig.view.fillings(LAMP.id) == {}

    await rig.daemon._home.shelf.fit(
        SLOT, sku="LAVFLD-30", scent_name="Lavender", capacity_ul=30_000
    )

    filling = rig.view.fillings(LAMP.id)[1]
    assert (filling.cartridge.scent_name, filling.is_low) == ("Lavender", False)
    assert HomeNews(Happening.REFILLED, LAMP.id, 1) in rig.news


async def test_a_wish_holds_as_any_persons_does(rig: Rig, clock: ManualClock) -> None:
    assert rig.view.held_until(LAMP.id) is None

    until = clock.now() + timedelta(minutes=30)
    rig.view.wish(Wish(LAMP.id, DASHBOARD, power=False, until=until))

    assert rig.view.held_until(LAMP.id) == until


async def test_a_refill_is_asked_for_and_nothing_is_ordered(rig: Rig) -> None:
    rig.view.ask_refill(SLOT, DASHBOARD)

    ask = rig.daemon._home.asks.waiting(SLOT)
    assert ask is not None
    assert ask.source == DASHBOARD


async def test_nobody_is_asked_for_a_device_that_is_not_there(rig: Rig) -> None:
    with pytest.raises(DiffuserUnknown):
        rig.view.ask_refill(SlotKey("native-nobody"), DASHBOARD)


async def test_an_order_is_told_once_and_the_next_bottles_again(rig: Rig) -> None:
    ordered = HomeNews(Happening.REORDERED, LAMP.id, 1)
    await rig.order("proposed")
    async with running(rig.view.run):
        await rig.order("ordered")
        await eventually(lambda: ordered in rig.news)
        await rig.order("paid")
        await rig.order("shipped")
        await rig.order("ordered", install_id="1" * 32)
        await eventually(lambda: rig.news.count(ordered) == 2)

    assert rig.news.count(ordered) == 2


async def test_what_was_ordered_before_a_restart_is_old_news(rig: Rig) -> None:
    await rig.order("paid")
    await rig.view.load()
    async with running(rig.view.run):
        await rig.order("shipped")
        await rig.order("ordered", install_id="1" * 32)
        await eventually(lambda: any(one.happening is Happening.REORDERED for one in rig.news))

    assert [one.happening for one in rig.news].count(Happening.REORDERED) == 1


async def test_broker_and_household_are_told_of_and_no_more_after_the_end(
    rig: Rig, clock: ManualClock
) -> None:
    rig.bus.publish(BrokerLink(clock.now(), connected=True))
    rig.bus.publish(BrokerLink(clock.now(), connected=False))
    await rig.daemon._home.household.save(Household(name="Salón", language="es"))
    rig.end()
    rig.bus.publish(BrokerLink(clock.now(), connected=True))

    assert [one.happening for one in rig.news] == [Happening.REACHED, Happening.HOUSEHOLD]
    assert (rig.view.name, rig.view.language) == ("Salón", "es")
