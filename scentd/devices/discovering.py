"""Hear devices announce themselves, in whatever way their dialect has of it.

Most say everything in one message. Some say it in parts that come in any order, a few speak only
when asked, and a bridge names all it carries at once. What comes out is the same: found, or gone.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from scentd.clock import Clock
from scentd.model.diffuser import Diffuser
from scentd.model.readings import Ask, Children, Discovery, Found, Gone, Piece
from scentd.ports import Broker, DiffuserDialect, Inbound, Malformed, Publish

_log = logging.getLogger(__name__)

QUIET_S = 0.3
"""How long no part of an announcement may come before it is read. Retained parts arrive within
milliseconds of each other; a device that answers questions takes one to two tenths of a second."""
PATIENCE_S = 2.0
"""After this it is read even if parts go on coming."""
LOOK_EVERY_S = 0.1
CALL_EVERY_S = 300.0
"""How often devices that speak only when asked are called: who plugs one in waits no longer than
that, and the page that lists devices calls at once. Two short messages each time."""
ASK_AGAIN_S = 300.0
"""The same is asked again only after this, however often an announcement calls for it: what was
asked before may have been lost on a device that was away, or that has been set up anew since."""
SEARCH_S = 60.0
"""For how long after a person searched whatever a device says announces it. Assumed: most report
within a minute when they do not answer."""
MOST_GROUPS = 4_000
MOST_PIECES = 400
"""Parts of one announcement: a power strip of six sockets with all its sensors has about 80."""
MOST_BYTES = 16_777_216
"""Room for all parts: 500 devices of twelve parts with 1 kB each need 6 MB."""


def announced_on(dialects: Mapping[str, DiffuserDialect]) -> tuple[str, ...]:
    """Give every filter on which devices announce themselves, each once."""
    filters = (one for dialect in dialects.values() for one in dialect.discovery_filters())
    return tuple(dict.fromkeys(filters))


@dataclass(slots=True)
class _Group:
    """One announcement in parts; `found` are the devices read from it the last time."""

    pieces: dict[str, bytes] = field(default_factory=dict)
    found: frozenset[str] = frozenset()
    is_news: bool = False
    changed_s: float = 0.0
    waiting_since_s: float | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """Where findings go: `found` is told whether all it rests on is old news (retained)."""

    found: Callable[[Diffuser, bool], None]
    gone: Callable[[str], None]
    children: Callable[[str, Children], None]
    malformed: Callable[[str, Malformed], None]


class Finder:
    """Listen to every dialect's announcements; `run` puts those in parts together."""

    def __init__(
        self,
        dialects: Mapping[str, DiffuserDialect],
        broker: Broker,
        clock: Clock,
        findings: Findings,
    ) -> None:
        self._dialects = dialects
        self._broker = broker
        self._clock = clock
        self._findings = findings
        self._groups: dict[tuple[str, str], _Group] = {}
        self._group_of: dict[tuple[str, str], str] = {}
        self._waiting: set[tuple[str, str]] = set()
        self._bytes = 0
        self._asked_s: dict[Ask, float] = {}
        self._searched_s: float | None = None
        self._nudge = asyncio.Event()

    def start(self) -> None:
        """Listen for announcements."""
        for dialect in self._dialects.values():
            for topic_filter in dialect.discovery_filters():
                self._broker.watch(topic_filter, partial(self._hear, dialect))

    def search(self) -> None:
        """Ask around because a person wishes it: answers and reports announce devices then."""
        self._searched_s = self._clock.monotonic()
        self.ask_around()

    def ask_around(self) -> None:
        """Ask the devices that speak only when asked; after each connection.

        What was asked of a device before is asked again when its announcement calls for it.
        """
        self._asked_s.clear()
        self._call()
        for key, group in self._groups.items():
            if not group.found and group.pieces:
                self._wait_for_more(key, group)

    async def call_now_and_then(self) -> None:
        """Call for devices that were plugged in since; until cancelled."""
        while True:
            await self._clock.sleep(CALL_EVERY_S)
            self._call()

    def _call(self) -> None:
        for dialect in self._dialects.values():
            for message in dialect.discovery_asks():
                self._broker.publish(message)

    async def run(self) -> None:
        """Put announcements together once their parts have stopped coming; until cancelled."""
        while True:
            await self._nudge.wait()
            self._nudge.clear()
            while self._waiting:
                await self._clock.sleep(LOOK_EVERY_S)
                self._look()

    def _look(self) -> None:
        now_s = self._clock.monotonic()
        for key in tuple(self._waiting):
            group = self._groups[key]
            since_s = now_s if group.waiting_since_s is None else group.waiting_since_s
            if now_s - group.changed_s >= QUIET_S or now_s - since_s >= PATIENCE_S:
                self._waiting.discard(key)
                group.waiting_since_s = None
                self._assemble(key, group)

    def _hear(self, dialect: DiffuserDialect, inbound: Inbound) -> None:
        try:
            discoveries = dialect.discover(inbound.topic, inbound.payload)
        except Malformed as error:
            self._findings.malformed(inbound.topic, error)
            return
        self._take_away(dialect, discoveries, inbound)
        for discovery in discoveries:
            if isinstance(discovery, Piece):
                self._keep(dialect, discovery, inbound)
            else:
                self._tell(dialect, discovery, is_old=inbound.is_retained)

    def _tell(self, dialect: DiffuserDialect, discovery: Discovery, *, is_old: bool) -> None:
        match discovery:
            case Found(diffuser):
                self._findings.found(diffuser, is_old)
            case Gone(diffuser_id):
                self._findings.gone(diffuser_id)
            case Children(bridge, ids):
                known = ids.union(*(group.found for _, group in self._groups_of(dialect)))
                self._findings.children(dialect.name, Children(bridge, known))
            case Ask():
                self._ask(discovery)
            case Piece():
                _log.warning("%s assembles into parts of %s", dialect.name, discovery.group)

    def _ask(self, ask: Ask) -> None:
        now_s, before_s = self._clock.monotonic(), self._asked_s.get(ask)
        if before_s is None and len(self._asked_s) >= MOST_GROUPS * 4:
            return
        if before_s is None or now_s - before_s >= ASK_AGAIN_S:
            self._asked_s[ask] = now_s
            self._broker.publish(Publish(ask.topic, ask.payload, ask.qos))

    def _take_away(
        self, dialect: DiffuserDialect, discoveries: tuple[Discovery, ...], inbound: Inbound
    ) -> None:
        """Drop what came before on this topic, where it is no longer a part of the same group."""
        before = self._group_of.get((dialect.name, inbound.topic))
        groups = (d.group for d in discoveries if isinstance(d, Piece))
        if before is not None and before not in groups:
            self._keep(dialect, Piece(before), replace(inbound, payload=b""))

    def _keep(self, dialect: DiffuserDialect, piece: Piece, inbound: Inbound) -> None:
        key = (dialect.name, piece.group)
        group = self._groups.get(key)
        before = b"" if group is None else group.pieces.get(inbound.topic, b"")
        is_sought = not piece.announces and self._is_searching()
        counts_again = piece.counts_again or is_sought
        if before == inbound.payload and (inbound.is_retained or not counts_again):
            return
        if inbound.payload and not self._has_room(group, inbound, len(before)):
            self._findings.malformed(
                inbound.topic, Malformed(inbound.topic, "too many parts of announcements are kept")
            )
            return
        if group is None:
            group = self._groups[key] = _Group()
        self._bytes += len(inbound.payload) - len(before)
        group.pieces.pop(inbound.topic, None)
        self._group_of.pop((dialect.name, inbound.topic), None)
        if inbound.payload:
            group.pieces[inbound.topic] = inbound.payload
            self._group_of[(dialect.name, inbound.topic)] = piece.group
        is_news = not inbound.is_retained and (piece.announces or is_sought)
        group.is_news = group.is_news or is_news
        self._wait_for_more(key, group)

    def _has_room(self, group: _Group | None, inbound: Inbound, freed: int) -> bool:
        if self._bytes + len(inbound.payload) - freed > MOST_BYTES:
            return False
        if group is None:
            return len(self._groups) < MOST_GROUPS
        return inbound.topic in group.pieces or len(group.pieces) < MOST_PIECES

    def _is_searching(self) -> bool:
        since_s = self._searched_s
        return since_s is not None and self._clock.monotonic() - since_s < SEARCH_S

    def _wait_for_more(self, key: tuple[str, str], group: _Group) -> None:
        group.changed_s = self._clock.monotonic()
        if group.waiting_since_s is None:
            group.waiting_since_s = group.changed_s
        self._waiting.add(key)
        self._nudge.set()

    def _assemble(self, key: tuple[str, str], group: _Group) -> None:
        dialect = self._dialects[key[0]]
        is_old, group.is_news = not group.is_news, False
        try:
            discoveries = dialect.assemble(key[1], group.pieces) if group.pieces else ()
        except Malformed as error:
            self._findings.malformed(error.topic, error)
            return
        except Exception:  # noqa: BLE001 - one dialect's bug must not end all finding
            _log.exception("the dialect %s failed on %s", *key)
            return
        before = group.found
        group.found = frozenset(d.diffuser.id for d in discoveries if isinstance(d, Found))
        for diffuser_id in sorted(before - group.found):
            self._lose(dialect, diffuser_id)
        for discovery in discoveries:
            self._tell(dialect, discovery, is_old=is_old)
        if not group.pieces:
            del self._groups[key]

    def _lose(self, dialect: DiffuserDialect, diffuser_id: str) -> None:
        """Tell that a device is gone, unless it stands in another announcement: it moved there."""
        others = [one for one in self._groups_of(dialect) if diffuser_id in one[1].found]
        if not others:
            self._findings.gone(diffuser_id)
        for key, group in others:
            self._wait_for_more(key, group)

    def _groups_of(self, dialect: DiffuserDialect) -> list[tuple[tuple[str, str], _Group]]:
        return [(key, group) for key, group in self._groups.items() if key[0] == dialect.name]
