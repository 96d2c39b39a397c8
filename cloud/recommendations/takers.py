"""Whose a quiz is, as tables know it."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement

from cloud.foundation.secrets import digest
from cloud.recommendations.models import QuizRun


@dataclass(frozen=True, slots=True)
class Taker:
    """A member, by user id, or a guest, by the digest of their cookie's token; exactly one."""

    user_id: int | None
    token_digest: bytes | None

    def __post_init__(self) -> None:
        if (self.user_id is None) == (self.token_digest is None):
            raise ValueError("a quiz has one owner: a member or a guest")

    @classmethod
    def member(cls, user_id: int) -> "Taker":
        """Return a member."""
        return cls(user_id, None)

    @classmethod
    def guest(cls, token: str) -> "Taker":
        """Return the guest who holds a token."""
        return cls(None, digest(token))

    def owns(self) -> ColumnElement[bool]:
        """Return the condition on runs."""
        if self.user_id is not None:
            return QuizRun.user_id == self.user_id
        return QuizRun.user_id.is_(None) & (QuizRun.token_digest == self.token_digest)
