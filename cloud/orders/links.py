"""Addresses of order pages, for mails and hubs. A guest's address carries a key that opens it."""

import base64
import hashlib
import hmac


class OrderLinks:
    """Makes addresses below the shop's public address, and checks the key of a guest's one.

    The key is 128 bits of HMAC over the number: nothing to store, and useless for other orders.
    """

    def __init__(self, public_url: str, secret: str) -> None:
        self._public_url = public_url.rstrip("/")
        self._secret = secret.encode()

    def shop(self) -> str:
        """Return where the shop begins."""
        return f"{self._public_url}/"

    def order(self, number: str, *, is_guest: bool) -> str:
        """Return where the buyer sees an order."""
        if is_guest:
            return f"{self._public_url}/orders/{number}?key={self.key_of(number)}"
        return f"{self._public_url}/account/orders/{number}"

    def product(self, slug: str, sku: str) -> str:
        """Return where a bottle is seen and bought."""
        return f"{self._public_url}/products/{slug}?size={sku}"

    def payment_return(self) -> str:
        """Return where the payment provider sends a buyer who paid; it fills the session in."""
        return f"{self._public_url}/checkout/return?session={{CHECKOUT_SESSION_ID}}"

    def staff_order(self, number: str) -> str:
        """Return where staff see an order."""
        return f"{self._public_url}/admin/orders/{number}"

    def offer(self, number: str) -> str:
        """Return where a customer sees and orders what staff prepared for them."""
        return f"{self._public_url}/offers/{number}?key={self.offer_key_of(number)}"

    def offer_key_of(self, number: str) -> str:
        """Return the key that opens one prepared order without signing in."""
        return self._key(f"offer:{number}")

    def opens_offer(self, number: str, key: str) -> bool:
        """Tell whether a key opens a prepared order."""
        return hmac.compare_digest(self.offer_key_of(number).encode(), key.encode())

    def proposal(self, reorder_id: int) -> str:
        """Return where an adult member of the household decides about a reorder."""
        return f"{self._public_url}/account/reorders/{reorder_id}"

    def undo(self, reorder_id: int) -> str:
        """Return where whoever got the mail calls an announced reorder off, without signing in."""
        return f"{self._public_url}/refills/{reorder_id}/undo?key={self.undo_key_of(reorder_id)}"

    def account_security(self) -> str:
        """Return where a member looks after the ways into their account."""
        return f"{self._public_url}/account/security"

    def account_cards(self) -> str:
        """Return where a member sees the cards they saved."""
        return f"{self._public_url}/account/cards"

    def undo_key_of(self, reorder_id: int) -> str:
        """Return the key that calls off one announced reorder, and does nothing else."""
        return self._key(f"undo:{reorder_id}")

    def undoes(self, reorder_id: int, key: str) -> bool:
        """Tell whether a key calls off a reorder."""
        return hmac.compare_digest(self.undo_key_of(reorder_id).encode(), key.encode())

    def key_of(self, number: str) -> str:
        """Return the key that opens one order without signing in."""
        return self._key(f"order:{number}")

    def opens(self, number: str, key: str) -> bool:
        """Tell whether a key opens an order."""
        return hmac.compare_digest(self.key_of(number).encode(), key.encode())

    def _key(self, about: str) -> str:
        mac = hmac.digest(self._secret, about.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(mac[:16]).rstrip(b"=").decode()
