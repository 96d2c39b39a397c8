"""Somebody's account at the shop, used over the shop's own addresses as a browser would."""

import urllib.parse

from tools.json_api import JsonApi

TEST_CARD = "4242 4242 4242 4242"


class Account(JsonApi):
    """Signed in by a one-time link; the link is spent."""

    def __init__(self, address: str, link: str) -> None:
        super().__init__(address)
        self._take_form_token()
        self.send_form(link, {})
        # The token belongs to one session, and signing in began a new one.
        self._take_form_token()

    def pair(self, code: str) -> None:
        """Take the hub that shows the code into this account's household."""
        self.post("/api/v1/pairing/look-up", {"code": code})
        self.post("/api/v1/pairing/approve", {"code": code})

    def save_card(self, email: str, number: str = TEST_CARD) -> None:
        """Save a card on the payment provider's page, as its owner."""
        page = self.post("/api/v1/me/cards")["url"]
        fields = {"email": email, "number": number, "name": "Robin Demo"}
        self.send_form(urllib.parse.urljoin(self.address, page), fields)

    def _take_form_token(self) -> None:
        self.headers["X-CSRF-Token"] = self.get("/api/v1/csrf")["csrf_token"]
