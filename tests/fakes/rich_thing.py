"""A simulated diffuser that has all a diffuser may have."""

import json
import random

from adapters.simulator.native import NativeThing
from adapters.simulator.thing import Message, Vial
from scentd.clock import SystemClock


class RichThing(NativeThing):
    """A native diffuser with all that a diffuser may have; its power is metered, too."""

    def _description(self) -> Message:
        return self._more(super()._description(), energy=True, light_effects=["candle"])

    def _state(self) -> Message:
        return self._more(super()._state(), watts=7.5, energy_wh=120)

    def _more(self, message: Message, **fields: object) -> Message:
        body = json.loads(message.payload) | fields
        return Message(message.topic, json.dumps(body).encode(), message.qos, message.retain)


def rich_thing(device: str) -> RichThing:
    """Two bottles, of which the first holds 40 and the second 80 percent."""
    lavender = Vial("LAVFLD-30", "Lavender Field", 30_000, 12_000, "04a1b2c3d4e5f601")
    tea = Vial("WHTTEA-50", "White Tea", 50_000, 40_000, "04a1b2c3d4e5f602")
    chance = random.Random(1)
    name = device.title()
    return RichThing(device, name, lavender, now=SystemClock().now, chance=chance, beside=(tea,))
