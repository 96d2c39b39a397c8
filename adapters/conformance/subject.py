"""The dialect that is examined: its samples, and the devices that are found in them."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from adapters.corpus.announced import Announced
from adapters.corpus.recording import Message, Recording, as_recording
from adapters.foreign import DialectUnusable
from scentd.model.diffuser import Diffuser
from scentd.model.readings import Piece
from scentd.model.topics import matches
from scentd.ports import DiffuserDialect


@dataclass(frozen=True)
class Subject:
    """`reports` are the messages of each device; `groups` the announcements in parts, by topic.

    A device that stands in several recordings is there several times, each time as it was then.
    """

    dialect: DiffuserDialect
    announcements: tuple[Message, ...]
    reports: Mapping[str, tuple[Message, ...]]
    diffusers: Mapping[str, Diffuser]
    groups: tuple[tuple[str, Mapping[str, bytes]], ...] = ()

    @property
    def messages(self) -> tuple[Message, ...]:
        """Every sample."""
        return (*self.announcements, *(one for some in self.reports.values() for one in some))


def offered_samples(dialect: DiffuserDialect) -> tuple[Recording, ...]:
    """Give the recordings that a dialect brings along; () when it brings none.

    It may have `samples`, a method or an attribute: contents of files as `scentd capture` writes
    them. Raises DialectUnusable when they cannot be read.
    """
    try:
        offered: Any = getattr(dialect, "samples", ())
        return tuple(as_recording(body) for body in (offered() if callable(offered) else offered))
    except Exception as error:
        said = f"its samples cannot be read ({type(error).__name__} {error})"
        raise DialectUnusable(dialect.name, type(dialect).__module__, said) from error


def subject_of(dialect: DiffuserDialect, recordings: Iterable[Recording]) -> Subject:
    """Give what is examined; what raises something wrong is left for the examination to find."""
    announcements: list[Message] = []
    reports: dict[str, tuple[Message, ...]] = {}
    diffusers: dict[str, Diffuser] = {}
    filters = _filters(dialect)
    groups: list[tuple[str, Mapping[str, bytes]]] = []
    for number, recording in enumerate(recordings, start=1):
        heard = list(recording.announcements)
        heard += [m for m in recording.unread if any(matches(f, m.topic) for f in filters)]
        announcements += heard
        groups += _groups(dialect, heard).items()
        for diffuser_id, found in _announced(dialect, heard).items():
            recorded = recording.devices.get(diffuser_id)
            profile = recorded.profile if recorded else None
            key = diffuser_id if diffuser_id not in diffusers else f"{diffuser_id} ({number})"
            diffusers[key] = _as_profile(dialect, found, profile)
            reports[key] = (*(recorded.messages if recorded else ()), *recording.unread)
    return Subject(dialect, tuple(announcements), reports, diffusers, tuple(groups))


def _filters(dialect: DiffuserDialect) -> tuple[str, ...]:
    try:
        return tuple(dialect.discovery_filters())
    except Exception:  # noqa: BLE001 - examined later, and told then
        return ()


def _announced(dialect: DiffuserDialect, heard: list[Message]) -> Mapping[str, Diffuser]:
    announced = Announced(dialect)
    for message in heard:
        # What it raises is examined later, and told then.
        with suppress(Exception):
            announced.hear([message])
    return announced.diffusers


def _as_profile(dialect: DiffuserDialect, found: Diffuser, key: str | None) -> Diffuser:
    try:
        return found if key is None else dialect.with_profile(found, key)
    except Exception:  # noqa: BLE001 - examined later, and told then
        return found


def _groups(
    dialect: DiffuserDialect, announcements: Iterable[Message]
) -> dict[str, dict[str, bytes]]:
    groups: dict[str, dict[str, bytes]] = {}
    for topic, payload in announcements:
        with suppress(Exception):
            for piece in dialect.discover(topic, payload):
                if isinstance(piece, Piece):
                    groups.setdefault(piece.group, {})[topic] = payload
    return groups
