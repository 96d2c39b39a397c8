"""The Puffer dialect, `puffer/<mac>/…`: what the hub must know to speak with a Puffer.

A Puffer says who it is on `hello` (retained), whether it is there on `online` (retained, and as
its last will) and what it does on `state`; it obeys `set`.
"""

import json
import re
from datetime import datetime
from importlib.resources import files
from typing import Any

from adapters.diffusers.payloads import object_of, text_of
from scentd.model.commands import Wish
from scentd.model.diffuser import Availability, Capabilities, Diffuser
from scentd.model.readings import (
    AvailabilityRead,
    Discovery,
    Found,
    Gone,
    IntensityRead,
    PowerRead,
    Reading,
)
from scentd.ports import DiffuserDialect, Malformed, Publish

_HELLO = re.compile(r"puffer/([0-9a-f]{12})/hello")
_SPEEDS = {33: 1, 66: 2, 100: 3}
"""The Puffer's speeds, by percent."""
_PERCENTS = {speed: percent for percent, speed in _SPEEDS.items()}
_CAPABILITIES = Capabilities(steps=tuple(_SPEEDS), rate_ul_per_h=(150, 300, 450))
_WORDS = {"1": Availability.ONLINE, "0": Availability.OFFLINE}


class PufferDialect(DiffuserDialect):
    """Pure: no network, no clock, no memory. One instance serves every Puffer."""

    @property
    def name(self) -> str:
        """Give the dialect's key; ids of devices begin with it."""
        return "puffer"

    def samples(self) -> list[dict[str, Any]]:
        """Give recorded messages, for the conformance suite."""
        text = files("scentd_puffer").joinpath("samples.json").read_text(encoding="utf-8")
        return [json.loads(text)]

    def discovery_filters(self) -> tuple[str, ...]:
        """Give the filter of the retained greetings."""
        return ("puffer/+/hello",)

    def discover(self, topic: str, payload: bytes) -> tuple[Discovery, ...]:
        """Read a greeting; an empty one takes the device away."""
        parts = _HELLO.fullmatch(topic)
        if parts is None:
            raise Malformed(topic, "it is not of the form puffer/<mac>/hello")
        # The MAC is the identity: names are changed by people.
        device_id = f"puffer-{parts[1]}"
        if not payload:
            return (Gone(device_id),)
        fields = object_of(topic, payload)
        diffuser = Diffuser(
            id=device_id,
            dialect=self.name,
            address=f"puffer/{parts[1]}",
            name=fields.text("name") or device_id,
            maker="Puffer & Daughters",
            model=fields.text("model") or "",
            firmware=fields.text("version") or "",
            capabilities=_CAPABILITIES,
        )
        return (Found(diffuser),)

    def topics(self, diffuser: Diffuser) -> tuple[str, ...]:
        """Give the topics on which a Puffer reports."""
        return (f"{diffuser.address}/online", f"{diffuser.address}/state")

    def command_topics(self, diffuser: Diffuser) -> tuple[str, ...]:
        """Give where a retained command would switch it at each return."""
        return (f"{diffuser.address}/set",)

    def decode(self, diffuser: Diffuser, topic: str, payload: bytes) -> tuple[Reading, ...]:
        """Read a report: what it does not say is not read."""
        if not payload:
            return ()
        if topic == f"{diffuser.address}/online":
            word = text_of(topic, payload)
            return (AvailabilityRead(_WORDS[word], "last_will"),) if word in _WORDS else ()
        if topic != f"{diffuser.address}/state":
            return ()
        fields = object_of(topic, payload)
        readings: list[Reading] = []
        if (on := fields.boolean("on")) is not None:
            readings.append(PowerRead(on))
        if (speed := fields.whole("speed", 1, 3)) is not None:
            readings.append(IntensityRead(_PERCENTS[speed]))
        # What has no meaning to the hub is kept for people to see.
        return (*readings, *fields.extras({"on", "speed"}))

    def encode(
        self, diffuser: Diffuser, wish: Wish, *, command_id: str, expires_at: datetime
    ) -> tuple[Publish, ...]:
        """Write a wish as one command; () when nothing of it is a Puffer's matter."""
        asked: dict[str, object] = {}
        if wish.power is not None:
            asked["on"] = wish.power
        if wish.intensity_percent is not None:
            asked["speed"] = _SPEEDS[diffuser.capabilities.nearest_step(wish.intensity_percent)]
        if not asked:
            return ()
        return (Publish(f"{diffuser.address}/set", json.dumps(asked).encode(), qos=1),)
