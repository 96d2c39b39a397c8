"""Which program or firmware wrote an announcement: some have a dialect of their own here."""

import re
from enum import StrEnum

from adapters.diffusers.announced.entities import Announcement, Entity, about_of


class Owner(StrEnum):
    """Who speaks; `OTHERS` have no dialect of their own here."""

    SCENTD = "scentd"
    ZIGBEE2MQTT = "zigbee2mqtt"
    TASMOTA = "tasmota"
    OPENBEKEN = "openbeken"
    ESPHOME = "esphome"
    OTHERS = ""


_HEX_12 = re.compile(r"[0-9a-f]{12}")
_ESPHOME = re.compile(r"\besphome\b|\(config hash 0x", re.IGNORECASE)
"""In the version: `esphome v1.15`, `1.0 (ESPHome 2024.2.0)`, `2026.6.5 (config hash 0x1f2e)`."""
_TASMOTA = re.compile(r"tasmota", re.IGNORECASE)


ENOUGH = 4
"""So many entities of a device tell who wrote all of them."""


def owner_of(announcement: Announcement) -> Owner:
    """Say who wrote an announcement, by its first `ENOUGH` entities."""
    device, origin = announcement.device, announcement.origin.casefold()
    if origin == "scentd":
        return Owner.SCENTD
    if origin == "zigbee2mqtt" or any(one.startswith("zigbee2mqtt_") for one in device.ids):
        return Owner.ZIGBEE2MQTT
    if _TASMOTA.search(f"{device.firmware} {device.maker} {origin}"):
        return Owner.TASMOTA
    if _is_openbeken(announcement):
        return Owner.OPENBEKEN
    return Owner.ESPHOME if _is_esphome(announcement) else Owner.OTHERS


def _is_openbeken(announcement: Announcement) -> bool:
    """Say whether its availability is at `~/connected`, below a base that is the device's name."""
    base = announcement.base
    return bool(base) and any(
        f"{base}/connected" in _topics(e) for e in announcement.entities[:ENOUGH]
    )


def _is_esphome(announcement: Announcement) -> bool:
    """Say whether it is a node: its version says so, or it is written as only nodes write it.

    They give the MAC twice, once as a bare text, and tell at `<prefix>/status` that they are there.
    """
    device = announcement.device
    if _ESPHOME.search(device.firmware):
        return True
    writes_so = device.ids_is_text and device.ids == (device.mac,) and bool(announcement.node)
    tells_so = any(
        topic.endswith("/status")
        for entity in announcement.entities[:ENOUGH]
        for topic in _topics(entity)
    )
    return writes_so and tells_so and _HEX_12.fullmatch(device.mac) is not None


def _topics(entity: Entity) -> tuple[str, ...]:
    return tuple(presence.place.topic for presence in about_of(entity).presences)
