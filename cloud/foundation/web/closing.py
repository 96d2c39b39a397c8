"""A closed shop: customers read when it opens again, everything that must go on goes on.

Open stay signing in, whatever staff do, the look of the page itself, health, the hubs' sync, the
payment service's news, an order that is being paid, and whatever stops what runs by itself.
"""

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from cloud.foundation.errors import Unavailable
from cloud.foundation.site_facts import SiteFactsSource
from cloud.foundation.web.errors import ErrorPages
from cloud.foundation.web.signed_in import who_is_asking
from cloud.foundation.words import N_

_RETRY_S = 600
_OPEN = (
    *("/health", "/ready", "/metrics", "/status", "/openapi.json"),
    *("/static/", "/site/", "/files/", "/favicon", "/theme", "/language"),
    *("/v1/", "/webhooks/", "/api/v1/staff/", "/admin"),
    "/unsubscribe/",
    *("/sign-in", "/sign-out", "/link/", "/forgot-password", "/api/v1/auth/", "/api/v1/csrf"),
    # The order is placed; what is left is to pay it and to look at it.
    *("/checkout/return", "/api/v1/checkout/orders/", "/orders/", "/account/orders/"),
    *("/api/v1/orders/", "/api/v1/me/orders/"),
    # What runs by itself goes on running: stopping it may not have to wait.
    *("/refills/", "/account/reorders/", "/api/v1/me/reorders/"),
    *("/newsletter/leave/", "/account/subscriptions", "/api/v1/me/subscriptions"),
    "/api/v1/me/newsletter",
)


class ShopClosed(Unavailable):
    """The shop is closed for a while; `text` is what its staff wrote for customers."""

    code = "shop_closed"

    def __init__(self, text: str) -> None:
        super().__init__(
            N_("The shop is closed for a short while."),
            hint=text or N_("We are working on it, and open again soon. Your orders are safe."),
            retry_after_s=_RETRY_S,
        )


class Closing:
    """Answers 503 to customers while the shop is closed; asks only the site's short memory."""

    def __init__(self, app: ASGIApp, *, site: SiteFactsSource, errors: ErrorPages) -> None:
        self._app = app
        self._site = site
        self._errors = errors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["path"].startswith(_OPEN):
            await self._app(scope, receive, send)
            return
        facts = await self._site.facts()
        if not facts.is_closed or await self._is_staff(scope):
            await self._app(scope, receive, send)
            return
        answer = await self._errors.answer_error(
            Request(scope, receive), ShopClosed(facts.closed_text)
        )
        await answer(scope, receive, send)

    async def _is_staff(self, scope: Scope) -> bool:
        user = await who_is_asking(Request(scope))
        return user is not None and bool(user.permits)
