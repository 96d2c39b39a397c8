"""The Shelly dialect as a port: which topics, what they say, what to send."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from adapters.diffusers.payloads import extra_of, object_of, text_of
from adapters.diffusers.plugged import as_plugged, is_plugged
from adapters.diffusers.plugged import profiles as plugged_profiles
from adapters.diffusers.shelly import discovery, reading
from adapters.diffusers.shelly.topics import (
    ANNOUNCE,
    EVERYBODY,
    OURS,
    STATUS,
    answer_topic,
    filters,
    request,
)
from scentd.model.commands import Wish
from scentd.model.diffuser import Availability, Diffuser
from scentd.model.readings import AvailabilityRead, Discovery, Reading
from scentd.ports import DiffuserDialect, Profile, Publish

_WORDS = {"true": Availability.ONLINE, "false": Availability.OFFLINE}
_DONE, _SEEN = "do", "see"


class ShellyDialect(DiffuserDialect):
    """Stateless: one instance serves every device."""

    @property
    def name(self) -> str:
        """Give the dialect's key."""
        return discovery.DIALECT

    def discovery_filters(self) -> tuple[str, ...]:
        """Give the filters of what devices say of themselves, and of their answers to us."""
        return (EVERYBODY, *filters())

    def discovery_asks(self) -> tuple[Publish, ...]:
        """Ask all that take commands who they are."""
        return (Publish(ANNOUNCE.topic, ANNOUNCE.payload, ANNOUNCE.qos),)

    def discover(self, topic: str, payload: bytes) -> tuple[Discovery, ...]:
        """Take a piece and ask for more; raises Malformed."""
        return discovery.discover(topic, payload)

    def assemble(self, group: str, pieces: Mapping[str, bytes]) -> tuple[Discovery, ...]:
        """Give the switches of the device whose prefix the group is."""
        return discovery.assemble(group, pieces)

    def topics(self, diffuser: Diffuser) -> tuple[str, ...]:
        """Give the topics on which the device reports, and on which it answers us."""
        at, switch = diffuser.address, f"switch:{diffuser.facts['switch']}"
        names = ("online", f"status/{switch}", "status/wifi", "events/rpc", f"error/{switch}")
        return (
            *(f"{at}/{name}" for name in names),
            *(f"{_source(diffuser, what)}/rpc" for what in (_DONE, _SEEN)),
            answer_topic(STATUS, at),
        )

    def command_topics(self, diffuser: Diffuser) -> tuple[str, ...]:
        """Give the topics of both ways to switch it."""
        at = diffuser.address
        return (f"{at}/rpc", f"{at}/command/switch:{diffuser.facts['switch']}")

    def decode(self, diffuser: Diffuser, topic: str, payload: bytes) -> tuple[Reading, ...]:
        """Read a report; () for what says nothing to us; raises Malformed."""
        if not payload:
            return ()
        if topic.startswith(OURS):
            return _answer(diffuser, topic, payload)
        number, name = diffuser.facts["switch"], topic.removeprefix(f"{diffuser.address}/")
        if name == "online":
            word = _WORDS.get(text_of(topic, payload))
            return () if word is None else (AvailabilityRead(word, "last_will"),)
        if name == f"error/switch:{number}":
            return (extra_of("error", text_of(topic, payload)),)
        if name == "events/rpc":
            frame = object_of(topic, payload)
            return reading.notification(frame, number, is_alone="alone" in diffuser.facts)
        if name == "status/wifi":
            return reading.signal(object_of(topic, payload))
        if name == f"status/switch:{number}":
            return reading.switch(object_of(topic, payload), None, is_whole=True)
        return ()

    def encode(
        self,
        diffuser: Diffuser,
        wish: Wish,
        *,
        command_id: str,
        expires_at: datetime,  # noqa: ARG002 - the firmware knows no expiry
    ) -> tuple[Publish, ...]:
        """Write a wish as an RPC, or as a bare command where it takes no RPC; () where neither."""
        # A plug is not touched before the household has said what it feeds.
        wish = wish if is_plugged(diffuser) else replace(wish, power=None)
        if diffuser.facts["rpc"] == "1":
            return _calls(diffuser, wish, command_id)
        if diffuser.facts["control"] == "1":
            return _commands(diffuser, wish)
        return ()

    def profiles(self, diffuser: Diffuser) -> tuple[Profile, ...]:  # noqa: ARG002 - all are plugs
        """Give what may be plugged in."""
        return plugged_profiles()

    def with_profile(self, diffuser: Diffuser, profile_key: str) -> Diffuser:
        """Give the switch with that behind it; raises KeyError for an unknown kind."""
        return as_plugged(diffuser, profile_key)


def _source(diffuser: Diffuser, what: str) -> str:
    """Give the `src` of what is sent to one switch: two of a device must not hear each other's."""
    return f"{OURS}/{what}/{diffuser.facts['switch']}/{diffuser.address}"


def _answer(diffuser: Diffuser, topic: str, payload: bytes) -> tuple[Reading, ...]:
    frame = object_of(topic, payload)
    if topic == f"{_source(diffuser, _DONE)}/rpc":
        return reading.answer(frame)
    if topic == f"{_source(diffuser, _SEEN)}/rpc":
        return reading.switch_status(frame)
    if topic == answer_topic(STATUS, diffuser.address):
        return reading.status(frame, diffuser.facts["switch"])
    return ()


def _calls(diffuser: Diffuser, wish: Wish, command_id: str) -> tuple[Publish, ...]:
    number = int(diffuser.facts["switch"])
    topic, qos = f"{diffuser.address}/rpc", int(diffuser.facts["qos"])
    calls: list[bytes] = []
    if wish.power is not None:
        params: dict[str, object] = {"id": number, "on": wish.power}
        if wish.power and wish.timer_s:
            # It turns the switch over when it ends, so it goes along only with switching on.
            # Switching without one ends the one that runs, as firmware 1.3.3 was seen to do.
            params["toggle_after"] = wish.timer_s
        calls.append(request(_source(diffuser, _DONE), command_id, "Switch.Set", params))
    if wish.refresh:
        source = _source(diffuser, _SEEN)
        calls.append(request(source, command_id, "Switch.GetStatus", {"id": number}))
    return tuple(Publish(topic, call, qos) for call in calls)


def _commands(diffuser: Diffuser, wish: Wish) -> tuple[Publish, ...]:
    topic = f"{diffuser.address}/command/switch:{diffuser.facts['switch']}"
    words = [] if wish.power is None else [b"on" if wish.power else b"off"]
    if wish.refresh:
        words.append(b"status_update")
    return tuple(Publish(topic, word, int(diffuser.facts["qos"])) for word in words)
