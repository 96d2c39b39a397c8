"""Entities announced for Home Assistant in a line, and what the dialect `ha` makes of them."""

import json

from adapters.diffusers.homeassistant.dialect import HomeAssistantDialect
from scentd.model.commands import Origin, Source, Wish
from scentd.model.diffuser import Diffuser
from scentd.model.readings import Reading
from scentd.ports import NEVER
from tests.adapters.announced import Announced

DIALECT = HomeAssistantDialect()
Entity = tuple[str, dict[str, object]]


def entity(kind: str, key: str, **values: object) -> Entity:
    topics = {"stat_t": f"d/{key}", "cmd_t": f"d/{key}/set"}
    device = {"dev": {"ids": ["d-1"], "name": "Thing"}}
    return f"homeassistant/{kind}/d/{key}/config", {**topics, **device, **values}


def found(*entities: Entity) -> dict[str, Diffuser]:
    heard = [(topic, json.dumps(values).encode()) for topic, values in entities]
    return Announced(DIALECT).hear(heard).diffusers


def only(*entities: Entity) -> Diffuser:
    (diffuser,) = found(*entities).values()
    return diffuser


def sent(diffuser: Diffuser, **parts: object) -> list[tuple[str, bytes]]:
    wish = Wish(diffuser.id, Source(Origin.MANUAL), **parts)
    messages = DIALECT.encode(diffuser, wish, command_id="c", expires_at=NEVER)
    return [(message.topic, message.payload) for message in messages]


def decoded(diffuser: Diffuser, topic: str, text: str) -> tuple[Reading, ...]:
    return DIALECT.decode(diffuser, topic, text.encode())
