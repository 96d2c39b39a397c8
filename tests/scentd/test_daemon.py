"""What the daemon connects."""

from datetime import UTC, date, datetime
from pathlib import Path

from pydantic import TypeAdapter

from scentd.daemon import Daemon
from scentd.model.commands import Answer, Origin, Source, Wish
from scentd.model.diffuser import Capabilities, Diffuser
from scentd.model.schedule import Vacation
from scentd.settings import HubSettings, StoreSettings
from scentd.store.devices import keep_description
from tests.fakes.clock import ManualClock


async def test_a_vacation_holds_rules_and_no_hand(tmp_path: Path) -> None:
    clock = ManualClock(datetime(2026, 3, 4, 12, tzinfo=UTC))
    settings = HubSettings(zone="Europe/Berlin", store=StoreSettings(path=tmp_path / "hub.db"))
    daemon = Daemon(settings, clock)
    home, database = daemon._home, daemon._database
    lamp = Diffuser("lamp", "native", "lamp", "Lamp", Capabilities(steps=(20, 100)))
    described = TypeAdapter(Diffuser).dump_json(lamp).decode()
    await database.open()
    try:
        await database.write(lambda c: keep_description(c, "lamp", "native", described))
        await home.registry.load()
        await home.states.load()
        await home.schedules.set_vacations([Vacation(date(2026, 3, 3), date(2026, 3, 5))])

        by_rule = home.commander.submit(Wish("lamp", Source(Origin.RULE, "r"), power=True))
        by_hand = home.commander.submit(Wish("lamp", Source(Origin.MANUAL, "page"), power=True))
    finally:
        await database.close()

    assert (by_rule.answer, by_rule.reason.code) == (Answer.OVERRIDDEN, "away")
    assert by_rule.reason.until == datetime(2026, 3, 5, 23, tzinfo=UTC)
    assert by_hand.answer is not Answer.OVERRIDDEN
