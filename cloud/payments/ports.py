"""What we ask of a payment provider. Requests are composed first, stored, and then sent.

A composed request is the exact body; with the same key it may be sent any number of times within
20 hours and acts once. So the caller stores body and key before the first try.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from cloud.foundation.money import Money
from cloud.payments.states import (
    CardState,
    DisputeState,
    EventNotice,
    IntentState,
    PageState,
    RefundState,
)

Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PageLine:
    """One line that a payment page shows; `unit` times `quantity` is what it costs."""

    name: str
    unit: Money
    quantity: int = 1
    note: str = ""


@dataclass(frozen=True, slots=True)
class PageRequest:
    """A page on which a buyer pays. `customer_id` None: a guest, known by `email` alone."""

    reference: str
    order_number: str
    lines: Sequence[PageLine]
    email: str
    customer_id: str | None
    save_card: bool
    success_url: str
    cancel_url: str
    expires_at: datetime
    language: str = "en"


@dataclass(frozen=True, slots=True)
class ChargeRequest:
    """A charge of a saved card while its owner is away. `facts` go into the metadata."""

    reference: str
    order_number: str
    amount: Money
    customer_id: str
    method_id: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IntentRequest:
    """A payment that a program of the buyer's confirms, with a card that we never see.

    `customer_id` None: a guest. `method_id` is a saved card of that customer to be confirmed.
    """

    reference: str
    order_number: str
    amount: Money
    email: str
    customer_id: str | None
    save_card: bool
    method_id: str | None = None


class PaymentGateway(Protocol):
    """A payment provider.

    Every call raises GatewayUnavailable when the answer is unknown (try the same again) and
    GatewayRefused when it is a lasting no. A card's refusal is a state, not an exception.
    """

    async def open_customer(self, user_id: int, email: str, name: str, key: str) -> str:
        """Make a customer and return its id."""

    def compose_page(self, request: PageRequest) -> dict[str, Any]:
        """Return the body that opens a payment page."""

    async def open_page(self, body: Body, key: str) -> PageState:
        """Open a composed payment page."""

    def compose_card_page(
        self, user_id: int, customer_id: str, currency: str, success_url: str, cancel_url: str
    ) -> dict[str, Any]:
        """Return the body of a page that saves a card and charges nothing."""

    async def fetch_page(self, session_id: str) -> PageState:
        """Return a page with its intent and card as they stand now."""

    async def close_page(self, session_id: str) -> PageState:
        """Make sure that nobody can pay on a page any more, and return how it ended."""

    def compose_charge(self, request: ChargeRequest) -> dict[str, Any]:
        """Return the body that charges a saved card."""

    async def charge(self, body: Body, key: str) -> IntentState:
        """Charge as composed."""

    def compose_intent(self, request: IntentRequest) -> dict[str, Any]:
        """Return the body that opens an intent for the buyer's program."""

    async def open_intent(self, body: Body, key: str) -> IntentState:
        """Open a composed intent; its state carries the client secret."""

    async def cancel_intent(self, intent_id: str) -> IntentState:
        """Make sure that nobody can pay an intent any more, and return how it ended."""

    async def fetch_intent(self, intent_id: str) -> IntentState:
        """Return an intent as it stands now."""

    async def find_intent(self, reference: str) -> IntentState | None:
        """Look an intent up by our reference; None is certain only for one older than minutes."""

    def compose_refund(self, reference: str, intent_id: str, amount: Money) -> dict[str, Any]:
        """Return the body that gives money back."""

    async def refund(self, body: Body, key: str) -> RefundState:
        """Give money back as composed."""

    async def fetch_refund(self, refund_id: str) -> RefundState:
        """Return a refund as it stands now."""

    async def refunds_of_charge(self, charge_id: str) -> Sequence[RefundState]:
        """Return the refunds of a charge."""

    async def refunds_of_intent(self, intent_id: str) -> Sequence[RefundState]:
        """Return the refunds of an intent."""

    async def fetch_dispute(self, dispute_id: str) -> DisputeState:
        """Return a dispute as it stands now."""

    async def send_evidence(self, dispute_id: str, text: str, key: str) -> DisputeState:
        """Answer a dispute for good; a bank takes one answer."""

    async def fetch_setup(self, setup_id: str) -> tuple[int | None, CardState | None]:
        """Return for whom a setup saved which card; None for what it does not say."""

    async def open_portal(self, customer_id: str, return_url: str) -> str:
        """Return the address of the provider's page where a customer looks after their cards."""

    async def forget_card(self, method_id: str) -> None:
        """Make a saved card unusable for ever; a repeat is fine."""

    async def forget_customer(self, customer_id: str) -> None:
        """Delete a customer with all that hangs on them; one that is gone already is fine."""

    async def events_since(self, moment: datetime) -> Sequence[EventNotice]:
        """Return what happened since a moment, oldest first."""

    def read_webhook(self, body: bytes, signature: str | None, now: datetime) -> EventNotice:
        """Return what a webhook tells; BadSignature or BadEvent when it cannot be trusted."""

    async def close(self) -> None:
        """Close the connections."""
