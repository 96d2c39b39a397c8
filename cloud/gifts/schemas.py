"""Gift cards as staff see them in JSON. A code is shown once, to whoever issues a card by hand."""

from datetime import date, datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from cloud.discounts.models import GiftCard
from cloud.gifts.states import GiftState, GiftView

Email = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True, max_length=254, pattern=r"^[^@\s\x00-\x1f]+@[^@\s\x00-\x1f]+$"
    ),
]
Note = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]


class CardAnswer(BaseModel):
    """A gift card of the ledger."""

    id: int
    ending: str = Field(description="The last four characters of its code.")
    balance_minor: int
    currency: str
    issued_at: datetime
    expires_at: datetime | None = Field(description="Null: never.")
    is_blocked: bool
    recipient_email: str = Field(description="As staff noted it; of a sold card see `sold`.")
    note: str = Field(description="Of a sold card, the number of its order.")

    @classmethod
    def of(cls, card: GiftCard) -> "CardAnswer":
        """Return the JSON form of a card."""
        return cls(
            id=card.id,
            ending=card.ending,
            balance_minor=card.balance_minor,
            currency=card.currency,
            issued_at=card.issued_at,
            expires_at=card.expires_at,
            is_blocked=card.blocked_at is not None,
            recipient_email=card.recipient_email,
            note=card.note,
        )


class CardPage(BaseModel):
    """One page of the list; `next` goes into `after` for the following one, null at the end."""

    gift_cards: list[CardAnswer]
    next: int | None


class SoldAnswer(BaseModel):
    """How a card was sold, and whether it went out."""

    state: GiftState
    recipient_name: str
    recipient_email: str = Field(description='"": the address of the order.')
    sender_name: str
    is_for_self: bool
    deliver_on: date | None = Field(description="Null: as soon as it was paid.")
    due_at: datetime | None = Field(description="When it goes out, or went.")
    sent_at: datetime | None
    sendings: int

    @classmethod
    def of(cls, gift: GiftView) -> "SoldAnswer":
        """Return the JSON form of a sold card."""
        return cls(**{name: getattr(gift, name) for name in cls.model_fields})


class CardDetail(CardAnswer):
    """A gift card, and how it was sold."""

    sold: SoldAnswer | None = Field(description="Null for a card that staff issued.")


class NewCard(BaseModel):
    """A card that staff issue, in the shop's own currency."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    amount_minor: int = Field(ge=1, lt=2**53)
    expires_at: AwareDatetime | None = Field(default=None, description="Null: never.")
    recipient_email: Email | None = None
    note: Note = ""


class IssuedAnswer(CardAnswer):
    """A new card. Its code is nowhere else: keep it."""

    code: str


class Blocking(BaseModel):
    """Whether a card is disabled."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    is_blocked: bool


class NewRecipient(BaseModel):
    """Where a sold card shall go."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    email: Email
