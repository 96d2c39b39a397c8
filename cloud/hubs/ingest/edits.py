"""What edits of shared documents make of their fields. Pure."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from cloud.hubs.ingest.batch import Received, Reject
from cloud.hubs.ingest.wire import DocumentEdit
from scentd.contracts.merging import Edit, canonical, stamp_ms
from scentd.contracts.moments import unix_ms
from scentd.contracts.sync import MAX_EARLY_MS

DocumentKey = tuple[str, str]
FieldKey = tuple[str, str, str]
_MOST_VALUE_BYTES = 64 * 1024


@dataclass(slots=True)
class Merged:
    """What is to be stored: fields with a new winner, documents to reset, the latest stamp."""

    edits: dict[FieldKey, Edit] = field(default_factory=dict)
    resets: set[DocumentKey] = field(default_factory=set)
    rejects: list[tuple[Received, Reject]] = field(default_factory=list)
    stamp: int = 0

    @property
    def changed(self) -> list[DocumentKey]:
        """The documents that get a new version, in a stable order."""
        return sorted({(kind, key) for kind, key, _ in self.edits} | self.resets)


def touched(events: Iterable[Received]) -> set[DocumentKey]:
    """Return the documents that a batch edits."""
    return {
        (event.news.kind, event.news.key)
        for event in events
        if isinstance(event.news, DocumentEdit)
    }


def merge(held: dict[FieldKey, Edit], events: Iterable[Received], received_at: datetime) -> Merged:
    """Return what the edits of a batch change, `held` being the fields as stored.

    An edit from the future (more than five minutes ahead) is refused, and the hub is told to
    take back what the cloud holds: otherwise one wrong clock would win every argument.
    """
    merged = Merged()
    latest = unix_ms(received_at) + MAX_EARLY_MS
    for event in events:
        if not isinstance(event.news, DocumentEdit):
            continue
        edit = _read(event.news)
        if isinstance(edit, Reject) or stamp_ms(edit.stamp) > latest:
            reject = edit if isinstance(edit, Reject) else Reject("stamp_ahead", "a wrong clock")
            merged.rejects.append((event, reject))
            merged.resets.add((event.news.kind, event.news.key))
            continue
        where = (event.news.kind, event.news.key, event.news.field)
        if edit.wins_over(merged.edits.get(where, held.get(where))):
            merged.edits[where] = edit
        merged.stamp = max(merged.stamp, edit.stamp)
    return merged


def _read(news: DocumentEdit) -> Edit | Reject:
    try:
        value = canonical(json.loads(bytes(news.value)))
    except (ValueError, RecursionError) as error:
        return Reject("invalid", str(error)[:500])
    if len(value) > _MOST_VALUE_BYTES:
        return Reject("too_large", f"the value takes {len(value)} bytes")
    return Edit(value, news.stamp, news.node)
