"""A simulated OpenBeken device, found and spoken to by the dialect."""

import random
from datetime import UTC, datetime

from adapters.diffusers.openbeken.dialect import OpenBekenDialect
from adapters.simulator.openbeken import METERING_PLUG, OpenBekenThing, Wiring
from adapters.simulator.thing import Message, Vial
from scentd.model.commands import Origin, Source, Wish
from scentd.model.diffuser import Diffuser
from scentd.model.readings import Reading
from scentd.model.topics import matches
from scentd.ports import NEVER
from tests.adapters.announced import Announced

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
DIALECT = OpenBekenDialect()
ID = "openbeken-84e342010203"


def thing(wiring: Wiring = METERING_PLUG) -> OpenBekenThing:
    vial = Vial("LAVFLD-30", "Lavender Field", 30_000, 9_000)
    chance = random.Random(1)
    return OpenBekenThing("84E342010203", "Den", wiring, vial, now=lambda: NOW, chance=chance)


def found(device: OpenBekenThing) -> dict[str, Diffuser]:
    """Let the dialect ask, and the device say all it is asked for."""
    announced = Announced(DIALECT)
    said = device.connected()
    announced.hear((m.topic, m.payload) for m in said)
    for ask in announced.asks:
        said += heard(device, ask.topic, ask.payload)
    said += device.pass_time(30)
    announced.hear((m.topic, m.payload) for m in said if is_heard(m))
    return announced.diffusers


def heard(device: OpenBekenThing, topic: str, payload: bytes) -> list[Message]:
    is_meant = any(matches(one, topic) for one in device.subscriptions)
    return device.hear(topic, payload) if is_meant else []


def is_heard(message: Message) -> bool:
    return any(matches(one, message.topic) for one in DIALECT.discovery_filters())


def ask(device: OpenBekenThing, diffuser: Diffuser, **parts: object) -> list[Reading]:
    wish = Wish(diffuser.id, Source(Origin.MANUAL), **parts)
    sent = DIALECT.encode(diffuser, wish, command_id="c", expires_at=NEVER)
    said = [m for one in sent for m in heard(device, one.topic, one.payload)]
    topics = DIALECT.topics(diffuser)
    return [
        reading
        for m in said
        if m.topic in topics
        for reading in DIALECT.decode(diffuser, m.topic, m.payload)
    ]
