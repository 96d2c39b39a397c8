"""Addresses of the newsletter's mails."""

import base64
import hashlib
import hmac


class NewsletterLinks:
    """Makes the links of mails, and checks the key of the one that ends them.

    That key is 128 bits of HMAC over the subscriber's id: nothing to store, it never runs out.
    """

    def __init__(self, public_url: str, secret: str) -> None:
        self._public_url = public_url.rstrip("/")
        self._secret = secret.encode()

    def confirm(self, token: str) -> str:
        """Return where a wish for the newsletter is confirmed."""
        return f"{self._public_url}/newsletter/confirm/{token}"

    def leave(self, subscriber_id: int) -> str:
        """Return where the newsletter is ended: read by GET, done by POST."""
        return f"{self._public_url}/newsletter/leave/{subscriber_id}/{self.key_of(subscriber_id)}"

    def key_of(self, subscriber_id: int) -> str:
        """Return the key that mails to a subscriber carry."""
        mac = hmac.digest(self._secret, f"newsletter:{subscriber_id}".encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(mac[:16]).rstrip(b"=").decode()

    def opens(self, subscriber_id: int, key: str) -> bool:
        """Tell whether a key is that of a subscriber's mails."""
        return hmac.compare_digest(self.key_of(subscriber_id).encode(), key.encode())
