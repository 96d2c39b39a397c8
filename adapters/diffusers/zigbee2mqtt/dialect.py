"""The Zigbee2MQTT dialect as a port: which topics, what they say, what to send."""

import re
from collections.abc import Mapping
from datetime import datetime

from adapters.diffusers.payloads import Fields, object_of, objects_of, text_of
from adapters.diffusers.plugged import as_plugged
from adapters.diffusers.plugged import profiles as plugged_profiles
from adapters.diffusers.zigbee2mqtt.devices import DIALECT, TOLD, diffusers_of
from adapters.diffusers.zigbee2mqtt.reading import readings_of
from adapters.diffusers.zigbee2mqtt.settings import BridgeSettings, settings_of
from adapters.diffusers.zigbee2mqtt.telling import messages_for
from scentd.model.commands import Wish
from scentd.model.diffuser import Availability, DeviceType, Diffuser
from scentd.model.readings import AvailabilityRead, Children, Discovery, Found, Piece, Reading
from scentd.ports import DiffuserDialect, Malformed, Profile, Publish

_TOPIC = re.compile(r"([^/]{1,128}(?:/[^/]{1,128})?)/bridge/(devices|info)")
MAX_LIST_BYTES = 8_388_608
"""Longest `bridge/devices` read: 500 devices with 15 kB each, a lamp of many effects has that."""


class Zigbee2mqttDialect(DiffuserDialect):
    """Stateless: one instance serves every bridge and device."""

    @property
    def name(self) -> str:
        """Give the dialect's key."""
        return DIALECT

    def discovery_filters(self) -> tuple[str, ...]:
        """Give the filters of the retained lists and settings; a base topic has 1 or 2 levels."""
        names = ("devices", "info")
        return tuple(f"{base}/bridge/{name}" for base in ("+", "+/+") for name in names)

    def discover(self, topic: str, payload: bytes) -> tuple[Discovery, ...]:
        """Take a list or the settings of a bridge as parts of its announcement."""
        parts = _TOPIC.fullmatch(topic)
        if parts is None:
            raise Malformed(topic, "it is not of the form <base>/bridge/devices")
        if len(payload) > MAX_LIST_BYTES:
            raise Malformed(topic, f"{len(payload)} bytes are too many")
        return (Piece(parts[1]),)

    def assemble(self, group: str, pieces: Mapping[str, bytes]) -> tuple[Discovery, ...]:
        """Read the whole list of a bridge, group being its base topic; raises Malformed."""
        topic = f"{group}/bridge/devices"
        if topic not in pieces:
            return ()
        settings = _settings(f"{group}/bridge/info", pieces)
        listed = objects_of(topic, pieces[topic], MAX_LIST_BYTES)
        found = [one for device in listed for one in diffusers_of(group, device, settings)]
        ids = frozenset(diffuser.id for diffuser in found)
        return (*(Found(diffuser) for diffuser in found), Children(group, ids))

    def topics(self, diffuser: Diffuser) -> tuple[str, ...]:
        """Give the device's state and availability, and the bridge's own state."""
        at = diffuser.address
        return (at, f"{at}/availability", f"{diffuser.bridge}/bridge/state")

    def command_topics(self, diffuser: Diffuser) -> tuple[str, ...]:
        """Give the topics of commands, with one key as well as with several."""
        at, facts = diffuser.address, diffuser.facts
        names = [
            f"{at}/set",
            *(f"{at}/set/{facts[one]}" for one in ("power", "level") if one in facts),
        ]
        if "endpoint" in facts:
            names.append(f"{at}/{facts['endpoint']}/set")
        return tuple(names)

    def decode(self, diffuser: Diffuser, topic: str, payload: bytes) -> tuple[Reading, ...]:
        """Read a report; () for what says nothing to us; raises Malformed."""
        if not payload:
            return ()
        if topic == diffuser.address:
            return _state(diffuser, object_of(topic, payload))
        if topic == f"{diffuser.address}/availability":
            return _availability(topic, payload)
        if topic == f"{diffuser.bridge}/bridge/state":
            return _bridge(topic, payload)
        return ()

    def encode(
        self,
        diffuser: Diffuser,
        wish: Wish,
        *,
        command_id: str,  # noqa: ARG002 - the port's signature
        expires_at: datetime,  # noqa: ARG002 - the port's signature
    ) -> tuple[Publish, ...]:
        """Write a wish in the bridge's words; it has neither command ids nor expiry."""
        return messages_for(diffuser, wish)

    def profiles(self, diffuser: Diffuser) -> tuple[Profile, ...]:
        """Give what may be plugged into a plug; () for what sprays or blows by itself."""
        return plugged_profiles() if _is_plug(diffuser) else ()

    def with_profile(self, diffuser: Diffuser, profile_key: str) -> Diffuser:
        """Give the plug with that in it; raises KeyError for an unknown kind or what is no plug."""
        if not _is_plug(diffuser):
            raise KeyError(f"{diffuser.id} needs no profile {profile_key}")
        return as_plugged(diffuser, profile_key)


def _is_plug(diffuser: Diffuser) -> bool:
    return diffuser.device_type is DeviceType.PLUG_DIFFUSER and diffuser.capabilities.power


def _settings(topic: str, pieces: Mapping[str, bytes]) -> BridgeSettings:
    # Settings that cannot be read cost the advice, not the devices.
    try:
        return settings_of(object_of(topic, pieces[topic], MAX_LIST_BYTES))
    except (KeyError, Malformed):
        return BridgeSettings()


def _state(diffuser: Diffuser, fields: Fields) -> tuple[Reading, ...]:
    """Give what a state says, marked as passed on where the bridge tells of availability too.

    When a bridge starts it says the last state of every device, also of those that are away.
    """
    readings = readings_of(diffuser, fields)
    return (*readings, _PASSED_ON) if readings and TOLD in diffuser.facts else readings


def _word(topic: str, payload: bytes) -> Availability | None:
    """Give the word of 2.x, `{"state": "online"}`, or of 1.x, the word alone."""
    text = text_of(topic, payload)
    if text.startswith("{"):
        fields: Fields = object_of(topic, payload)
        text = fields.text("state") or ""
    return _WORDS.get(text)


_PASSED_ON = AvailabilityRead(Availability.ONLINE, "bridge")
_WORDS = {"online": Availability.ONLINE, "offline": Availability.OFFLINE}


def _availability(topic: str, payload: bytes) -> tuple[Reading, ...]:
    word = _word(topic, payload)
    return () if word is None else (AvailabilityRead(word, "last_will"),)


def _bridge(topic: str, payload: bytes) -> tuple[Reading, ...]:
    # A bridge that is away says nothing of its devices.
    word = _word(topic, payload)
    if word is None:
        return ()
    is_there = word is Availability.ONLINE
    return (AvailabilityRead(word if is_there else Availability.UNKNOWN, "bridge"),)
