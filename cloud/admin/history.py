"""What staff did: read from the audit, by the key and never by an offset."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.audit import AuditEntry

HISTORY = 20


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of an entry; None: it was not there."""

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One write of a member of staff, as people read it."""

    id: int
    at: datetime
    actor: str
    token_id: int | None
    action: str
    subject: str
    subject_id: str
    differences: Sequence[Difference]


@dataclass(frozen=True, slots=True)
class Question:
    """What of the audit to show: parts of texts, an exact id, a span of time [since, until)."""

    person: str = ""
    subject: str = ""
    subject_id: str = ""
    since: datetime | None = None
    until: datetime | None = None


async def entries(
    session: AsyncSession, asked: Question, *, before: int | None, limit: int
) -> list[Entry]:
    """Return entries, newest first, older than the entry `before`."""
    found = _matching(asked).order_by(AuditEntry.id.desc()).limit(limit)
    if before is not None:
        found = found.where(AuditEntry.id < before)
    return [_entry(row) for row in await session.scalars(found)]


async def entries_of(session: AsyncSession, subject: str, subject_id: int | str) -> list[Entry]:
    """Return the latest twenty entries of one thing, for the block "History" of its page."""
    asked = Question(subject=subject, subject_id=str(subject_id))
    return await entries(session, asked, before=None, limit=HISTORY)


def _matching(asked: Question) -> Select[Any]:
    found = select(AuditEntry)
    if asked.person:
        found = found.where(AuditEntry.actor_name.icontains(asked.person, autoescape=True))
    if asked.subject:
        found = found.where(AuditEntry.subject == asked.subject)
    if asked.subject_id:
        found = found.where(AuditEntry.subject_id == asked.subject_id)
    if asked.since is not None:
        found = found.where(AuditEntry.at >= asked.since)
    if asked.until is not None:
        found = found.where(AuditEntry.at < asked.until)
    return found


def _entry(row: AuditEntry) -> Entry:
    old, new = row.before or {}, row.after or {}
    return Entry(
        id=row.id,
        at=row.at,
        actor=row.actor_name,
        token_id=row.token_id,
        action=row.action,
        subject=row.subject,
        subject_id=row.subject_id,
        differences=[
            Difference(name, _words(old, name), _words(new, name)) for name in {**old, **new}
        ],
    )


def _words(state: Mapping[str, Any], name: str) -> str | None:
    if name not in state:
        return None
    value = state[name]
    if value is None:
        return ""
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
