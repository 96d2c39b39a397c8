"""The payment provider over Stripe's official SDK."""

import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import stripe

from cloud.payments import stripe_bodies
from cloud.payments.errors import (
    BadEvent,
    BadSignature,
    GatewayRefused,
    GatewayUnavailable,
    PaymentsOff,
)
from cloud.payments.ports import Body, ChargeRequest, PageRequest
from cloud.payments.states import CardState, EventNotice, IntentState, PageState, RefundState
from cloud.payments.stripe_states import (
    REFERENCE,
    card_state,
    event_notice,
    intent_state,
    page_state,
    plain,
    refund_state,
    user_of,
)

_PAGE_EXPANSION = ["payment_intent.payment_method", "setup_intent.payment_method"]
# A stamp further off than this is a replay or a wrong clock. The SDK checks the past alone.
_TOLERANCE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class StripeSettings:
    """How to reach Stripe.

    secret_key: begins with sk_ or rk_; empty: the shop takes no payments.
    webhook_secrets: signing secrets of the endpoint; two while one is being replaced.
    api_base: None for Stripe itself; another address for a stand-in.
    timeout_s: seconds until an answer counts as lost. 20: Stripe's slow calls take under ten.
    """

    secret_key: str
    webhook_secrets: Sequence[str]
    api_base: str | None = None
    timeout_s: float = 20.0


class StripeGateway:
    """Fulfils `PaymentGateway`. Retries nothing by itself: repeats are the jobs' business."""

    def __init__(self, settings: StripeSettings) -> None:
        self._settings = settings
        self._http = stripe.AIOHTTPClient(timeout=aiohttp.ClientTimeout(total=settings.timeout_s))
        bases = {"api": settings.api_base} if settings.api_base else None
        self._client = stripe.StripeClient(
            settings.secret_key,
            base_addresses=bases,  # type: ignore[arg-type] # a TypedDict whose keys are all optional
            http_client=self._http,
            max_network_retries=0,
        )

    @asynccontextmanager
    async def _asking(self) -> AsyncGenerator[None]:
        """Turn what the SDK raises into our kinds of failure."""
        if not self._settings.secret_key:
            raise PaymentsOff
        try:
            yield
        except stripe.StripeError as error:
            raise _in_our_words(error) from error
        except (aiohttp.ClientError, TimeoutError) as error:
            # The SDK lets these pass when the connection breaks while the body is read.
            raise GatewayUnavailable(type(error).__name__) from error

    async def open_customer(self, user_id: int, email: str, name: str, key: str) -> str:
        """Make a customer and return its id."""
        body: Any = {"email": email, "name": name, "metadata": {"scent_user": str(user_id)}}
        async with self._asking():
            made = await self._client.v1.customers.create_async(body, {"idempotency_key": key})
            return made.id

    def compose_page(self, request: PageRequest) -> dict[str, Any]:
        """Return the body that opens a payment page."""
        return stripe_bodies.page_body(request)

    def compose_card_page(
        self, user_id: int, customer_id: str, currency: str, success_url: str, cancel_url: str
    ) -> dict[str, Any]:
        """Return the body of a page that saves a card and charges nothing."""
        return stripe_bodies.card_page_body(user_id, customer_id, currency, success_url, cancel_url)

    async def open_page(self, body: Body, key: str) -> PageState:
        """Open a composed payment page."""
        sessions = self._client.v1.checkout.sessions
        async with self._asking():
            made = await sessions.create_async(_sent(body), {"idempotency_key": key})
            return page_state(plain(made))

    async def fetch_page(self, session_id: str) -> PageState:
        """Return a page with its intent and card as they stand now."""
        sessions = self._client.v1.checkout.sessions
        async with self._asking():
            found = await sessions.retrieve_async(session_id, {"expand": _PAGE_EXPANSION})
            return page_state(plain(found))

    async def close_page(self, session_id: str) -> PageState:
        """Make sure that nobody can pay on a page any more, and return how it ended."""
        try:
            async with self._asking():
                await self._client.v1.checkout.sessions.expire_async(session_id)
        except GatewayRefused:
            # Complete or expired already: the page itself says which.
            return await self.fetch_page(session_id)
        return await self.fetch_page(session_id)

    def compose_charge(self, request: ChargeRequest) -> dict[str, Any]:
        """Return the body that charges a saved card."""
        return stripe_bodies.charge_body(request)

    async def charge(self, body: Body, key: str) -> IntentState:
        """Charge as composed; a card's refusal is a state."""
        intents = self._client.v1.payment_intents
        async with self._asking():
            try:
                made = await intents.create_async(_sent(body), {"idempotency_key": key})
            except stripe.CardError as error:
                return _refused_intent(error)
            return intent_state(plain(made))

    async def fetch_intent(self, intent_id: str) -> IntentState:
        """Return an intent as it stands now."""
        intents = self._client.v1.payment_intents
        async with self._asking():
            found = await intents.retrieve_async(intent_id, {"expand": ["payment_method"]})
            return intent_state(plain(found))

    async def find_intent(self, reference: str) -> IntentState | None:
        """Look an intent up by our reference; the newest one when there are several."""
        query = f"metadata['{REFERENCE}']:'{reference}'"
        async with self._asking():
            found = await self._client.v1.payment_intents.search_async({"query": query})
            states = [intent_state(plain(intent)) for intent in found.data]
        if not states:
            return None
        return await self.fetch_intent(states[0].intent_id)

    def compose_refund(self, reference: str, intent_id: str, amount_minor: int) -> dict[str, Any]:
        """Return the body that gives money back."""
        return stripe_bodies.refund_body(reference, intent_id, amount_minor)

    async def refund(self, body: Body, key: str) -> RefundState:
        """Give money back as composed."""
        async with self._asking():
            made = await self._client.v1.refunds.create_async(_sent(body), {"idempotency_key": key})
            return refund_state(plain(made))

    async def fetch_refund(self, refund_id: str) -> RefundState:
        """Return a refund as it stands now."""
        async with self._asking():
            return refund_state(plain(await self._client.v1.refunds.retrieve_async(refund_id)))

    async def refunds_of_charge(self, charge_id: str) -> Sequence[RefundState]:
        """Return the refunds of a charge."""
        return await self._refunds({"charge": charge_id})

    async def refunds_of_intent(self, intent_id: str) -> Sequence[RefundState]:
        """Return the refunds of an intent."""
        return await self._refunds({"payment_intent": intent_id})

    async def _refunds(self, of: Mapping[str, str]) -> Sequence[RefundState]:
        async with self._asking():
            found = await self._client.v1.refunds.list_async(_sent({**of, "limit": 100}))
            return [refund_state(plain(refund)) for refund in found.data]

    async def fetch_setup(self, setup_id: str) -> tuple[int | None, CardState | None]:
        """Return for whom a setup saved which card; None for what it does not say."""
        setups = self._client.v1.setup_intents
        async with self._asking():
            found = plain(await setups.retrieve_async(setup_id, {"expand": ["payment_method"]}))
        has_saved = found["status"] == "succeeded"
        card = card_state(found.get("payment_method")) if has_saved else None
        return user_of(found.get("metadata") or {}), card

    async def forget_card(self, method_id: str) -> None:
        """Make a saved card unusable for ever; a repeat is fine."""
        try:
            async with self._asking():
                await self._client.v1.payment_methods.detach_async(method_id)
        except GatewayRefused:
            return

    async def events_since(self, moment: datetime) -> Sequence[EventNotice]:
        """Return what happened since a moment, oldest first; nothing without a key."""
        if not self._settings.secret_key:
            return ()
        async with self._asking():
            found = await self._client.v1.events.list_async(
                {"created": {"gte": int(moment.timestamp())}, "limit": 100}
            )
            notices = [event_notice(plain(event)) async for event in found.auto_paging_iter()]
        return notices[::-1]

    def read_webhook(self, body: bytes, signature: str | None, now: datetime) -> EventNotice:
        """Return what a webhook tells; BadSignature or BadEvent when it cannot be trusted."""
        _require_signature(body, signature, self._settings.webhook_secrets, now)
        try:
            return event_notice(json.loads(body))
        except (ValueError, KeyError, TypeError) as error:
            raise BadEvent(f"{type(error).__name__}: {error}") from error

    async def close(self) -> None:
        """Close the connections."""
        await self._http.close_async()  # type: ignore[no-untyped-call] # untyped in the SDK


