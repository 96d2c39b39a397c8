"""Somebody's way through the quiz: the answers, and what was recommended for them."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, BigId, Timestamped


class QuizRun(Timestamped, Base):
    """The quiz of a member, or of a guest's cookie; there is one, and redoing it goes on in it.

    `token_digest` is the SHA-256 of the guest's token. `step` is the question to go on with, from
    0; `touched_at` the last answer. `completed_at` None: answers are still missing, and what was
    recommended before is shown until there is something new. `first_completed_at` never changes.
    `share_slug` opens the result to whoever has it; None: it is nobody else's.
    """

    __tablename__ = "quiz_runs"
    __table_args__ = (
        # A member's run has no token and a guest's no user: plain uniqueness would let any
        # number of them through.
        UniqueConstraint("user_id", "token_digest", postgresql_nulls_not_distinct=True),
        UniqueConstraint("share_slug"),
        CheckConstraint("num_nonnulls(user_id, token_digest) = 1", name="one_owner"),
        CheckConstraint("octet_length(token_digest) = 32", name="token_digest"),
        CheckConstraint("step >= 0", name="step"),
        CheckConstraint(
            "first_completed_at IS NOT NULL OR num_nonnulls(completed_at, share_slug) = 0",
            name="completed",
        ),
        Index("ix_quiz_runs_edition_id", "edition_id"),
        Index("ix_quiz_runs_touched_at", "touched_at", postgresql_where="user_id IS NULL"),
    )

    id: Mapped[BigId]
    edition_id: Mapped[int] = mapped_column(ForeignKey("quiz_editions.id", ondelete="RESTRICT"))
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    token_digest: Mapped[bytes | None] = mapped_column(LargeBinary)
    step: Mapped[int] = mapped_column(Integer)
    started_at: Mapped[datetime]
    touched_at: Mapped[datetime]
    completed_at: Mapped[datetime | None]
    first_completed_at: Mapped[datetime | None]
    share_slug: Mapped[str | None]


class QuizAnswer(Base):
    """An answer; its JSON is one of `cloud.recommendations.shapes.Answer`."""

    __tablename__ = "quiz_answers"
    __table_args__ = (
        CheckConstraint(
            "num_nonnulls(answer -> 'options', answer -> 'value', answer -> 'text') = 1",
            name="one_answer",
        ),
        Index("ix_quiz_answers_question_id", "question_id"),
    )

    run_id: Mapped[int] = mapped_column(
        ForeignKey("quiz_runs.id", ondelete="CASCADE"), primary_key=True
    )
    question_id: Mapped[int] = mapped_column(
        ForeignKey("quiz_questions.id", ondelete="RESTRICT"), primary_key=True
    )
    answer: Mapped[dict[str, Any]]
    answered_at: Mapped[datetime]


class QuizPick(Base):
    """A product that a finished quiz recommends, the best at `place` 0.

    `reasons` are `cloud.recommendations.reasons.Reason`s as JSON, the weightiest first.
    """

    __tablename__ = "quiz_picks"
    __table_args__ = (
        UniqueConstraint("run_id", "product_id"),
        CheckConstraint("place >= 0", name="place"),
        CheckConstraint("jsonb_typeof(reasons) = 'array'", name="reasons"),
        Index("ix_quiz_picks_product_id", "product_id"),
    )

    run_id: Mapped[int] = mapped_column(
        ForeignKey("quiz_runs.id", ondelete="CASCADE"), primary_key=True
    )
    place: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    product_id: Mapped[int] = mapped_column(ForeignKey("products.id", ondelete="RESTRICT"))
    score: Mapped[float] = mapped_column(Double())
    reasons: Mapped[list[dict[str, Any]]] = mapped_column(JSONB())
