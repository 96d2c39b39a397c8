"""The table of API calls and the one road every call takes: key, faults, idempotency, answer."""

import asyncio
import json
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from tests.fakes.stripe import (
    checkout,
    customers,
    disputes,
    invoices,
    payment_intents,
    portal,
    prices,
    refunds,
    setup_intents,
    subscriptions,
)
from tests.fakes.stripe.account import Account, StripeObject, fresh_token
from tests.fakes.stripe.failures import ApiFailure, invalid
from tests.fakes.stripe.faults import Fault, Faults
from tests.fakes.stripe.idempotency import Idempotency, Kept
from tests.fakes.stripe.params import Params, nested

Call = Callable[..., StripeObject]


def _get(kind: str) -> Call:
    def fetch(account: Account, params: Params, object_id: str) -> StripeObject:
        params.finish()
        return account.get(kind, object_id)

    return fetch


def _search(kind: str, url: str) -> Call:
    return lambda account, params: account.search(kind, params, url)


def _list_events(account: Account, params: Params) -> StripeObject:
    wanted = set(params.entries("types")) or {params.text("type")}
    found = [held for held in account.all("event") if wanted <= {None} or held["type"] in wanted]
    return account.page(found, params, "/v1/events")


_ID = r"([A-Za-z0-9_]+)"
_CALLS: tuple[tuple[str, str, Call], ...] = (
    ("POST", "/v1/customers", customers.create_customer),
    ("GET", "/v1/customers", customers.list_customers),
    ("GET", "/v1/customers/search", _search("customer", "/v1/customers/search")),
    ("GET", f"/v1/customers/{_ID}", _get("customer")),
    ("POST", f"/v1/customers/{_ID}", customers.update_customer),
    ("DELETE", f"/v1/customers/{_ID}", customers.delete_customer),
    ("GET", f"/v1/customers/{_ID}/payment_methods", customers.list_customer_methods),
    ("POST", "/v1/payment_methods", customers.create_payment_method),
    ("GET", "/v1/payment_methods", customers.list_payment_methods),
    ("GET", f"/v1/payment_methods/{_ID}", _get("payment_method")),
    ("POST", f"/v1/payment_methods/{_ID}/attach", customers.attach_payment_method),
    ("POST", f"/v1/payment_methods/{_ID}/detach", customers.detach_payment_method),
    ("POST", "/v1/payment_intents", payment_intents.create_intent),
    ("GET", "/v1/payment_intents", payment_intents.list_intents),
    ("GET", "/v1/payment_intents/search", _search("payment_intent", "/v1/payment_intents/search")),
    ("GET", f"/v1/payment_intents/{_ID}", _get("payment_intent")),
    ("POST", f"/v1/payment_intents/{_ID}", payment_intents.update_intent),
    ("POST", f"/v1/payment_intents/{_ID}/confirm", payment_intents.confirm_intent),
    ("POST", f"/v1/payment_intents/{_ID}/capture", payment_intents.capture_intent),
    ("POST", f"/v1/payment_intents/{_ID}/cancel", payment_intents.cancel_intent),
    ("POST", "/v1/setup_intents", setup_intents.create_setup),
    ("GET", "/v1/setup_intents", setup_intents.list_setups),
    ("GET", f"/v1/setup_intents/{_ID}", _get("setup_intent")),
    ("POST", f"/v1/setup_intents/{_ID}/confirm", setup_intents.confirm_setup),
    ("POST", f"/v1/setup_intents/{_ID}/cancel", setup_intents.cancel_setup),
    ("GET", "/v1/charges/search", _search("charge", "/v1/charges/search")),
    ("GET", f"/v1/charges/{_ID}", _get("charge")),
    ("POST", "/v1/checkout/sessions", checkout.create_session),
    ("GET", "/v1/checkout/sessions", checkout.list_sessions),
    ("GET", f"/v1/checkout/sessions/{_ID}", checkout.get_session),
    ("GET", f"/v1/checkout/sessions/{_ID}/line_items", checkout.list_lines),
    ("POST", f"/v1/checkout/sessions/{_ID}/expire", checkout.expire_session),
    ("POST", "/v1/refunds", refunds.create_refund),
    ("GET", "/v1/refunds", refunds.list_refunds),
    ("GET", f"/v1/refunds/{_ID}", _get("refund")),
    ("POST", "/v1/products", prices.create_product),
    ("GET", "/v1/products", prices.list_products),
    ("GET", f"/v1/products/{_ID}", _get("product")),
    ("POST", f"/v1/products/{_ID}", prices.update_product),
    ("POST", "/v1/prices", prices.create_price),
    ("GET", "/v1/prices", prices.list_prices),
    ("GET", f"/v1/prices/{_ID}", _get("price")),
    ("POST", f"/v1/prices/{_ID}", prices.update_price),
    ("POST", "/v1/subscriptions", subscriptions.create_subscription),
    ("GET", "/v1/subscriptions", subscriptions.list_subscriptions),
    ("GET", f"/v1/subscriptions/{_ID}", _get("subscription")),
    ("POST", f"/v1/subscriptions/{_ID}", subscriptions.update_subscription),
    ("DELETE", f"/v1/subscriptions/{_ID}", subscriptions.cancel_subscription),
    ("GET", "/v1/invoices", invoices.list_invoices),
    ("GET", f"/v1/invoices/{_ID}", _get("invoice")),
    ("POST", f"/v1/invoices/{_ID}/pay", invoices.pay_invoice),
    ("POST", f"/v1/invoices/{_ID}/void", invoices.void_invoice),
    ("POST", "/v1/billing_portal/sessions", portal.create_portal),
    ("GET", "/v1/disputes", disputes.list_disputes),
    ("GET", f"/v1/disputes/{_ID}", _get("dispute")),
    ("POST", f"/v1/disputes/{_ID}", disputes.update_dispute),
    ("POST", f"/v1/disputes/{_ID}/close", disputes.close_dispute),
    ("GET", "/v1/events", _list_events),
    ("GET", f"/v1/events/{_ID}", _get("event")),
)
_ROUTES = tuple((method, re.compile(path), call) for method, path, call in _CALLS)


