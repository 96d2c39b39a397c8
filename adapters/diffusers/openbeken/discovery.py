"""Know an OpenBeken device by what it says when asked, and by its Home Assistant discovery.

`<n>/connected` hints that a device is there. `publishAll` makes it say its MAC, its name and its
channels; `scheduleHADiscovery` makes it announce which channels are switches, and in which words.
Without its MAC nobody knows who it is: the topic may be changed by anybody.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from adapters.diffusers.announced.configs import PREFIX, announcement_of
from adapters.diffusers.announced.entities import Announcement, Entity, Light, Sensor, Switch
from adapters.diffusers.announced.owners import Owner, owner_of
from adapters.diffusers.announced.roles import Roles
from adapters.diffusers.openbeken.beside import is_led, roles_beside
from adapters.diffusers.openbeken.lamp import COLOUR
from adapters.diffusers.payloads import text_of
from scentd.model.diffuser import Capabilities, DeviceType, Diffuser
from scentd.model.readings import Ask, Discovery, Found, Piece
from scentd.ports import Malformed

DIALECT = "openbeken"
_KINDS = ("switch", "sensor", "light", "binary_sensor", "number", "select")
_DEPTHS = ("+", "+/+", "+/+/+")
"""Its topic may be anything a person types; more than three levels nobody has."""
_SAID = re.compile(r"(?P<name>[^+#\0]{1,120}?)/(?P<what>connected|mac|host|build)")
_MAC = re.compile(r"(?:[0-9A-Fa-f]{2}[:-]?){5}[0-9A-Fa-f]{2}")
_BUILD = re.compile(r"Build on .{1,60}? version ([0-9A-Za-z._-]{1,40}).{0,40}")
_SCALED = re.compile(rb"\{\{ '%0\.(\d)f'\|format\(float\(value\)(\*0\.\d{1,6})?\) \}\}")
_SCALED_FOR_US = rb"{{ (value|float\2)|round(\1) }}"
"""How it announces tenths and hundredths on a channel, and the same in words we read."""
_CHANNEL = re.compile(r"/(0|[1-9][0-9]?)/get$")


def filters() -> tuple[str, ...]:
    """Give the filters of all by which a device makes itself known."""
    return (
        *(f"{depth}/{what}" for what in ("connected", "mac", "host", "build") for depth in _DEPTHS),
        *(f"{PREFIX}/{kind}/+/config" for kind in _KINDS),
    )


def discover(topic: str, payload: bytes) -> tuple[Discovery, ...]:
    """Take what a device says as a piece, and ask for more; raises Malformed for other topics.

    What others say on topics of the same form is passed over.
    """
    if topic.startswith(f"{PREFIX}/") and topic.endswith("/config"):
        return _announced(topic, payload)
    parts = _SAID.fullmatch(topic)
    if parts is None:
        raise Malformed(topic, "no OpenBeken device speaks there")
    name, what = parts["name"], parts["what"]
    if what == "connected":
        return _questions(name) if payload == b"online" else ()
    text = _text(payload)
    is_meant = {
        "mac": _MAC.fullmatch(text) is not None,
        "build": _BUILD.fullmatch(text) is not None,
        "host": 0 < len(text) <= 64,
    }
    return (Piece(name, announces=False),) if is_meant[what] else ()


def assemble(name: str, pieces: Mapping[str, bytes]) -> tuple[Discovery, ...]:
    """Give a diffuser for each switch of a device; () while its MAC or its switches are unknown."""
    mac = _text(pieces.get(f"{name}/mac", b""))
    if not _MAC.fullmatch(mac):
        return ()
    heard = _hear(name, pieces)
    device_id = f"{DIALECT}-{mac.replace(':', '').replace('-', '').lower()}"
    return tuple(Found(_diffuser(device_id, heard, one)) for one in heard.switches)


@dataclass(frozen=True, slots=True)
class _Relay:
    """A switch as it was announced, and the number of its channel."""

    channel: int
    announced: Switch
    by: Announcement


@dataclass(frozen=True, slots=True)
class _Heard:
    """All a device said of itself."""

    name: str
    host: str
    build: str
    switches: tuple[_Relay, ...]
    others: tuple[Entity, ...]
    has_colours: bool

    @property
    def sensors(self) -> tuple[Sensor, ...]:
        """Give what it measures."""
        return tuple(one for one in self.others if isinstance(one, Sensor))

    @property
    def lamps(self) -> tuple[Light, ...]:
        """Give its lamps."""
        return tuple(one for one in self.others if isinstance(one, Light))


def _questions(name: str) -> tuple[Ask, ...]:
    return (
        Ask(f"cmnd/{name}/publishAll", b"", 1),
        Ask(f"cmnd/{name}/scheduleHADiscovery", b"1", 1),
    )


def _announced(topic: str, payload: bytes) -> tuple[Discovery, ...]:
    announcement = _announcement(topic, payload)
    # Nothing is asked of it here: announcements are kept by the broker, the device may be away. And
    # it says them when it is asked: that is no announcement of its own.
    return () if announcement is None else (Piece(announcement.base, announces=False),)


def _announcement(topic: str, payload: bytes) -> Announcement | None:
    if b"/connected" not in payload:
        return None
    try:
        read = announcement_of(topic, _SCALED.sub(_SCALED_FOR_US, payload))
    except Malformed:
        return None
    is_ours = read is not None and owner_of(read) is Owner.OPENBEKEN
    return read if is_ours and read is not None and _is_base(read.base) else None


def _is_base(base: str) -> bool:
    return _SAID.fullmatch(f"{base}/mac") is not None


def _hear(name: str, pieces: Mapping[str, bytes]) -> _Heard:
    read = [
        one
        for topic, payload in pieces.items()
        if (one := _announcement(topic, payload)) is not None and one.base == name
    ]
    relays = {relay.channel: relay for one in read for relay in _relays(name, one)}
    switches = [relay.announced for relay in relays.values()]
    build = _BUILD.fullmatch(_text(pieces.get(f"{name}/build", b"")))
    host = _text(pieces.get(f"{name}/host", b""))
    return _Heard(
        name=name,
        host=host if host.isprintable() else "",
        build="" if build is None else build[1],
        switches=tuple(relays[channel] for channel in sorted(relays)),
        others=tuple(e for one in read for e in one.entities if e not in switches),
        # How it writes a colour is a template beyond us; the words are known.
        has_colours=any(COLOUR.encode() in pieces[one.topic] for one in read),
    )


def _relays(name: str, announcement: Announcement) -> Iterator[_Relay]:
    for entity in announcement.entities:
        if not isinstance(entity, Switch) or entity.about.is_beside or entity.command is None:
            continue
        state = "" if entity.state is None else entity.state.topic
        channel = _CHANNEL.search(state)
        if channel is not None and state == f"{name}{channel[0]}":
            yield _Relay(int(channel[1]), entity, announcement)


def _diffuser(device_id: str, heard: _Heard, relay: _Relay) -> Diffuser:
    is_alone = len(heard.switches) == 1
    device, switch = relay.by.device, relay.announced
    named = device.name or heard.host or heard.name[-64:]
    beside = switch.about.name or str(relay.channel)
    # What belongs to the whole device is told by its first switch.
    is_first = relay is heard.switches[0]
    roles = roles_beside(heard.name, heard.others if is_first else (), is_alone=is_alone)
    return Diffuser(
        id=device_id if is_alone else f"{device_id}-{relay.channel}",
        dialect=DIALECT,
        address=heard.name,
        name=named if is_alone else f"{named[:60]} {beside[:50]}",
        capabilities=_capabilities(heard, roles, is_alone=is_alone),
        maker="OpenBeken",
        model=device.model,
        firmware=device.firmware or heard.build,
        device_type=DeviceType.PLUG_DIFFUSER,
        needs_profile=True,
        quiet=True,
        facts={**_facts(heard, relay, is_alone=is_alone), **_lamp_facts(heard, roles)},
    )


def _capabilities(heard: _Heard, roles: Roles, *, is_alone: bool) -> Capabilities:
    is_measured = any(one.state.topic == f"{heard.name}/power/get" for one in heard.sensors)
    return replace(
        roles.can,
        power=True,
        # One meter before several switches cannot tell them apart.
        energy=is_alone and (is_measured or roles.can.energy),
        light_colours=roles.can.light_colours or (roles.can.light and heard.has_colours),
    )


def _lamp_facts(heard: _Heard, roles: Roles) -> dict[str, str]:
    facts = roles.facts()
    if roles.can.light and any(is_led(heard.name, lamp) for lamp in heard.lamps):
        facts["led"] = "colours" if heard.has_colours else "white"
    return facts


def _facts(heard: _Heard, relay: _Relay, *, is_alone: bool) -> dict[str, str]:
    switch = relay.announced
    facts = {
        "channel": str(relay.channel),
        "set": "" if switch.command is None else switch.command.topic,
        "on": switch.on,
        "off": switch.off,
    }
    if is_alone:
        facts["alone"] = "1"
    if not heard.lamps:
        # Beside a lamp the Tasmota words speak of the lamp.
        facts["power"] = "POWER" if is_alone else f"POWER{_number(heard, relay)}"
    counters = (one for one in heard.sensors if one.state.topic.endswith("/energycounter/get"))
    if any(one.unit.casefold() == "kwh" for one in counters):
        facts["kwh"] = "1"
    return facts


def _number(heard: _Heard, relay: _Relay) -> int:
    """Give the number by which the Tasmota words name a switch: from 1, also where channels do not.

    The firmware counts on from channel 0 when a switch is there.
    """
    return relay.channel + int(heard.switches[0].channel == 0)


def _text(payload: bytes) -> str:
    try:
        return text_of("", payload, 256).strip()
    except Malformed:
        return ""
