"""What every simulated device can do: pure, so that tests can play with one without a broker."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """One message a device sends."""

    topic: str
    payload: bytes
    qos: int = 0
    retain: bool = False


class Thing(Protocol):
    """A device on the broker."""

    @property
    def name(self) -> str:
        """Give the MQTT client id."""
        ...

    @property
    def will(self) -> Message:
        """Give what the broker says when the device vanishes."""
        ...

    @property
    def subscriptions(self) -> tuple[str, ...]:
        """Give the topics the device listens to."""
        ...

    def connected(self) -> list[Message]:
        """Give all a device says when it comes onto the network."""
        ...

    def hear(self, topic: str, payload: bytes) -> list[Message]:
        """Obey, ignore or answer a message."""
        ...

    def pass_time(self, seconds: float) -> list[Message]:
        """Let time pass; oil falls, reports come due."""
        ...

    def press(self) -> list[Message]:
        """Let somebody press the button on the device."""
        ...


@dataclass
class Vial:
    """The oil in a device, microlitres."""

    sku: str
    scent: str
    capacity_ul: int
    remaining_ul: float
    tag: str = ""

    def use(self, rate_ul_per_h: float, hours: float) -> None:
        """Let it evaporate; it does not fall below empty."""
        self.remaining_ul = max(0.0, self.remaining_ul - rate_ul_per_h * hours)

    @property
    def is_empty(self) -> bool:
        """Say whether nothing is left."""
        return self.remaining_ul <= 0
