"""Native diffusers on a real broker that obey at once and note when they were told what."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import aiomqtt

from scentd.clock import SystemClock
from tools.broker import Broker

_DESCRIPTION = {"intensity_steps": [20, 40, 60, 80, 100]}


@dataclass(frozen=True)
class Told:
    """One command as it came. `at` is the machine's own, never a faked one."""

    device: str
    at: datetime
    command_id: str
    power: bool | None


@dataclass
class Puppets:
    """Devices of one connection; `told` grows with every command that asks for something."""

    client: aiomqtt.Client
    told: list[Told] = field(default_factory=list)
    states: dict[str, dict[str, Any]] = field(default_factory=dict)

    async def appear(self, device: str) -> None:
        """Come onto the network, switched off."""
        self.states[device] = {"power": False, "intensity": 60}
        await self._say(device, "description", json.dumps(_DESCRIPTION), retain=True)
        await self._say(device, "availability", "online", retain=True)
        await self.report(device)

    async def report(self, device: str) -> None:
        await self._say(device, "state", json.dumps(self.states[device]), retain=True)

    def switches(self, device: str) -> list[bool]:
        """Return what the device was asked, on or off; a repeated command counts once."""
        asked = {one.command_id: one.power for one in self.told if one.device == device}
        return [power for power in asked.values() if power is not None]

    async def obey(self, message: aiomqtt.Message, at: datetime) -> None:
        device = str(message.topic).split("/")[2]
        command = json.loads(message.payload if isinstance(message.payload, bytes) else b"")
        command_id = str(command["id"])
        wishes = {key: command[key] for key in ("power", "intensity") if key in command}
        if wishes:
            self.told.append(Told(device, at, command_id, command.get("power")))
            self.states[device] |= wishes
        await self._say(device, "answer", json.dumps({"id": command_id, "error": None}))
        await self.report(device)

    async def _say(self, device: str, what: str, payload: str, *, retain: bool = False) -> None:
        await self.client.publish(f"scent/1/{device}/{what}", payload, qos=1, retain=retain)


@asynccontextmanager
async def puppets_on(broker: Broker, devices: Sequence[str]) -> AsyncIterator[Puppets]:
    """Put devices on the broker until the block is left."""
    async with aiomqtt.Client(broker.host, broker.port) as client:
        puppets = Puppets(client)
        await client.subscribe("scent/1/+/command", qos=1)
        for device in devices:
            await puppets.appear(device)
        obeying = asyncio.create_task(_obey(puppets), name="puppets")
        try:
            yield puppets
        finally:
            obeying.cancel()
            with suppress(asyncio.CancelledError, aiomqtt.MqttError):
                await obeying


async def _obey(puppets: Puppets) -> None:
    clock = SystemClock()
    # Side by side, like devices of their own: none waits for another's answer to be taken.
    async with asyncio.TaskGroup() as group:
        async for message in puppets.client.messages:
            group.create_task(puppets.obey(message, clock.now()))
