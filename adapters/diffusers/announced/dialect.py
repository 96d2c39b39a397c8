"""What all dialects share whose devices announce themselves for Home Assistant."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from adapters.diffusers.announced.channels import topics_of
from adapters.diffusers.announced.configs import FILTERS, MOST_ENTITIES, announcement_of
from adapters.diffusers.announced.devices import diffusers_of, merged
from adapters.diffusers.announced.entities import Announcement
from adapters.diffusers.announced.owners import ENOUGH, Owner, owner_of
from adapters.diffusers.announced.reading import readings_of
from adapters.diffusers.announced.telling import command_topics_of, messages_for
from adapters.diffusers.plugged import choices, chosen
from scentd.model.commands import Wish
from scentd.model.diffuser import Diffuser
from scentd.model.readings import Discovery, Found, Piece, Reading
from scentd.ports import DiffuserDialect, Malformed, Profile, Publish

_MOST_READ = 3 * MOST_ENTITIES
"""Entities read in one go: a device with all it can have, under the names it had before, too."""


class AnnouncedDialect(DiffuserDialect):
    """Stateless. The entities of a device are parts of one announcement, by the device's key."""

    owner: Owner
    """Whose announcements are this dialect's."""

    def discovery_filters(self) -> tuple[str, ...]:
        """Give where entities and devices are announced."""
        return FILTERS

    def discover(self, topic: str, payload: bytes) -> tuple[Discovery, ...]:
        """Take an announcement of ours as a part; raises Malformed."""
        announcement = announcement_of(topic, payload, most=ENOUGH)
        if announcement is None or owner_of(announcement) is not self.owner:
            return ()
        return (Piece(announcement.device.key),) if announcement.device.key else ()

    def assemble(self, group: str, pieces: Mapping[str, bytes]) -> tuple[Discovery, ...]:
        """Read all entities of a device; those that cannot be read are passed over."""
        announcements = [one for one in self._read(pieces) if one.device.key == group]
        return tuple(map(Found, self._found(announcements))) if announcements else ()

    def _found(self, announcements: list[Announcement]) -> Iterator[Diffuser]:
        return diffusers_of(self.name, *merged(announcements))

    def _read(self, pieces: Mapping[str, bytes]) -> Iterator[Announcement]:
        room = _MOST_READ
        for topic, payload in pieces.items():
            try:
                announcement = announcement_of(topic, payload)
            except Malformed:
                continue
            if announcement is not None and owner_of(announcement) is self.owner:
                yield announcement
                room -= len(announcement.entities)
            if room <= 0:
                return

    def topics(self, diffuser: Diffuser) -> tuple[str, ...]:
        """Give the topics of its states and of its being there."""
        return topics_of(diffuser.facts)

    def command_topics(self, diffuser: Diffuser) -> tuple[str, ...]:
        """Give the topics on which it takes commands."""
        return command_topics_of(diffuser)

    def decode(self, diffuser: Diffuser, topic: str, payload: bytes) -> tuple[Reading, ...]:
        """Read a state; raises Malformed."""
        return readings_of(diffuser, topic, payload)

    def encode(
        self,
        diffuser: Diffuser,
        wish: Wish,
        *,
        command_id: str,  # noqa: ARG002 - the port's signature
        expires_at: datetime,  # noqa: ARG002 - the port's signature
    ) -> tuple[Publish, ...]:
        """Write a wish, a message for each part; there is no way to ask for a report."""
        return messages_for(diffuser, wish)

    def profiles(self, diffuser: Diffuser) -> tuple[Profile, ...]:
        """Give what may be plugged into a switch; () for what sprays by itself."""
        return choices(diffuser)

    def with_profile(self, diffuser: Diffuser, profile_key: str) -> Diffuser:
        """Give the plug with that kind of diffuser in it; raises KeyError for an unknown one."""
        return chosen(diffuser, profile_key)
