"""A plug that only switches, with a dumb diffuser in it; and the smallest dialect for it."""

import json
from dataclasses import dataclass
from datetime import datetime

from adapters.diffusers.payloads import object_of
from adapters.diffusers.plugged import as_plugged, profiles
from adapters.simulator.thing import Message, Vial
from scentd.model.commands import Wish
from scentd.model.diffuser import Availability, Capabilities, Diffuser
from scentd.model.readings import (
    AvailabilityRead,
    Discovery,
    EnergyRead,
    Found,
    PowerRead,
    Reading,
    TimerRead,
)
from scentd.ports import DiffuserDialect, Profile, Publish

RATE_UL_PER_H = as_plugged(
    Diffuser("x", "x", "x", "x", Capabilities()), "nebuliser"
).capabilities.rate_at(100)
RUNNING_W, DRY_W, RESTING_W = 12.0, 5.0, 0.3


class SwitchDialect(DiffuserDialect):
    """`switch/<id>/state` says `on`, `watts` and `timer_s`; `switch/<id>/set` takes `on`,
    `timer_s` and `ask`; `switch/<id>/there` is yes or no.
    """

    @property
    def name(self) -> str:
        return "switch"

    def discovery_filters(self) -> tuple[str, ...]:
        return ("switch/+/config",)

    def discover(self, topic: str, payload: bytes) -> tuple[Discovery, ...]:
        name = topic.split("/")[1]
        can = Capabilities(energy=True, timer=payload == b"timer")
        bare = Diffuser(f"switch-{name}", "switch", f"switch/{name}", name, can)
        return (Found(as_plugged(bare, "nebuliser")),)

    def topics(self, diffuser: Diffuser) -> tuple[str, ...]:
        return (f"{diffuser.address}/state", f"{diffuser.address}/there")

    def decode(self, diffuser: Diffuser, topic: str, payload: bytes) -> tuple[Reading, ...]:
        if topic.endswith("/there"):
            is_there = Availability.ONLINE if payload == b"yes" else Availability.OFFLINE
            return (AvailabilityRead(is_there, "last_will"),)
        said = object_of(topic, payload)
        readings: list[Reading] = []
        if (power := said.boolean("on")) is not None:
            readings.append(PowerRead(power))
        if (watts := said.number("watts")) is not None:
            readings.append(EnergyRead(watts, None))
        if (timer_s := said.whole("timer_s", 0, 100_000)) is not None:
            readings.append(TimerRead(timer_s))
        return tuple(readings)

    def encode(
        self, diffuser: Diffuser, wish: Wish, *, command_id: str, expires_at: datetime
    ) -> tuple[Publish, ...]:
        body: dict[str, object] = {}
        if wish.power is not None:
            body["on"] = wish.power
        if wish.timer_s is not None:
            body["timer_s"] = wish.timer_s
        if wish.refresh:
            body["ask"] = True
        return (Publish(f"{diffuser.address}/set", json.dumps(body).encode()),) if body else ()

    def profiles(self, diffuser: Diffuser) -> tuple[Profile, ...]:
        return profiles()

    def with_profile(self, diffuser: Diffuser, profile_key: str) -> Diffuser:
        return as_plugged(diffuser, profile_key)


@dataclass
class Switch:
    """The plug: `on_s` is the true time it was on; `is_deaf` while it obeys nothing, `is_mute`
    while nobody hears that it did.

    `switched` counts how often its relay moved. Without `reports_same` it says nothing when it is
    told to be what it is.
    """

    vial: Vial
    device: str = "p1"
    has_timer: bool = False
    on: bool = False
    on_s: float = 0.0
    timer_s: float = 0.0
    is_deaf: bool = False
    reports_same: bool = True
    is_mute: bool = False
    switched: int = 0

    @property
    def name(self) -> str:
        return self.device

    @property
    def will(self) -> Message:
        return Message(f"switch/{self.device}/there", b"no", retain=True)

    @property
    def subscriptions(self) -> tuple[str, ...]:
        return (f"switch/{self.device}/set",)

    @property
    def watts(self) -> float:
        if not self.on:
            return RESTING_W
        return DRY_W if self.vial.is_empty else RUNNING_W

    def connected(self) -> list[Message]:
        kind = b"timer" if self.has_timer else b"plain"
        return [
            Message(f"switch/{self.device}/config", kind, retain=True),
            Message(f"switch/{self.device}/there", b"yes", retain=True),
            self.state(),
        ]

    def state(self) -> Message:
        body: dict[str, object] = {"on": self.on, "watts": self.watts}
        if self.timer_s:
            body["timer_s"] = round(self.timer_s)
        return Message(f"switch/{self.device}/state", json.dumps(body).encode(), retain=True)

    def hear(self, topic: str, payload: bytes) -> list[Message]:
        if self.is_deaf:
            return []
        body = json.loads(payload)
        is_news = self._turn(body["on"]) if "on" in body else False
        if "timer_s" in body and self.has_timer and self.on:
            self.timer_s = float(body["timer_s"])
        is_told = is_news or ("on" in body and self.reports_same) or "ask" in body
        return [self.state()] if is_told and not self.is_mute else []

    def pass_time(self, seconds: float) -> list[Message]:
        if not self.on:
            return []
        self.on_s += seconds
        self.vial.use(RATE_UL_PER_H, seconds / 3600)
        if not self.timer_s:
            return []
        self.timer_s = max(0.0, self.timer_s - seconds)
        if self.timer_s:
            return []
        self._turn(False)
        return [self.state()]

    def press(self) -> list[Message]:
        self._turn(not self.on)
        return [self.state()]

    def _turn(self, on: bool) -> bool:
        is_news = on != self.on
        self.switched += is_news
        self.on = on
        if not on:
            self.timer_s = 0.0
        return is_news