class Api:
    """Answers the SDK's requests against one account."""

    def __init__(self, account: Account, faults: Faults) -> None:
        self._account = account
        self._faults = faults
        self._idempotency = Idempotency()
        self.requests: list[tuple[str, str, str | None]] = []
        self._is_closing = False
        # How many answers hang this moment.
        self.holding = 0
        self._let_go = asyncio.Event()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer one API request, faults and repeats included."""
        self._account.tick()
        fault = self._faults.take(request.method, request.path)
        key = request.headers.get("Idempotency-Key")
        self.requests.append((request.method, request.path, key))
        try:
            _require_key(request)
            fields = await _fields(request)
            await self._fail_before(request, fault)
            status, body, is_repeat = self._perform(request, key, fields, fault)
        except ApiFailure as failure:
            return _json(failure.status, failure.body)
        await self._fail_after(request, fault)
        return _json(status, body, is_repeat=is_repeat)

    def _perform(
        self, request: web.Request, key: str | None, fields: dict[str, Any], fault: Fault | None
    ) -> tuple[int, Any, bool]:
        if key is None or request.method == "GET":
            return (*self._call(request, fields), False)
        kept = self._idempotency.begin(
            key, request.method, request.path, fields, self._account.now()
        )
        if kept.is_answered:
            return kept.status, kept.body, True
        try:
            kept.status, kept.body = self._call(request, fields)
        except ApiFailure as failure:
            self._keep_or_forget(key, kept, failure)
            raise
        if fault is not None and fault.kind == "error_after":
            kept.status, kept.body = 500, _SERVER_ERROR
        return kept.status, kept.body, False

    def _keep_or_forget(self, key: str, kept: Kept, failure: ApiFailure) -> None:
        """Keep a card's refusal under the key; a request that never acted leaves no trace."""
        if failure.status != 402:
            self._idempotency.forget(key)
            return
        kept.status, kept.body = failure.status, failure.body

    def _call(self, request: web.Request, fields: dict[str, Any]) -> tuple[int, Any]:
        for method, path, call in _ROUTES:
            match = path.fullmatch(request.path)
            if method == request.method and match:
                expand = fields.get("expand", [])
                made = call(self._account, Params(fields), *match.groups())
                return 200, self._account.expanded(made, list(expand))
        raise ApiFailure(
            404,
            "invalid_request_error",
            f"Unrecognized request URL ({request.method}: {request.path}).",
        )

    async def _fail_before(self, request: web.Request, fault: Fault | None) -> None:
        if fault is None:
            return
        if fault.kind in _REFUSALS:
            status, kind, message, code = _REFUSALS[fault.kind]
            raise ApiFailure(status, kind, message, code=code)
        if fault.kind == "reset":
            _break(request)
        if fault.kind == "hang":
            await self._hold(fault)
            if self._is_closing:
                _break(request)

    async def _fail_after(self, request: web.Request, fault: Fault | None) -> None:
        if fault is None:
            return
        if fault.kind == "reset_after":
            _break(request)
        if fault.kind == "hang_after":
            await self._hold(fault)

    def let_go(self) -> None:
        """End what hangs this moment."""
        self._let_go.set()
        self._let_go = asyncio.Event()

    def close(self) -> None:
        """End what hangs; its callers hear nothing."""
        self._is_closing = True
        self.let_go()

    async def _hold(self, fault: Fault) -> None:
        self.holding += 1
        try:
            async with asyncio.timeout(fault.hold_s):
                await self._let_go.wait()
        except TimeoutError:
            return
        finally:
            self.holding -= 1


_REFUSALS: dict[str, tuple[int, str, str, str | None]] = {
    "conflict": (
        409,
        "invalid_request_error",
        "This object cannot be accessed right now because another API request is using it.",
        "lock_timeout",
    ),
    "rate_limit": (
        429,
        "invalid_request_error",
        "Too many requests hit the API.",
        "rate_limit",
    ),
    "error": (500, "api_error", "An unknown error occurred.", None),
}
_SERVER_ERROR = {"error": {"type": "api_error", "message": "An unknown error occurred."}}


def _require_key(request: web.Request) -> None:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer" or not key.startswith(("sk_test_", "rk_test_")):
        raise ApiFailure(
            401,
            "invalid_request_error",
            "Invalid API Key provided: this stand-in takes keys that begin with sk_test_.",
        )


async def _fields(request: web.Request) -> dict[str, Any]:
    pairs = list(request.query.items())
    if request.method == "POST":
        try:
            text = (await request.read()).decode()
        except UnicodeDecodeError:
            raise invalid("The request body is not UTF-8.") from None
        pairs += parse_qsl(text, keep_blank_values=True)
    return nested(pairs)


def _break(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
    # Nobody reads this answer any more.
    raise ApiFailure(500, "api_error", "The connection is gone.")


def _json(status: int, body: Any, *, is_repeat: bool = False) -> web.Response:
    headers = {"Request-Id": f"req_{fresh_token(14)}"}
    if is_repeat:
        headers["Idempotent-Replayed"] = "true"
    return web.Response(
        status=status,
        body=json.dumps(body).encode(),
        content_type="application/json",
        headers=headers,
    )
