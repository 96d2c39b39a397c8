"""What trackers say over MQTT, read: OwnTracks, rooms' receivers, routers. Pure.

Everything that cannot be used gives None: anybody may publish on these topics.
"""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from scentd.model.presence import TrackerKind
from scentd.presence.sighting import Position, Sighting

LONGEST_ID = 120
MOST_BYTES = 16_384
"""OwnTracks' messages take 300 bytes; a waypoint list of a hundred regions would fit."""

_IS_HOME = {
    **dict.fromkeys(("home", "online", "on", "true", "1", "connected"), True),
    **dict.fromkeys(("not_home", "away", "offline", "off", "false", "0", "disconnected"), False),
}

Reads = Callable[[str, bytes, bool], Sighting | None]


def read_owntracks(topic: str, payload: bytes, is_retained: bool) -> Sighting | None:  # noqa: FBT001 - one form of three
    """Read `<prefix>/<user>/<device>` and its `/event` (OwnTracks' JSON).

    A last will says that the phone lost its connection, not that it moved: it says nothing here.
    """
    parts = topic.removesuffix("/event").split("/")[-2:]
    told = _object(payload)
    if told is None or not _is_id("/".join(parts)):
        return None
    heard = Sighting(
        f"owntracks:{'/'.join(parts)}",
        TrackerKind.OWNTRACKS,
        " ".join(parts),
        said_at=_moment(told.get("tst")),
        is_retained=is_retained,
    )
    match told.get("_type"), told.get("event"), told.get("desc"):
        case "location", _, _:
            position, within = _position(told), _names(told.get("inregions"))
            is_empty = position is None and within is None
            return None if is_empty else replace(heard, position=position, within=within)
        case "transition", "enter", str(name):
            return replace(heard, entered=name)
        case "transition", "leave", str(name):
            return replace(heard, left=name)
    return None


def read_room(topic: str, payload: bytes, is_retained: bool) -> Sighting | None:  # noqa: FBT001 - one form of three
    """Read a receiver that sees a device: `espresense/devices/<id>/<room>` or
    `room_presence/<room>`, with `{"id": …, "distance": metres}`. Seen in a room is home.
    """
    told = _object(payload)
    if told is None or is_retained or _number(told.get("distance")) is None:
        return None
    *_, before, _room = topic.split("/")
    seen = told.get("id", before)
    if not isinstance(seen, str) or not _is_id(seen):
        return None
    name = told.get("name")
    return Sighting(
        f"room:{seen}",
        TrackerKind.ROOM,
        name if isinstance(name, str) and _is_id(name) else seen,
        is_home=True,
    )


def read_router(topic: str, payload: bytes, is_retained: bool) -> Sighting | None:  # noqa: FBT001 - one form of three
    """Read a router that says of a device whether it is in its network: `…/<mac>` with `home` or
    `not_home`, as OpenWrt's and asuswrt's scripts publish it.
    """
    device = topic.rsplit("/", 1)[-1]
    word = payload[:32].decode("utf-8", "replace").strip().strip('"').casefold()
    if word not in _IS_HOME or not _is_id(device):
        return None
    return Sighting(
        f"router:{device.casefold()}",
        TrackerKind.ROUTER,
        device,
        is_home=_IS_HOME[word],
        is_retained=is_retained,
    )


def _object(payload: bytes) -> Mapping[str, Any] | None:
    if len(payload) > MOST_BYTES:
        return None
    try:
        told = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None


def _names(value: object) -> frozenset[str] | None:
    if not isinstance(value, list):
        return None
    return frozenset(one for one in value if isinstance(one, str))


def _is_id(text: str) -> bool:
    return 0 < len(text) <= LONGEST_ID and text.isprintable()


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def _position(told: Mapping[str, Any]) -> Position | None:
    latitude, longitude = _number(told.get("lat")), _number(told.get("lon"))
    accuracy_m = _number(told.get("acc", 0))
    if latitude is None or longitude is None or accuracy_m is None:
        return None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180 and accuracy_m >= 0):
        return None
    return Position(latitude, longitude, accuracy_m)


def _moment(stamp: object) -> datetime | None:
    seconds = _number(stamp)
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
