"""The Homie dialect as a port: which topics, what they say, what to send."""

import re
from collections.abc import Mapping
from datetime import datetime

from adapters.diffusers.homie import reading
from adapters.diffusers.homie.described import ID, Described, described_4, described_5
from adapters.diffusers.homie.devices import DIALECT, diffusers_of
from adapters.diffusers.homie.roles import IS
from adapters.diffusers.homie.telling import messages_for
from adapters.diffusers.payloads import extra_of, text_of
from adapters.diffusers.plugged import choices, chosen
from scentd.model.commands import Wish
from scentd.model.diffuser import Diffuser
from scentd.model.readings import Discovery, Found, Piece, Reading
from scentd.ports import DiffuserDialect, Malformed, Profile, Publish

ALERTS = ("empty", "low", "oil", "oil-low", "oil-empty", "tank", "fault", "tilt", "overheat")
"""Alerts that are listened to: the convention lets a device name them and lists them nowhere."""
_TARGET = "/$target"
_SETTABLE = frozenset(("power", "level", "mode", "timer", "light", "bright", "rgb", "effect"))
_5 = re.compile(r"([A-Za-z0-9_-]{1,40})/5/([^/]+)(?:/\$description)?")
_4 = re.compile(r"homie/([^/]+)/(?:[^/]+/){0,2}\$[a-z]+(?:/[a-z]+)?")
_ATTRIBUTES_4 = (
    *("homie/+/$homie", "homie/+/$name", "homie/+/$nodes", "homie/+/$implementation"),
    *("homie/+/$fw/version", "homie/+/+/$name", "homie/+/+/$type", "homie/+/+/$properties"),
    *(f"homie/+/+/+/${name}" for name in ("datatype", "format", "settable", "retained", "unit")),
)


class HomieDialect(DiffuserDialect):
    """Stateless: one instance serves every device of both versions."""

    @property
    def name(self) -> str:
        """Give the dialect's key."""
        return DIALECT

    def discovery_filters(self) -> tuple[str, ...]:
        """Give the filters of descriptions (5) and of attributes (4)."""
        return ("+/5/+/$description", *_ATTRIBUTES_4)

    def discover(
        self,
        topic: str,
        payload: bytes,  # noqa: ARG002 - read with the other parts
    ) -> tuple[Discovery, ...]:
        """Take a description, or an attribute of version 4, as a part; raises Malformed.

        Also a description, which is whole, is a part: so its last socket goes when it is cleared.
        """
        parts = _5.fullmatch(topic) if topic.endswith("/$description") else None
        if parts is not None:
            return (Piece(f"{parts[1]}/5/{_checked(topic, parts[2])}"),)
        parts = _4.fullmatch(topic)
        if parts is None or parts[1] == "5":
            return ()
        return (Piece(_checked(topic, parts[1])),)

    def assemble(self, group: str, pieces: Mapping[str, bytes]) -> tuple[Discovery, ...]:
        """Read a description, or the attributes of version 4; () while some are missing."""
        described: Described | None = None
        if (parts := _5.fullmatch(group)) is not None:
            topic = f"{group}/$description"
            if topic in pieces and ID.fullmatch(parts[2]):
                described = described_5(topic, parts[1], parts[2], pieces[topic])
        elif ID.fullmatch(group):
            described = described_4(group, pieces)
        return () if described is None else tuple(map(Found, diffusers_of(described)))

    def topics(self, diffuser: Diffuser) -> tuple[str, ...]:
        """Give the topics of state, values, targets and alerts, and of the root's state."""
        base, facts = diffuser.address, diffuser.facts
        paths = [fact.removeprefix(IS) for fact in facts if fact.startswith(IS)]
        topics = [f"{base}/$state", *(f"{base}/{path}" for path in paths)]
        if facts.get("version") == "5":
            moving = (facts[role] for role in ("power", "level") if role in facts)
            topics += [f"{base}/{path}{_TARGET}" for path in moving]
            topics += [f"{base}/$alert/{name}" for name in ALERTS]
        if "root" in facts:
            topics.append(f"{facts['root']}/$state")
        return tuple(topics)

    def command_topics(self, diffuser: Diffuser) -> tuple[str, ...]:
        """Give the topics on which values are set."""
        paths = (path for role, path in diffuser.facts.items() if role in _SETTABLE)
        return tuple(f"{diffuser.address}/{path}/set" for path in paths)

    def decode(self, diffuser: Diffuser, topic: str, payload: bytes) -> tuple[Reading, ...]:
        """Read a state, a value or an alert; () for what says nothing; raises Malformed."""
        text = text_of(topic, payload)
        path = topic.removeprefix(f"{diffuser.address}/")
        if topic == f"{diffuser.facts.get('root')}/$state":
            return reading.state(text, source="bridge")
        if path.startswith("$alert/"):
            return reading.alert(path.removeprefix("$alert/")[:64], text)
        if path == "$state":
            return reading.state(text, source="last_will")
        if not payload:  # a value was taken away: nothing is said
            return ()
        if path.endswith(_TARGET):
            # Where the device is going is not where it is.
            return (extra_of(f"{path.removesuffix(_TARGET)} target", text),)
        role = diffuser.facts.get(f"{IS}{path}")
        # In version 5 one zero byte is the empty text.
        return () if role is None else reading.value(diffuser, path, role, text.strip("\0"))

    def encode(
        self,
        diffuser: Diffuser,
        wish: Wish,
        *,
        command_id: str,  # noqa: ARG002 - the port's signature
        expires_at: datetime,  # noqa: ARG002 - the port's signature
    ) -> tuple[Publish, ...]:
        """Write a wish as values to set; everything is retained, so there is nothing to ask."""
        return messages_for(diffuser, wish)

    def profiles(self, diffuser: Diffuser) -> tuple[Profile, ...]:
        """Give what may be plugged into a switch; () for what describes itself."""
        return choices(diffuser)

    def with_profile(self, diffuser: Diffuser, profile_key: str) -> Diffuser:
        """Give the switch with that plugged in; raises KeyError."""
        return chosen(diffuser, profile_key)


def _checked(topic: str, device: str) -> str:
    if not ID.fullmatch(device):
        raise Malformed(topic, "the device's name is no id of the convention")
    return device
