"""A payment provider inside the shop's own process, for measuring the shop and nothing else.

Every page is paid by the time its buyer comes back. Bodies are composed as for Stripe, so that the
shop's own share of the work is all there.
"""

from itertools import count
from typing import Any

from cloud.payments.ports import Body, PageRequest
from cloud.payments.states import IntentState, IntentStatus, PageState, PageStatus
from cloud.payments.stripe_bodies import page_body
from cloud.payments.stripe_states import REFERENCE


class SwiftGateway:
    """The part of `PaymentGateway` that a whole checkout asks for; the rest is not there."""

    def __init__(self) -> None:
        self._bodies: dict[str, Body] = {}
        self._numbers = count(1)

    def compose_page(self, request: PageRequest) -> dict[str, Any]:
        """Return the body that opens a payment page."""
        return page_body(request)

    async def open_page(self, body: Body, key: str) -> PageState:
        """Open a page; the key is not looked at, as nothing is sent twice here."""
        session_id = f"cs_{next(self._numbers)}"
        self._bodies[session_id] = body
        return PageState(
            session_id=session_id,
            status=PageStatus.OPEN,
            url=f"https://pay.invalid/{session_id}",
            reference=body["metadata"][REFERENCE],
        )

    async def fetch_page(self, session_id: str) -> PageState:
        """Return a page, paid."""
        body = self._bodies.pop(session_id)
        lines = [(line["price_data"], line["quantity"]) for line in body["line_items"]]
        amount = sum(price["unit_amount"] * quantity for price, quantity in lines)
        reference = body["metadata"][REFERENCE]
        intent = IntentState(
            intent_id=f"pi_{session_id}",
            status=IntentStatus.SUCCEEDED,
            received_minor=amount,
            currency=lines[0][0]["currency"].upper(),
            reference=reference,
            amount_minor=amount,
        )
        return PageState(session_id, PageStatus.COMPLETE, None, reference, intent)

    async def close(self) -> None:
        """Close nothing."""
