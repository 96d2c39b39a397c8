"""Telling hubs news, and editing in the account what hubs edit too."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.hubs.errors import DocumentChanged
from cloud.hubs.repository import documents, households
from cloud.hubs.repository.documents import DocumentMark
from scentd.contracts.merging import DELETED, Edit, canonical, next_stamp
from scentd.contracts.moments import unix_ms

CLOUD_NODE = "cloud"


async def publish(
    session: AsyncSession,
    household_id: int,
    kind: str,
    key: str,
    body: dict[str, Any] | None,
) -> int:
    """Put a document that hubs of a household will show; return the household's new version.

    `body` is JSON as scentd.contracts.documents has it for the kind; None deletes. Putting what
    already stands changes nothing and returns the present version. Locks the household's row
    until the transaction ends: call it after the other rows of the transaction are locked.
    """
    if await documents.cloud_body(session, household_id, (kind, key)) == body:
        return (await households.standing(session, household_id)).version
    version = await households.take_versions(session, household_id, 1)
    await documents.put_cloud(session, household_id, (kind, key), version, body)
    return version


async def edit(
    session: AsyncSession,
    household_id: int,
    document: tuple[str, str],
    fields: dict[str, object],
    *,
    now: datetime,
    if_version: int | None = None,
) -> int:
    """Set fields of a shared document (kind, key) in the account; return its new version.

    `if_version` is the version the editor saw; DocumentChanged when another one stands now.
    The edit wins over every edit the cloud has seen.
    """
    stamp = await households.take_stamp(session, household_id)
    held_version = await documents.shared_version(session, household_id, *document)
    if if_version is not None and if_version != (held_version or 0):
        raise DocumentChanged(held_version or 0)
    stamp = next_stamp(stamp, unix_ms(now))
    version = await households.take_versions(session, household_id, 1, stamp)
    held = await documents.fields_of(session, household_id, [document])
    edits = {
        (*document, field): Edit(canonical(value), stamp, CLOUD_NODE)
        for field, value in fields.items()
    }
    mark = DocumentMark(
        version, was_reset=False, is_deleted=is_deleted({**held, **edits}, document)
    )
    await documents.put_shared(session, household_id, {document: mark}, edits)
    return version


def is_deleted(fields: dict[tuple[str, str, str], Edit], document: tuple[str, str]) -> bool:
    """Tell whether the fields of a document say that it is gone."""
    mark = fields.get((*document, DELETED))
    return mark is not None and mark.value == "true"
