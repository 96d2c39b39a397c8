"""The hub's devices with one pulsed plug among them, living through the same time."""

import asyncio
from pathlib import Path

from adapters.simulator.thing import Vial
from scentd.model.commands import Answer
from scentd.model.events import StateChanged
from tests.fakes.clock import ManualClock
from tests.fakes.devices import Devices
from tests.fakes.plugs import Switch, SwitchDialect

PLUG = "switch-p1"


async def _few_turns() -> None:
    """Enough for the commander to look: nothing here waits for the disk."""
    for _ in range(5):
        await asyncio.sleep(0)  # noqa: TID251 - yields, does not wait


class PlugHouse(Devices):
    """Devices in which one plug lives beside the hub: time passes for both."""

    def __init__(self, path: Path, clock: ManualClock) -> None:
        super().__init__(path, clock)
        self.dialects |= {"switch": SwitchDialect()}
        self.plug = Switch(Vial("CEDBER-50", "Cedar", 50_000, 50_000.0))
        clock.settle = _few_turns

    async def live(self, seconds: float) -> None:
        """Let time pass in half seconds, for the plug as well."""
        for _ in range(round(seconds * 2)):
            self.broker.let(self.plug.pass_time(0.5))
            await self.clock.advance(0.5)
            self.broker.deliver()

    def seen(self) -> tuple[bool | None, int | None]:
        reported = self.state(PLUG).reported
        return reported.power, reported.intensity_percent

    def runs_seen(self) -> list[bool | None]:
        """Every change of power that anybody was told of, in order."""
        changes = [(e.before.reported.power, e.after.reported.power) for e in self.changes()]
        return [after for before, after in changes if before != after]

    def changes(self) -> list[StateChanged]:
        return [e for e in self.heard if isinstance(e, StateChanged) and e.diffuser_id == PLUG]

    def ask_plug(self, **parts: object) -> Answer:
        return self.ask(PLUG, **parts).answer
