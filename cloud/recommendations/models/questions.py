"""Editions of the quiz and their questions. What was published never changes again."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, BigId, Timestamped, text_enum
from cloud.recommendations.kinds import EditionStatus, QuestionKind


class QuizEdition(Timestamped, Base):
    """One edition of the quiz; who began with it ends with it, whatever is published meanwhile.

    `number` counts from 1. `version` rises with every change of the draft or of its questions,
    and guards them all.
    """

    __tablename__ = "quiz_editions"
    __table_args__ = (
        UniqueConstraint("number"),
        CheckConstraint("number >= 1", name="number"),
        CheckConstraint("(status = 'DRAFT') = (published_at IS NULL)", name="published"),
        Index("uq_quiz_editions_draft", "status", unique=True, postgresql_where="status = 'DRAFT'"),
        Index(
            "uq_quiz_editions_published",
            "status",
            unique=True,
            postgresql_where="status = 'PUBLISHED'",
        ),
    )

    id: Mapped[BigId]
    number: Mapped[int] = mapped_column(Integer)
    status: Mapped[EditionStatus] = mapped_column(text_enum(EditionStatus, "status"))
    published_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version, "eager_defaults": True}  # noqa: RUF012 - SQLAlchemy's form


class QuizQuestion(Timestamped, Base):
    """A question of an edition, asked in the order of `position`.

    `key` names it in every edition, so that an answer can move on to the next one. The texts are
    in the shop's own language, `translations` has them in others, by language. What can be
    answered, and what it says about a taste, is in `options`; the schema of both JSON columns is
    `cloud.recommendations.shapes`.
    """

    __tablename__ = "quiz_questions"
    __table_args__ = (
        UniqueConstraint("edition_id", "key"),
        CheckConstraint("key ~ '^[a-z0-9]+(-[a-z0-9]+)*$' AND length(key) <= 60", name="key"),
        CheckConstraint("text <> ''", name="text"),
        CheckConstraint("position >= 0", name="position"),
        CheckConstraint("(image_url = '') = (image_alt = '')", name="image_whole"),
        CheckConstraint(
            "jsonb_typeof(options) = 'object' AND jsonb_typeof(options -> CASE kind"
            " WHEN 'SCALE' THEN 'scale' WHEN 'TEXT' THEN 'typing' ELSE 'choices' END) ="
            " CASE WHEN kind IN ('SCALE', 'TEXT') THEN 'object' ELSE 'array' END IS TRUE",
            name="options",
        ),
        CheckConstraint("jsonb_typeof(translations) = 'object'", name="translations"),
        Index("ix_quiz_questions_edition_id_position", "edition_id", "position"),
    )

    id: Mapped[BigId]
    edition_id: Mapped[int] = mapped_column(ForeignKey("quiz_editions.id", ondelete="RESTRICT"))
    key: Mapped[str]
    position: Mapped[int] = mapped_column(Integer)
    kind: Mapped[QuestionKind] = mapped_column(text_enum(QuestionKind, "kind"))
    text: Mapped[str]
    help: Mapped[str] = mapped_column(server_default="")
    tooltip: Mapped[str] = mapped_column(server_default="")
    image_url: Mapped[str] = mapped_column(server_default="")
    image_alt: Mapped[str] = mapped_column(server_default="")
    is_required: Mapped[bool] = mapped_column(Boolean)
    options: Mapped[dict[str, Any]]
    translations: Mapped[dict[str, Any]] = mapped_column(JSONB(), server_default="{}")
