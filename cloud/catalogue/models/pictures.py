"""Drawn pictures, kept in the database; the galleries of products; and pictures made smaller."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    LargeBinary,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, BigId, Timestamped


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


class ProductImage(Timestamped, Base):
    """One picture of a product's gallery; `position` 0 is the one on cards, then 1, 2 and so on.

    `url` is the whole picture: one that was drawn (`/media/…`, `file_key` None) or one that was
    uploaded (`/files/<file_key>`), of which `picture_sizes` has smaller ones once a job made them.
    `alt` is in the shop's own language; `image_translations` holds the others. `version` is of
    these words, for forms: a new place in the gallery leaves it.
    """

    __tablename__ = "product_images"
    __table_args__ = (
        # Deferred, so that two pictures can change places.
        UniqueConstraint("product_id", "position", deferrable=True, initially="DEFERRED"),
        CheckConstraint("alt <> ''", name="alt"),
        CheckConstraint("width > 0 AND height > 0", name="size"),
        CheckConstraint("position >= 0", name="position"),
        CheckConstraint("url = '/files/' || file_key", name="url_of_file"),
        Index("ix_product_images_file_key", "file_key"),
    )

    id: Mapped[BigId]
    product_id: Mapped[int] = mapped_column(
        BigInteger, ForeignKey("products.id", ondelete="CASCADE")
    )
    url: Mapped[str]
    file_key: Mapped[str | None] = mapped_column(
        ForeignKey("stored_files.key", ondelete="RESTRICT")
    )
    alt: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    position: Mapped[int]
    version: Mapped[int] = mapped_column(server_default="1")


class PictureSize(Timestamped, Base):
    """A stored picture (`original_key`) made smaller: WebP, `width` pixels wide (320, 640, 1280).

    There is none wider than the original. It belongs to the file and not to a product, so a
    picture that two things show is made smaller once; it goes with the original.
    """

    __tablename__ = "picture_sizes"
    __table_args__ = (
        CheckConstraint("width > 0 AND height > 0", name="size"),
        Index("ix_picture_sizes_file_key", "file_key"),
    )

    original_key: Mapped[str] = mapped_column(
        ForeignKey("stored_files.key", ondelete="CASCADE"), primary_key=True
    )
    width: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    height: Mapped[int]
    file_key: Mapped[str] = mapped_column(ForeignKey("stored_files.key", ondelete="RESTRICT"))
