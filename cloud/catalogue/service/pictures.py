"""Pictures under addresses that name their content."""

import gzip
import hashlib
from dataclasses import dataclass

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from cloud.catalogue import repository
from cloud.catalogue.errors import PictureNotFound
from cloud.catalogue.models import StoredPicture

_FINGERPRINT_LENGTH = 32
_EXTENSIONS = {
    "image/svg+xml": "svg",
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
}


@dataclass(frozen=True, slots=True)
class PictureFile:
    """A picture as it is served; `body` is gzipped when `is_gzipped`."""

    fingerprint: str
    media_type: str
    body: bytes
    is_gzipped: bool


async def store_picture(session: AsyncSession, media_type: str, body: bytes) -> str:
    """Keep a picture and return its address ("/media/<fingerprint>.svg"); the same one once.

    The address never shows another picture, so it may be cached for ever. Raises KeyError for a
    media type other than SVG, PNG, JPEG and WebP.
    """
    extension = _EXTENSIONS[media_type]
    fingerprint = hashlib.sha256(body).hexdigest()[:_FINGERPRINT_LENGTH]
    is_drawing = media_type == "image/svg+xml"
    await session.execute(
        insert(StoredPicture)
        .values(
            fingerprint=fingerprint,
            media_type=media_type,
            body=gzip.compress(body, mtime=0) if is_drawing else body,
            is_gzipped=is_drawing,
        )
        .on_conflict_do_nothing()
    )
    return f"/media/{fingerprint}.{extension}"


async def read_picture(connection: AsyncConnection, name: str) -> PictureFile:
    """Return the picture of an address's last part; raises PictureNotFound."""
    fingerprint, _, extension = name.partition(".")
    row = await repository.read_picture(connection, fingerprint) if fingerprint.isalnum() else None
    if row is None or _EXTENSIONS[row.media_type] != extension:
        raise PictureNotFound(name)
    return PictureFile(fingerprint, row.media_type, row.body, row.is_gzipped)
