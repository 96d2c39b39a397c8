"""The newsletter as pages and the API take and show it."""

import re
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from cloud.newsletter.states import Interest, SubscriberStage

# A mail server knows better; this keeps out what cannot be one.
_ADDRESS = re.compile(r"[^@\s\x00-\x1f<>\"(),:;\\]+@[^@\s\x00-\x1f<>\"(),:;\\]+\.[^@\s.]{2,}")


def _address(typed: str) -> str:
    if _ADDRESS.fullmatch(typed) is None:
        raise ValueError("no address of e-mail")
    return typed


def _unique(interests: list[Interest]) -> list[Interest]:
    return [one for one in Interest if one in interests]


def _printable(name: str) -> str:
    return " ".join("".join(one if one.isprintable() else " " for one in name).split())


Address = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=3, max_length=254),
    AfterValidator(_address),
]
Interests = Annotated[list[Interest], AfterValidator(_unique), Field(max_length=20)]


class _Asked(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class NewsletterWish(_Asked):
    """Who would like to get the newsletter."""

    email: Address
    name: Annotated[str, AfterValidator(_printable)] = Field(default="", max_length=80)
    interests: Interests = Field(default=[], description="Empty: everything.")


class NewsletterProof(_Asked):
    """The token of the link that was mailed."""

    token: str = Field(min_length=1, max_length=200)


class OwnWish(_Asked):
    """What a member would like to read about."""

    interests: Interests = Field(default=[], description="Empty: everything.")


class Subscription(BaseModel):
    """Whether a member gets the newsletter."""

    is_active: bool
    stage: SubscriberStage | None = Field(description="Null: never asked for.")
    interests: list[Interest]
    confirmed_at: datetime | None
