"""Addresses in mails that act without signing in: the end of mails like it, a yes, a cart."""

import base64
import hashlib
import hmac


class LeaveLinks:
    """Makes and checks the links of mails. A key is 128 bits of HMAC over the notification's id:

    nothing to store, it never runs out, and it opens nothing but the way out of one topic.
    """

    def __init__(self, public_url: str, secret: str) -> None:
        self._public_url = public_url.rstrip("/")
        self._secret = secret.encode()

    def leave(self, notification_id: int) -> str:
        """Return where mails like that of a notification are ended: read by GET, done by POST."""
        return f"{self._public_url}/unsubscribe/{notification_id}/{self.key_of(notification_id)}"

    def restock(self, restock_wish_id: int) -> str:
        """Return where an address's owner says yes to hear when something is back."""
        key = self._key(f"restock:{restock_wish_id}")
        return f"{self._public_url}/tell-me/{restock_wish_id}/{key}"

    def opens_restock(self, restock_wish_id: int, key: str) -> bool:
        """Tell whether a key is that of a question to an address."""
        return hmac.compare_digest(self._key(f"restock:{restock_wish_id}").encode(), key.encode())

    def left_cart(self, left_cart_id: int) -> str:
        """Return where whoever left a cart finds it again, on any device."""
        key = self._key(f"cart:{left_cart_id}")
        return f"{self._public_url}/cart/left/{left_cart_id}/{key}"

    def opens_left_cart(self, left_cart_id: int, key: str) -> bool:
        """Tell whether a key is that of a cart that was left."""
        return hmac.compare_digest(self._key(f"cart:{left_cart_id}").encode(), key.encode())

    def preferences(self) -> str:
        """Return where a member says what they want to hear of."""
        return f"{self._public_url}/account/notifications/preferences"

    def notices(self) -> str:
        """Return where a member reads their news."""
        return f"{self._public_url}/account/notifications"

    def page(self, path: str) -> str:
        """Return the address of a page of ours, given by its path."""
        return f"{self._public_url}{path}"

    def key_of(self, notification_id: int) -> str:
        """Return the key that a mail carries."""
        return self._key(f"leave:{notification_id}")

    def opens(self, notification_id: int, key: str) -> bool:
        """Tell whether a key is that of a notification's mail."""
        return hmac.compare_digest(self.key_of(notification_id).encode(), key.encode())

    def _key(self, what: str) -> str:
        mac = hmac.digest(self._secret, what.encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(mac[:16]).rstrip(b"=").decode()