def _sent(body: Body) -> Any:  # noqa: ANN401 - the SDK's TypedDicts do not fit stored JSON
    return dict(body)


def _in_our_words(error: stripe.StripeError) -> Exception:
    status = error.http_status
    # A 409 asks for a repeat, whatever its type.
    lasting = (stripe.CardError, stripe.InvalidRequestError, stripe.IdempotencyError)
    if isinstance(error, lasting) and status != 409:
        return GatewayRefused(error.user_message or "", error.code)
    # The rest is worth a repeat: no connection, 409, 429, 5xx, and a key that a person must mend.
    return GatewayUnavailable(f"{type(error).__name__} {status}: {error.user_message}")


def _refused_intent(error: stripe.CardError) -> IntentState:
    body = error.json_body if isinstance(error.json_body, Mapping) else {}
    intent = body.get("error", {}).get("payment_intent")
    if intent is None:
        raise GatewayRefused(error.user_message or "", error.code) from error
    return intent_state(intent)


def _require_signature(
    body: bytes, signature: str | None, secrets: Sequence[str], now: datetime
) -> None:
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise BadSignature("the body is not UTF-8") from None
    for secret in secrets:
        try:
            stripe.WebhookSignature.verify_header(text, signature, secret)
        except stripe.SignatureVerificationError:
            continue
        _require_fresh(signature or "", now)
        return
    raise BadSignature("no secret of ours made it" if signature else "the header is missing")


def _require_fresh(signature: str, now: datetime) -> None:
    # The first stamp is the one that was signed; whoever replays could append another.
    stamp = next(part[2:] for part in signature.split(",") if part.startswith("t="))
    if abs(now.timestamp() - int(stamp)) > _TOLERANCE.total_seconds():
        raise BadSignature("its time stamp is more than five minutes off")
