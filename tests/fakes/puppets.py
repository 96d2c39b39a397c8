"""Native diffusers on a real broker that obey at once and note when they were told what."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scentd.clock import SystemClock
from scentd.mqtt.packets import Incoming
from tests.fakes.raw_mqtt import Connection
from tools.broker import Broker

_DESCRIPTION = {"intensity_steps": [20, 40, 60, 80, 100]}


@dataclass(frozen=True)
class Told:
    """One command as it came. `at` is the machine's own time, never a faked one."""

    device: str
    at: datetime
    command_id: str
    power: bool | None


class Puppets(Connection):
    """Devices on one connection; `told` grows with every command that asks for something."""

    def __init__(self, devices: Sequence[str]) -> None:
        super().__init__("puppets", "scent/1/+/command")
        self.told: list[Told] = []
        self._clock = SystemClock()
        self._states: dict[str, dict[str, Any]] = {
            device: {"power": False, "intensity": 60} for device in devices
        }

    def appear(self) -> None:
        """Come onto the network, all switched off."""
        for device in self._states:
            self._say(device, "description", json.dumps(_DESCRIPTION), is_retained=True)
            self._say(device, "availability", "online", is_retained=True)
            self._report(device)

    def switches(self, device: str) -> list[bool]:
        """Return what the device was asked, on or off; a repeated command counts once."""
        asked = {one.command_id: one.power for one in self.told if one.device == device}
        return [power for power in asked.values() if power is not None]

    def hear(self, messages: list[Incoming]) -> None:
        """Obey what is meant for our devices."""
        at = self._clock.now()
        for message in messages:
            device = (message.topic or "").split("/")[2]
            if device in self._states:
                self._obey(device, json.loads(message.payload or b""), at)

    def _obey(self, device: str, command: dict[str, Any], at: datetime) -> None:
        wishes = {key: command[key] for key in ("power", "intensity") if key in command}
        if wishes:
            self.told.append(Told(device, at, str(command["id"]), command.get("power")))
            self._states[device] |= wishes
        self._say(device, "answer", json.dumps({"id": command["id"], "error": None}))
        self._report(device)

    def _report(self, device: str) -> None:
        self._say(device, "state", json.dumps(self._states[device]), is_retained=True)

    def _say(self, device: str, what: str, payload: str, *, is_retained: bool = False) -> None:
        self.say(f"scent/1/{device}/{what}", payload.encode(), is_retained=is_retained)


@asynccontextmanager
async def puppets_on(broker: Broker, devices: Sequence[str]) -> AsyncIterator[Puppets]:
    """Put devices on the broker until the block is left."""
    loop = asyncio.get_running_loop()
    _, puppets = await loop.create_connection(lambda: Puppets(devices), broker.host, broker.port)
    puppets.appear()
    try:
        yield puppets
    finally:
        puppets.leave()
