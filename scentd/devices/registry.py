"""Which devices the household has, and what they say, from their dialect's words into ours."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial

from pydantic import TypeAdapter, ValidationError

from scentd.bus import Bus
from scentd.clock import Clock, Throttle
from scentd.contracts.bodies import DiffuserSeenV1, EventClass
from scentd.devices.discovering import Finder, Findings
from scentd.devices.errors import NameUnusable, ProfileUnknown
from scentd.devices.ghosts import Ghosts
from scentd.devices.pulsing import Pulsing
from scentd.model.diffuser import Diffuser
from scentd.model.errors import DiffuserUnknown
from scentd.model.events import (
    BrokerLink,
    DiffuserFound,
    DiffuserRemoved,
    DocumentsChanged,
    Reported,
)
from scentd.model.readings import Children
from scentd.ports import Broker, DiffuserDialect, Inbound, Malformed, Profile
from scentd.store import devices as rows
from scentd.store import outbox
from scentd.store.database import Database

_log = logging.getLogger(__name__)

MAX_NAME = 120
_DIFFUSER: TypeAdapter[Diffuser] = TypeAdapter(Diffuser)


class Registry:
    """Know every device by its id, wherever its address moves; read what they report.

    Devices appear when their dialect hears them announce themselves. The household's own name,
    room and profile win over what the device says of itself. One that is ignored (a plug that
    feeds a lamp) is neither listened to nor counted among the devices until it is called back.
    """

    def __init__(
        self,
        dialects: Mapping[str, DiffuserDialect],
        database: Database,
        bus: Bus,
        broker: Broker,
        clock: Clock,
    ) -> None:
        self._dialects = dialects
        self._database = database
        self._bus = bus
        self._broker = broker
        self._clock = clock
        self._described: dict[str, Diffuser] = {}
        self._diffusers: dict[str, Diffuser] = {}
        self._own_words: dict[str, dict[str, object]] = {}
        self._removed: set[str] = set()
        self.pulsing = Pulsing(clock)
        """What plugs that are pulsed do: whoever sends commands asks it, and tells it."""
        self._ghosts = Ghosts(dialects, broker, self._say_changed)
        findings = Findings(self._on_found, self._lose, self._keep_only, self._count_malformed)
        self._finder = Finder(dialects, broker, clock, findings)
        self._watches: dict[str, tuple[tuple[str, ...], list[Callable[[], None]]]] = {}
        self._malformed: dict[str, int] = {}
        self._warnings = Throttle(clock, every_s=60.0)
        self._words_changed = asyncio.Event()
        bus.subscribe(DocumentsChanged, self._on_documents)
        bus.subscribe(BrokerLink, self._on_broker)

    async def load(self) -> None:
        """Take up what the last life of the hub knew."""
        self._own_words = await self._database.read(rows.read_own_words)
        self._removed = set(await self._database.read(rows.read_removed))
        for text in await self._database.read(rows.read_descriptions):
            try:
                described = _DIFFUSER.validate_json(text)
            except ValidationError:
                _log.exception("a stored device cannot be read; it is found again by itself")
                continue
            self._described[described.id] = described
            if not self._is_ignored(described.id):
                self._diffusers[described.id] = self._as_household_says(described)

    def start(self) -> None:
        """Listen to the known devices and for new ones."""
        for diffuser in self._diffusers.values():
            self._listen(diffuser)
        self._finder.start()

    async def run(self) -> None:
        """Put announcements together and take up words of the household's account; no end."""
        async with asyncio.TaskGroup() as parts:
            parts.create_task(self._finder.run(), name="devices are found")
            parts.create_task(self._finder.call_now_and_then(), name="devices are called")
            parts.create_task(self._read_words(), name="names and rooms are taken up")

    async def _read_words(self) -> None:
        while True:
            await self._words_changed.wait()
            self._words_changed.clear()
            self._own_words = await self._database.read(rows.read_own_words)
            for described in tuple(self._described.values()):
                self._take_up(described)

    def all(self) -> tuple[Diffuser, ...]:
        """Give every device, in the order they were first seen."""
        return tuple(self._diffusers.values())

    def get(self, diffuser_id: str) -> Diffuser:
        """Give one device; raises DiffuserUnknown."""
        try:
            return self._diffusers[diffuser_id]
        except KeyError:
            raise DiffuserUnknown(diffuser_id) from None

    def is_quiet(self, diffuser_id: str) -> bool:
        """Say whether a device's silence means nothing; false for one that is not known."""
        diffuser = self._diffusers.get(diffuser_id)
        return diffuser is not None and diffuser.quiet

    def find(self, diffuser_id: str) -> Diffuser | None:
        """Give one device; None when there is none of that id."""
        return self._diffusers.get(diffuser_id)

    def profiles(self, diffuser_id: str) -> tuple[Profile, ...]:
        """Give the models the device may be; () when its dialect needs no choice."""
        diffuser = self.get(diffuser_id)
        return self._dialect(diffuser).profiles(diffuser)

    def search(self) -> None:
        """Ask the devices that speak only when asked; what answers appears by itself."""
        self._finder.search()

    def ignored(self) -> tuple[Diffuser, ...]:
        """Give what the household said is no diffuser, as it describes itself."""
        return tuple(d for d in self._described.values() if self._is_ignored(d.id))

    def ghosts(self, diffuser_id: str) -> tuple[str, ...]:
        """Give the topics on which the broker keeps a command that will switch the device."""
        return self._ghosts.of(diffuser_id)

    def clear_ghosts(self, diffuser_id: str) -> bool:
        """Have the broker drop those commands; False when it cannot be reached now."""
        return self._ghosts.clear(diffuser_id)

    def malformed(self, diffuser_id: str) -> int:
        """Give how many of its messages could not be read since the hub started."""
        return self._malformed.get(diffuser_id, 0)

    async def rename(
        self, diffuser_id: str, *, name: str | None = None, room: str | None = None
    ) -> Diffuser:
        """Give a device the household's own name or room; None leaves that as it is.

        Raises DiffuserUnknown and NameUnusable.
        """
        self.get(diffuser_id)
        fields: dict[str, object] = {}
        if name is not None:
            fields["name"] = _checked("name", name, least=1)
        if room is not None:
            fields["room"] = _checked("room", room, least=0)
        return await self._say(diffuser_id, fields)

    async def choose_profile(self, diffuser_id: str, key: str) -> Diffuser:
        """Say which model a device is; raises DiffuserUnknown and ProfileUnknown."""
        diffuser = self.get(diffuser_id)
        try:
            self._dialect(diffuser).with_profile(diffuser, key)
        except KeyError:
            raise ProfileUnknown(diffuser_id, key) from None
        return await self._say(diffuser_id, {"profile": key})

    async def ignore(self, diffuser_id: str, *, is_ignored: bool) -> None:
        """Leave a device alone because it spreads no scent, or call it back.

        Raises DiffuserUnknown for one that was never found.
        """
        described = self._described.get(diffuser_id)
        if described is None:
            raise DiffuserUnknown(diffuser_id)
        fields: dict[str, object] = {"ignored": is_ignored}
        await self._database.write(lambda c: rows.keep_own_words(c, diffuser_id, fields))
        self._own_words.setdefault(diffuser_id, {}).update(fields)
        self._take_up(described)

    async def remove(self, diffuser_id: str) -> None:
        """Take a device away; it comes back when it announces itself anew, or by a search.

        Neither old news nor what it goes on reporting brings it back.

        Raises DiffuserUnknown.
        """
        self.get(diffuser_id)
        await self._database.write(lambda c: rows.mark_removed(c, diffuser_id))
        self._removed.add(diffuser_id)
        self._forget(diffuser_id)

    async def _say(self, diffuser_id: str, fields: Mapping[str, object]) -> Diffuser:
        await self._database.write(lambda c: rows.keep_own_words(c, diffuser_id, fields))
        self._own_words.setdefault(diffuser_id, {}).update(fields)
        described = self._described.get(diffuser_id)
        if described is None:  # it was taken away while the disk was busy
            raise DiffuserUnknown(diffuser_id)
        self._take_up(described)
        return self.get(diffuser_id)

    def _on_found(self, described: Diffuser, is_old: bool) -> None:  # noqa: FBT001 - Findings
        if is_old and described.id in self._removed:
            return
        self._removed.discard(described.id)
        if self._described.get(described.id) == described:
            return
        self._described[described.id] = described
        text = _DIFFUSER.dump_json(described).decode()
        self._database.write_later(
            lambda c: rows.keep_description(c, described.id, described.dialect, text)
        )
        self._take_up(described)

    def _keep_only(self, dialect: str, children: Children) -> None:
        for described in tuple(self._described.values()):
            is_of_bridge = described.dialect == dialect and described.bridge == children.bridge
            if is_of_bridge and described.id not in children.diffuser_ids:
                self._lose(described.id)

    def _lose(self, diffuser_id: str) -> None:
        if diffuser_id in self._described:
            self._database.write_later(lambda c: rows.forget(c, diffuser_id))
            self._forget(diffuser_id)

    def _forget(self, diffuser_id: str) -> None:
        self._described.pop(diffuser_id, None)
        self._own_words.pop(diffuser_id, None)
        self._put_away(diffuser_id)

    def _put_away(self, diffuser_id: str) -> None:
        if self._diffusers.pop(diffuser_id, None) is None:
            return
        self._deafen(diffuser_id)
        self._ghosts.leave(diffuser_id)
        self._bus.publish(DiffuserRemoved(self._clock.now(), diffuser_id))

    def _take_up(self, described: Diffuser) -> None:
        """Make the device what its own description and the household's words say together."""
        if self._is_ignored(described.id):
            self._put_away(described.id)
            return
        before = self._diffusers.get(described.id)
        diffuser = self._as_household_says(described)
        if diffuser == before:
            return
        self._diffusers[diffuser.id] = diffuser
        self._listen(diffuser)
        self._tell_account(diffuser)
        self._bus.publish(DiffuserFound(self._clock.now(), diffuser, is_new=before is None))

    def _is_ignored(self, diffuser_id: str) -> bool:
        return self._own_words.get(diffuser_id, {}).get("ignored") is True

    def _say_changed(self, diffuser_id: str) -> None:
        diffuser = self._diffusers.get(diffuser_id)
        if diffuser is not None:
            self._bus.publish(DiffuserFound(self._clock.now(), diffuser, is_new=False))

    def _as_household_says(self, described: Diffuser) -> Diffuser:
        words = self._own_words.get(described.id, {})
        profile = words.get("profile")
        if isinstance(profile, str) and described.dialect in self._dialects:
            try:
                described = self._dialects[described.dialect].with_profile(described, profile)
            except KeyError:
                _log.warning("%s: its model “%s” is no longer known", described.id, profile)
        name, room = words.get("name"), words.get("room")
        return replace(
            described,
            name=name if isinstance(name, str) and name else described.name,
            room=room if isinstance(room, str) else described.room,
        )

    def _tell_account(self, diffuser: Diffuser) -> None:
        body = DiffuserSeenV1(
            diffuser_id=diffuser.id,
            dialect=diffuser.dialect,
            name=diffuser.name,
            room=diffuser.room,
            maker=diffuser.maker,
            model=diffuser.model,
            slots=diffuser.capabilities.slots,
        )
        self._database.write_later(
            lambda c: outbox.append(c, EventClass.STATE, "diffuser.seen", 1, body)
        )

    def _listen(self, diffuser: Diffuser) -> None:
        if diffuser.dialect not in self._dialects:
            _log.warning("%s speaks “%s”, which no adapter knows", diffuser.id, diffuser.dialect)
            return
        self._ghosts.follow(diffuser)
        topics = self._dialect(diffuser).topics(diffuser)
        known, _ = self._watches.get(diffuser.id, ((), []))
        if topics == known:
            return
        self._deafen(diffuser.id)
        hear = partial(self._hear, diffuser.id)
        self._watches[diffuser.id] = (topics, [self._broker.watch(t, hear) for t in topics])

    def _deafen(self, diffuser_id: str) -> None:
        for end in self._watches.pop(diffuser_id, ((), []))[1]:
            end()

    def _hear(self, diffuser_id: str, inbound: Inbound) -> None:
        diffuser = self._diffusers.get(diffuser_id)
        if diffuser is None:
            return
        dialect = self._dialects[diffuser.dialect]
        try:
            readings = dialect.decode(diffuser, inbound.topic, inbound.payload)
        except Malformed as error:
            self._count_malformed(diffuser_id, error)
            return
        readings = self.pulsing.hear(diffuser, readings, is_retained=inbound.is_retained)
        if readings:
            self._bus.publish(
                Reported(inbound.received_at, diffuser_id, readings, inbound.is_retained)
            )

    def _count_malformed(self, key: str, error: Malformed) -> None:
        if key in self._malformed or len(self._malformed) < 10_000:
            self._malformed[key] = self._malformed.get(key, 0) + 1
        if self._warnings.lets_pass(key):
            _log.warning("%s %s", error.message, error.hint)

    def _dialect(self, diffuser: Diffuser) -> DiffuserDialect:
        return self._dialects[diffuser.dialect]

    def _on_broker(self, event: BrokerLink) -> None:
        if event.connected:
            self._finder.ask_around()

    def _on_documents(self, event: DocumentsChanged) -> None:
        if "diffuser" in event.kinds:
            self._words_changed.set()


def _checked(field: str, words: str, *, least: int) -> str:
    words = words.strip()
    if not least <= len(words) <= MAX_NAME:
        raise NameUnusable(field, MAX_NAME)
    return words
