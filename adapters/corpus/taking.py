"""Make a recording of what was heard on a broker: which messages belong to which device."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from adapters.corpus.announced import Announced
from adapters.corpus.recording import Message, Recorded, Recording, as_body, as_written
from adapters.corpus.scrubbing import Scrubber
from adapters.corpus.secrets import Kind
from adapters.corpus.trees import parsed, written
from scentd.model.diffuser import Diffuser
from scentd.model.readings import Children, Found, Piece
from scentd.model.topics import matches
from scentd.ports import DiffuserDialect, Malformed


@dataclass(frozen=True)
class Taken:
    """A recording without secrets, as a file holds it.

    `removed` counts the secrets by kind; `misread` are messages of which less is read without them:
    something was taken out that the dialect needs.
    """

    body: dict[str, Any]
    removed: Mapping[Kind, int]
    misread: int = 0


def take_device(
    dialect: DiffuserDialect,
    diffuser: Diffuser,
    heard: Sequence[Message],
    *,
    profile: str | None,
    date: str,
    by: str,
) -> Taken:
    """Record one device: how it was announced, and what it said, in the order heard."""
    chosen = diffuser if profile is None else dialect.with_profile(diffuser, profile)
    topics = set(dialect.topics(chosen))
    announcements = _announcing(dialect, diffuser.id, heard)
    messages = tuple(message for message in heard if message.topic in topics)
    scrubber = Scrubber([*announcements, *messages], words_of([dialect]))
    clean = tuple(map(scrubber.scrub, announcements))
    said = tuple(map(scrubber.scrub, messages))
    found = _found(dialect, clean)
    name = _same_device(diffuser, found, scrubber)
    devices = {other: Recorded(None) for other in found} | {name: Recorded(profile, said)}
    known = found[name] if profile is None else dialect.with_profile(found[name], profile)
    read = [_read(dialect, known, message) for message in said]
    before = [_read(dialect, chosen, message) for message in messages]
    origin = f"{_title(known)}, recorded with {by}; secrets replaced."
    recording = Recording(origin, date, dialect.name, clean, devices)
    return Taken(
        as_body(recording, {other: [] for other in found} | {name: read}),
        dict(scrubber.counts),
        sum(len(one) != len(other) for one, other in zip(before, read, strict=True)),
    )


def take_all(heard: Sequence[Message], words: Collection[str], *, date: str, by: str) -> Taken:
    """Record messages that no dialect explains, for whoever will write one."""
    scrubber = Scrubber(heard, words)
    recording = Recording(
        f"An unknown device, recorded with {by}; secrets replaced.",
        date,
        "",
        unread=tuple(map(scrubber.scrub, heard)),
    )
    return Taken(as_body(recording, {}), dict(scrubber.counts))


def words_of(dialects: Iterable[DiffuserDialect]) -> frozenset[str]:
    """Give the words by which devices announce themselves: they are nobody's secret."""
    levels = {
        level
        for dialect in dialects
        for topic_filter in dialect.discovery_filters()
        for level in topic_filter.split("/")
    }
    return frozenset(levels - {"+", "#", ""})


def _announcing(
    dialect: DiffuserDialect, diffuser_id: str, heard: Sequence[Message]
) -> tuple[Message, ...]:
    """Give the announcements that lead to the device; all of them where fewer do not."""
    filters = dialect.discovery_filters()
    last = {m.topic: m for m in heard if any(matches(one, m.topic) for one in filters)}
    pieces: dict[str, dict[str, bytes]] = {}
    kept: set[str] = set()
    for topic, payload in last.values():
        with suppress(Malformed):
            for discovery in dialect.discover(topic, payload):
                if isinstance(discovery, Piece):
                    pieces.setdefault(discovery.group, {})[topic] = payload
                elif _speaks_of(discovery, diffuser_id):
                    kept.add(topic)
    for group, parts in pieces.items():
        with suppress(Malformed):
            if any(_speaks_of(one, diffuser_id) for one in dialect.assemble(group, parts)):
                kept |= parts.keys()
    few = tuple(message for message in last.values() if message.topic in kept)
    enough = few if diffuser_id in _found(dialect, few) else tuple(last.values())
    return _without_others(dialect, diffuser_id, enough)


def _without_others(
    dialect: DiffuserDialect, diffuser_id: str, announcements: tuple[Message, ...]
) -> tuple[Message, ...]:
    """Leave out of a bridge's list what the device is found without: others are not recorded."""
    wanted = _found(dialect, announcements).get(diffuser_id)
    for place, message in enumerate(announcements):
        items = parsed(message.payload.decode("utf-8", "surrogateescape"))
        if not isinstance(items, list):
            continue
        for item in tuple(items):
            fewer = [other for other in items if other is not item]
            payload = written(fewer).encode("utf-8", "surrogateescape")
            shorter = _with(announcements, place, Message(message.topic, payload))
            if _found(dialect, shorter).get(diffuser_id) == wanted:
                items, announcements = fewer, shorter
    return announcements


def _with(messages: tuple[Message, ...], place: int, message: Message) -> tuple[Message, ...]:
    return (*messages[:place], message, *messages[place + 1 :])


def _speaks_of(discovery: object, diffuser_id: str) -> bool:
    match discovery:
        case Found(diffuser):
            return diffuser.id == diffuser_id
        case Children(_, ids):
            return diffuser_id in ids
        case _:
            return False


def _found(dialect: DiffuserDialect, announcements: Iterable[Message]) -> Mapping[str, Diffuser]:
    announced = Announced(dialect)
    for message in announcements:
        with suppress(Malformed):
            announced.hear([message])
    return announced.diffusers


def _same_device(diffuser: Diffuser, found: Mapping[str, Diffuser], scrubber: Scrubber) -> str:
    cleaned = scrubber.clean(diffuser.id)
    if cleaned in found:
        return cleaned
    return next(
        (one.id for one in found.values() if one.name == scrubber.clean(diffuser.name)),
        next(iter(found)),
    )


def _read(dialect: DiffuserDialect, diffuser: Diffuser, message: Message) -> list[list[Any]]:
    try:
        return [as_written(one) for one in dialect.decode(diffuser, *message)]
    except Malformed:
        return []


def _title(diffuser: Diffuser) -> str:
    parts = (diffuser.maker, diffuser.model)
    firmware = f", firmware {diffuser.firmware}" if diffuser.firmware else ""
    return (" ".join(part for part in parts if part) or "A device") + firmware
