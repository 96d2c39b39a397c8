"""Whose a cart is."""

from dataclasses import dataclass

from cloud.foundation.secrets import digest


@dataclass(frozen=True, slots=True)
class CartOwner:
    """A member, by user id, or a guest, by the digest of their cookie's token; exactly one."""

    user_id: int | None
    token_digest: bytes | None

    def __post_init__(self) -> None:
        if (self.user_id is None) == (self.token_digest is None):
            raise ValueError("a cart has one owner: a member or a guest")

    @classmethod
    def member(cls, user_id: int) -> "CartOwner":
        """Return a member."""
        return cls(user_id, None)

    @classmethod
    def guest(cls, token: str) -> "CartOwner":
        """Return the guest who holds a token."""
        return cls(None, digest(token))
