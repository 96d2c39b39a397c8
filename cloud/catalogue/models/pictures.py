"""Picture files, kept in the database so that every process and every backup has them."""

from sqlalchemy import CheckConstraint, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, Timestamped


class StoredPicture(Timestamped, Base):
    """One picture under the hash of its content; it is never changed, only added.

    `fingerprint` is the first 32 hex digits of the SHA-256 of the plain bytes. `body` holds them
    gzipped when `is_gzipped`, which only drawings (SVG) gain from.
    """

    __tablename__ = "stored_pictures"
    __table_args__ = (
        CheckConstraint("fingerprint ~ '^[0-9a-f]{32}$'", name="fingerprint"),
        CheckConstraint(
            "media_type IN ('image/svg+xml', 'image/png', 'image/jpeg', 'image/webp')",
            name="media_type",
        ),
        CheckConstraint("octet_length(body) BETWEEN 1 AND 8388608", name="body"),
    )

    fingerprint: Mapped[str] = mapped_column(primary_key=True)
    media_type: Mapped[str]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    is_gzipped: Mapped[bool]
