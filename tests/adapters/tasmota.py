"""Tasmota devices as the tests of its dialect announce, hear and command them."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime

from adapters.diffusers.tasmota.dialect import TasmotaDialect
from scentd.model.commands import Origin, Source, Wish
from scentd.model.diffuser import Diffuser
from scentd.model.readings import (
    Discovery,
    Found,
    Gone,
    Reading,
)

DIALECT = TasmotaDialect()
SOON = datetime(2026, 3, 2, 12, 0, 15, tzinfo=UTC)
CONFIG = {
    "ip": "192.0.2.7",
    "dn": "Hall plug",
    "fn": ["Diffuser plug", None, None, None, None, None, None, None],
    "hn": "tasmota-49A3BC-0956",
    "mac": "5CCF7F49A3BC",
    "md": "Nous A1T",
    "ty": 0,
    "if": 0,
    "ofln": "Offline",
    "onln": "Online",
    "state": ["OFF", "ON", "TOGGLE", "HOLD"],
    "sw": "15.5.0",
    "t": "tasmota_49A3BC",
    "ft": "%prefix%/%topic%/",
    "tp": ["cmnd", "stat", "tele"],
    "rl": [1, 0, 0, 0],
    "so": {"4": 0, "11": 0, "114": 0},
    "lt_st": 0,
    "ver": 1,
}
TOPIC = "tasmota/discovery/5CCF7F49A3BC/config"


def announced(**changes: object) -> list[Diffuser]:
    return [d.diffuser for d in _discovered(changes) if isinstance(d, Found)]


def gone(**changes: object) -> set[str]:
    """Give the ids that the announcement says are no devices."""
    return {d.diffuser_id for d in _discovered(changes) if isinstance(d, Gone)}


def _discovered(changes: Mapping[str, object]) -> tuple[Discovery, ...]:
    return DIALECT.discover(TOPIC, json.dumps({**CONFIG, **changes}).encode())


def plug(**changes: object) -> Diffuser:
    return DIALECT.with_profile(announced(**changes)[0], "plug")


def tuya(profile: str = "gd-30w", **changes: object) -> Diffuser:
    return DIALECT.with_profile(announced(ty=1, **changes)[0], profile)


def commands(diffuser: Diffuser, **parts: object) -> list[tuple[str, str]]:
    wish = Wish(diffuser.id, Source(Origin.MANUAL), **parts)
    published = DIALECT.encode(diffuser, wish, command_id="k", expires_at=SOON)
    assert not any(p.retain or p.qos for p in published)
    return [(p.topic, p.payload.decode()) for p in published]


def read_points(diffuser: Diffuser, frames: str) -> tuple[Reading, ...]:
    payload = received(frames.replace(" ", ""))
    return DIALECT.decode(diffuser, "tele/tasmota_49A3BC/RESULT", payload)


def received(data: str, **more: object) -> bytes:
    return json.dumps({"TuyaReceived": {"Data": "", "Cmnd": 7, "CmndData": data, **more}}).encode()
