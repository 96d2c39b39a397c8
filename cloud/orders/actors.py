"""Who does something to an order."""

from dataclasses import dataclass
from enum import StrEnum

from cloud.foundation.identity import SignedIn


class ActorKind(StrEnum):
    """Which side of the counter it comes from."""

    SYSTEM = "system"
    CUSTOMER = "customer"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did it, for the history. `user_id` is None for the system and for guests."""

    kind: ActorKind
    user_id: int | None = None
    name: str = ""


SYSTEM = Actor(ActorKind.SYSTEM)


def staff_actor(user: SignedIn) -> Actor:
    """Return a member of staff as the history names them."""
    return Actor(ActorKind.STAFF, user.user_id, user.name or user.email)


def customer_actor(user: SignedIn) -> Actor:
    """Return a member as the history names them: by the account alone.

    The history is never changed, and a name in it would outlive a person who wants to be forgotten.
    """
    return Actor(ActorKind.CUSTOMER, user.user_id)
