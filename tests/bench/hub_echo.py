"""The hub's own layers as an echo: the broker link alone, and a command through the commander.

Run as `python -m tests.bench.hub_echo PORT FOLDER`. Each message on `link/ask` is answered on
`link/answer`; each on `command/ask` switches a native device over, as a rule would.
"""

import asyncio
import itertools
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from adapters.registry import load_dialects
from scentd.bus import Bus
from scentd.clock import SystemClock
from scentd.devices.commander import Commander
from scentd.devices.guard import DoseGuard
from scentd.devices.registry import Registry
from scentd.devices.settings import DeviceSettings
from scentd.devices.state import StateBook
from scentd.model.commands import Origin, Source, Wish
from scentd.mqtt.link import BrokerLink
from scentd.mqtt.settings import MqttSettings
from scentd.ports import Publish
from scentd.store.database import Database
from tests.bench.children import tell

DEVICE = "scent/1/bench"
_RULE = Source(Origin.RULE, "bench")


async def main(port: int, folder: Path) -> None:
    """Echo until terminated."""
    clock, bus, dialects = SystemClock(), Bus(), load_dialects()
    link = BrokerLink(MqttSettings(port=port, name="bench"), clock, bus)
    database = Database(folder / "echo.db", clock)
    await database.open()
    registry = Registry(dialects, database, bus, link, clock)
    states = StateBook(bus, clock, database)
    guard = DoseGuard(clock, DeviceSettings(), lambda: ZoneInfo("UTC"))
    commander = Commander(
        registry,
        states,
        dialects,
        link,
        bus,
        clock,
        database,
        guard=guard,
        next_switch=lambda _: None,
    )
    await registry.load()
    registry.start()
    link.watch("link/ask", lambda _: link.publish(Publish("link/answer", b"on")))
    powers = itertools.cycle((True, False))
    link.watch(
        "command/ask",
        lambda _: commander.submit(Wish("native-bench", _RULE, power=next(powers))),
    )
    async with asyncio.TaskGroup() as parts:
        for run in (link.run, registry.run, states.run, commander.run):
            parts.create_task(run())
        while not link.is_connected:
            await clock.sleep(0.01)
        link.publish(Publish(f"{DEVICE}/description", b"{}", qos=1, retain=True))
        while not registry.all():
            await clock.sleep(0.01)
        tell(now="ready")


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
