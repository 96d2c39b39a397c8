"""The dialect of ESPHome: a node is known by its MAC, whatever it is called.

A node that was renamed leaves what it announced under its old name on the broker. Under which name
it lives now tells its answer on `esphome/discover/<name>`, which it gives when it connects and when
it is asked: the last such answer counts.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from adapters.diffusers.announced.announcers import bare_mac
from adapters.diffusers.announced.configs import FILTERS
from adapters.diffusers.announced.devices import diffusers_of, merged
from adapters.diffusers.announced.dialect import AnnouncedDialect
from adapters.diffusers.announced.entities import Announcement, about_of
from adapters.diffusers.announced.owners import Owner
from adapters.diffusers.payloads import object_of
from scentd.model.diffuser import Diffuser
from scentd.model.readings import Discovery, Found, Piece
from scentd.ports import Malformed, Publish

DIALECT = "esphome"
ASK = "esphome/discover"
_ANSWER = re.compile(r"esphome/discover/([\w-]{1,64})", re.ASCII)
_STATUS = "/status"


class EsphomeDialect(AnnouncedDialect):
    """Stateless: one instance serves every node."""

    owner = Owner.ESPHOME

    @property
    def name(self) -> str:
        """Give the dialect's key."""
        return DIALECT

    def discovery_filters(self) -> tuple[str, ...]:
        """Give where entities are announced and where nodes answer."""
        return (*FILTERS, f"{ASK}/+")

    def discovery_asks(self) -> tuple[Publish, ...]:
        """Ask all nodes who they are."""
        return (Publish(ASK, b""),)

    def discover(self, topic: str, payload: bytes) -> tuple[Discovery, ...]:
        """Take an entity or an answer as a part of its node; raises Malformed for an answer."""
        if _ANSWER.fullmatch(topic):
            mac = _mac_of(topic, payload) if payload else ""
            return (Piece(mac, counts_again=True, announces=False),) if mac else ()
        try:
            return super().discover(topic, payload)
        except Malformed:
            return ()  # whose it was to be cannot be told

    def assemble(self, group: str, pieces: Mapping[str, bytes]) -> tuple[Discovery, ...]:
        """Read all entities that the node announced under the name it has now."""
        announcements = [one for one in self._read(pieces) if one.device.key == group]
        if not announcements:
            return ()
        nodes = {one.node for one in announcements}
        answers = (_ANSWER.fullmatch(topic) for topic in pieces)
        alive = [answer[1] for answer in answers if answer is not None and answer[1] in nodes]
        name = alive[-1] if alive else announcements[-1].node
        now = [one for one in announcements if one.node == name]
        return tuple(map(Found, _nodes(now)))


def _nodes(announcements: list[Announcement]) -> Iterator[Diffuser]:
    device, entities = merged(announcements)
    presences = (p.place.topic for e in entities for p in about_of(e).presences)
    status = next((topic for topic in presences if topic.endswith(_STATUS)), "")
    address = status.removesuffix(_STATUS) or announcements[0].node
    version = device.firmware.partition(" (config hash")[0]
    for diffuser in diffusers_of(DIALECT, device, entities):
        yield replace(diffuser, address=address, firmware=version)


def _mac_of(topic: str, payload: bytes) -> str:
    return bare_mac(object_of(topic, payload).text("mac") or "")
