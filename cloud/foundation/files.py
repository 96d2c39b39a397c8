"""The register of the files that anybody may fetch: pictures, 3D models, the shop's logo.

A row exists as long as the file does (`cloud.foundation.storage` says where its bytes lie). A file
is in use while a foreign key that refuses deletion points to its row; what nothing points to is
swept away by a job.
"""

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, Timestamped


class StoredFile(Timestamped, Base):
    """One file under the hash of its content; it is never changed, only added and swept away.

    `key` is the first 32 hex digits of the SHA-256 of its bytes and the ending of its kind
    ("…a3.webp"); it is fetched at `/files/<key>`. `media_type` is what we found in the bytes,
    never what an uploader said. `width` and `height` are pixels, None for what is no picture.
    """

    __tablename__ = "stored_files"
    __table_args__ = (
        CheckConstraint("key ~ '^[0-9a-f]{32}\\.[a-z0-9]{2,5}$'", name="key"),
        CheckConstraint("byte_count > 0", name="byte_count"),
        CheckConstraint("num_nonnulls(width, height) IN (0, 2)", name="size_whole"),
        CheckConstraint("width > 0 AND height > 0", name="size"),
        Index("ix_stored_files_created_at", "created_at"),
    )

    key: Mapped[str] = mapped_column(primary_key=True)
    media_type: Mapped[str]
    byte_count: Mapped[int]
    width: Mapped[int | None]
    height: Mapped[int | None]

    @property
    def url(self) -> str:
        """Return the address at which our app serves it; its content never changes."""
        return f"/files/{self.key}"
