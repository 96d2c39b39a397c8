"""The payment provider over Stripe's official SDK."""

import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from cloud.foundation.later import Foreign, later
from cloud.foundation.money import Money
from cloud.payments import stripe_bodies
from cloud.payments.errors import (
    BadEvent,
    BadSignature,
    GatewayRefused,
    GatewayUnavailable,
    PaymentsOff,
)
from cloud.payments.ports import Body, ChargeRequest, IntentRequest, PageRequest
from cloud.payments.states import (
    CardState,
    DisputeState,
    EventNotice,
    IntentState,
    PageState,
    RefundState,
)
from cloud.payments.stripe_states import (
    REFERENCE,
    card_state,
    dispute_state,
    event_notice,
    intent_state,
    page_state,
    plain,
    refund_state,
    user_of,
)

aiohttp = later("aiohttp")
stripe = later("stripe")

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

    @cached_property
    def _http(self) -> Foreign:
        timeout = aiohttp.ClientTimeout(total=self._settings.timeout_s)
        return stripe.AIOHTTPClient(timeout=timeout)

    @cached_property
    def _client(self) -> Foreign:
        base = self._settings.api_base
        return stripe.StripeClient(
            self._settings.secret_key,
            base_addresses={"api": base} if base else None,
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
        """Make a customer and return its id; `name` "" is nobody's."""
        body: Any = {"email": email, "metadata": {"scent_user": str(user_id)}}
        if name:
            body["name"] = name
        async with self._asking():
            made = await self._client.v1.customers.create_async(body, {"idempotency_key": key})
            return str(made.id)

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
        # Refused when it is complete or expired already: the page itself says which.
        with suppress(GatewayRefused):
            async with self._asking():
                await self._client.v1.checkout.sessions.expire_async(session_id)
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

    def compose_intent(self, request: IntentRequest) -> dict[str, Any]:
        """Return the body that opens an intent for the buyer's program."""
        return stripe_bodies.intent_body(request)

    async def open_intent(self, body: Body, key: str) -> IntentState:
        """Open a composed intent; its state carries the client secret."""
        intents = self._client.v1.payment_intents
        async with self._asking():
            made = await intents.create_async(_sent(body), {"idempotency_key": key})
            return intent_state(plain(made))

    async def cancel_intent(self, intent_id: str) -> IntentState:
        """Make sure that nobody can pay an intent any more, and return how it ended."""
        # Refused when it is paid or cancelled already: the intent itself says which.
        with suppress(GatewayRefused):
            async with self._asking():
                await self._client.v1.payment_intents.cancel_async(intent_id)
        return await self.fetch_intent(intent_id)

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

    def compose_refund(self, reference: str, intent_id: str, amount: Money) -> dict[str, Any]:
        """Return the body that gives money back."""
        return stripe_bodies.refund_body(reference, intent_id, amount)

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

    async def fetch_dispute(self, dispute_id: str) -> DisputeState:
        """Return a dispute as it stands now."""
        async with self._asking():
            return dispute_state(plain(await self._client.v1.disputes.retrieve_async(dispute_id)))

    async def send_evidence(self, dispute_id: str, text: str, key: str) -> DisputeState:
        """Answer a dispute for good; a bank takes one answer."""
        body: Any = {"evidence": {"uncategorized_text": text}, "submit": True}
        async with self._asking():
            made = await self._client.v1.disputes.update_async(
                dispute_id, body, {"idempotency_key": key}
            )
            return dispute_state(plain(made))

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
        with suppress(GatewayRefused):
            async with self._asking():
                await self._client.v1.payment_methods.detach_async(method_id)

    async def forget_customer(self, customer_id: str) -> None:
        """Delete a customer with all that hangs on them; one that is gone already is fine."""
        try:
            async with self._asking():
                await self._client.v1.customers.delete_async(customer_id)
        except GatewayRefused as error:
            if error.provider_code != "resource_missing":
                raise

    async def open_portal(self, customer_id: str, return_url: str) -> str:
        """Return the address of Stripe's customer portal."""
        body: Any = {"customer": customer_id, "return_url": return_url}
        async with self._asking():
            made = await self._client.v1.billing_portal.sessions.create_async(body)
            return str(made.url)

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
        if "_http" in vars(self):
            await self._http.close_async()


def _sent(body: Body) -> Any:  # noqa: ANN401 - the SDK's TypedDicts do not fit stored JSON
    return dict(body)


def _in_our_words(error: Foreign) -> Exception:
    status = error.http_status
    # A 409 asks for a repeat, whatever its type.
    lasting = (stripe.CardError, stripe.InvalidRequestError, stripe.IdempotencyError)
    if isinstance(error, lasting) and status != 409:
        return GatewayRefused(error.user_message or "", error.code)
    # The rest is worth a repeat: no connection, 409, 429, 5xx, and a key that a person must mend.
    return GatewayUnavailable(f"{type(error).__name__} {status}: {error.user_message}")


def _refused_intent(error: Foreign) -> IntentState:
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
