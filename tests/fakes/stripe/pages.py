"""The hosted pages a buyer meets: pay, save a card, approve with the bank."""

from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment, FileSystemLoader, select_autoescape

from tests.fakes.stripe import checkout, customers, payment_intents, portal, setup_intents
from tests.fakes.stripe.account import Account, StripeObject
from tests.fakes.stripe.cards import CARDS, card_with_number
from tests.fakes.stripe.failures import ApiFailure
from tests.fakes.stripe.params import Params

_FOLDER = Path(__file__).parent / "hosted"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; "
    "form-action *; base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}
# How many test cards the page shows at once; the others are behind a button.
_USUAL = 8
_ZERO_DECIMALS = {"jpy", "krw", "clp", "vnd", "isk", "huf"}
_THREE_DECIMALS = {"kwd", "bhd", "omr", "jod", "tnd"}


def money(minor: int, currency: str) -> str:
    """Return an amount as the page writes it, e.g. `EUR 12.90`."""
    decimals = 0 if currency in _ZERO_DECIMALS else 3 if currency in _THREE_DECIMALS else 2
    return f"{currency.upper()} {minor / 10**decimals:,.{decimals}f}"


class Pages:
    """Renders the pages and does what their buttons say."""

    def __init__(self, account: Account) -> None:
        self._account = account
        self._templates = Environment(
            loader=FileSystemLoader(_FOLDER), autoescape=select_autoescape(["html"])
        )
        self._templates.filters["money"] = money

    def routes(self) -> list[web.RouteDef]:
        """Return the addresses of the pages."""
        return [
            web.get("/pages/pay/{session}", self.show_payment),
            web.post("/pages/pay/{session}", self.pay),
            web.get("/pages/approve/{intent}", self.show_approval),
            web.post("/pages/approve/{intent}", self.approve),
            web.get("/pages/portal/{token}", self.show_portal),
            web.post("/pages/portal/{token}", self.remove_card),
            web.get("/pages/pay.css", self.serve_file),
            web.get("/pages/pay.js", self.serve_file),
        ]

    async def serve_file(self, request: web.Request) -> web.StreamResponse:
        """Serve the style sheet or the script."""
        return web.FileResponse(_FOLDER / request.path.rsplit("/", 1)[-1])

    async def show_payment(self, request: web.Request) -> web.StreamResponse:
        """Show what is bought and the card form."""
        return self._payment_page(request.match_info["session"])

    async def pay(self, request: web.Request) -> web.StreamResponse:
        """Charge or save the typed card, then send the buyer back to the shop."""
        form = await request.post()
        session_id = request.match_info["session"]
        try:
            session = checkout.current_session(self._account, session_id)
            intent = checkout.pay_with_card(
                self._account,
                session,
                card_with_number(str(form.get("number", ""))),
                email=str(form.get("email", "")),
                name=str(form.get("name", "")),
            )
        except ApiFailure as failure:
            return self._payment_page(
                session_id, refusal=failure.body["error"]["message"], typed=dict(form), status=402
            )
        if intent["status"] == "requires_action":
            raise web.HTTPSeeOther(f"/pages/approve/{intent['id']}")
        raise web.HTTPSeeOther(checkout.success_address(session))

    def _payment_page(
        self,
        session_id: str,
        *,
        refusal: str | None = None,
        typed: dict[str, Any] | None = None,
        status: int = 200,
    ) -> web.Response:
        try:
            session = checkout.current_session(self._account, session_id)
        except ApiFailure as failure:
            return self._page("closed.html", 404, reason=failure.body["error"]["message"])
        if session["status"] != "open":
            reason = (
                "This payment page has expired."
                if session["status"] == "expired"
                else "This payment is complete."
            )
            return self._page("closed.html", 410, reason=reason, session=session)
        return self._page(
            "pay.html",
            status,
            session=session,
            lines=self._account.secrets[session_id]["lines"],
            email=self._known_email(session),
            cards=CARDS[:_USUAL],
            rare_cards=CARDS[_USUAL:],
            refusal=refusal,
            typed=typed or {},
        )

    def _known_email(self, session: StripeObject) -> str:
        if session["customer"]:
            return self._account.objects[session["customer"]]["email"] or ""
        return session["customer_email"] or ""

    async def show_portal(self, request: web.Request) -> web.StreamResponse:
        """Show a customer's cards."""
        session = portal.session_at(self._account, request.match_info["token"])
        if session is None:
            return self._page("closed.html", 404, reason="There is no such page.")
        cards = portal.cards_of(self._account, session)
        return self._page("portal.html", 200, session=session, cards=cards)

    async def remove_card(self, request: web.Request) -> web.StreamResponse:
        """Remove one of the customer's cards and show the others."""
        session = portal.session_at(self._account, request.match_info["token"])
        method = str((await request.post()).get("method", ""))
        held = portal.cards_of(self._account, session) if session else []
        if method in {card["id"] for card in held}:
            customers.detach_payment_method(self._account, Params({}), method)
        raise web.HTTPSeeOther(request.path)

    async def show_approval(self, request: web.Request) -> web.StreamResponse:
        """Show the bank's question."""
        intent = self._intent(request)
        if intent is None or intent["status"] != "requires_action":
            return self._page("closed.html", 410, reason="There is nothing to approve here.")
        return self._page("approve.html", 200, intent=intent)

    async def approve(self, request: web.Request) -> web.StreamResponse:
        """Pass the cardholder's answer on and send the buyer where they came from."""
        form = await request.post()
        intent = self._intent(request)
        if intent is None or intent["status"] != "requires_action":
            return self._page("closed.html", 410, reason="There is nothing to approve here.")
        address = (intent["next_action"] or {}).get("redirect_to_url", {}).get("return_url")
        session = checkout.session_of_intent(self._account, intent["id"])
        try:
            self._settle(intent, agreed=form.get("answer") == "approve")
        except ApiFailure as failure:
            if session is not None:
                return self._payment_page(
                    session["id"], refusal=failure.body["error"]["message"], status=402
                )
        if session is not None:
            checkout.complete_if_done(self._account, session)
            address = checkout.success_address(session)
        if address is None:
            return self._page("closed.html", 200, reason="Your bank has your answer.")
        raise web.HTTPSeeOther(address)

    def _settle(self, intent: StripeObject, *, agreed: bool) -> None:
        is_setup = intent["object"] == "setup_intent"
        on_yes = setup_intents.approve_setup if is_setup else payment_intents.approve
        on_no = setup_intents.reject_setup if is_setup else payment_intents.reject
        (on_yes if agreed else on_no)(self._account, intent)

    def _intent(self, request: web.Request) -> StripeObject | None:
        return self._account.objects.get(request.match_info["intent"])

    def _page(self, template: str, status: int, **facts: Any) -> web.Response:
        text = self._templates.get_template(template).render(**facts)
        return web.Response(text=text, status=status, content_type="text/html", headers=_HEADERS)
