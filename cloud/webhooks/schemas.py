"""Webhooks in JSON."""

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from cloud.foundation.words import N_
from cloud.webhooks.errors import UnfitAddress
from cloud.webhooks.kinds import DeliveryState, NewsKind

Text = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=200, pattern=r"^[^\x00]*$")
]
Address = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=1000, pattern=r"^[!-~]+$"),
]


class EndpointWish(BaseModel):
    """A webhook as staff want it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: Address = Field(description="A public https address.")
    description: Text = ""
    kinds: frozenset[NewsKind] = Field(min_length=1)
    is_active: bool = True

    def checked(self, *, allows_private: bool) -> "EndpointWish":
        """Return it when its address can be called; UnfitAddress otherwise."""
        try:
            parts = urlsplit(self.url)
            host = parts.hostname
            _ = parts.port
        except ValueError:
            raise UnfitAddress(N_("This address cannot be read.")) from None
        if parts.scheme != "https" and not (parts.scheme == "http" and allows_private):
            raise UnfitAddress(N_("This address does not begin with https://."))
        if not host:
            raise UnfitAddress(N_("This address is not complete."))
        if parts.username or parts.password:
            raise UnfitAddress(
                N_("This address holds a password. It needs none: what is sent is signed.")
            )
        return self


class EndpointChange(EndpointWish):
    """A new state of a webhook, made from the version that `version` names."""

    version: int = Field(ge=1, lt=2**31)


class EndpointView(BaseModel):
    """A webhook."""

    id: int
    url: str
    description: str
    kinds: list[str]
    is_active: bool
    stopped_because: str | None = Field(description="Why deliveries ceased by themselves.")
    version: int
    secret: str | None = Field(
        default=None, description="Checks signatures; shown when made and when asked for."
    )


class TryView(BaseModel):
    """One attempt."""

    at: datetime
    took_ms: int
    status: int | None
    problem: str | None
    answer: str = Field(description="The first part of what was answered.")


class DeliveryView(BaseModel):
    """One piece of news on its way to one webhook."""

    id: int
    reference: str = Field(description="The header webhook-id: the same for every repeat.")
    kind: str
    at: datetime
    state: DeliveryState
    tries: int
    next_try_at: datetime | None
    last_status: int | None
    last_problem: str | None


class WholeDelivery(BaseModel):
    """A delivery with its body and everything that came of it."""

    id: int
    endpoint_id: int = Field(description="The webhook that is told, even a removed one.")
    reference: str
    kind: str
    at: datetime
    state: DeliveryState
    next_try_at: datetime | None
    body: dict[str, Any]
    tries: list[TryView]


class DeliveryPage(BaseModel):
    """A part of the log, newest first."""

    deliveries: list[DeliveryView]
    next: int | None = Field(description="Ask with before=… for older ones; null at the end.")
