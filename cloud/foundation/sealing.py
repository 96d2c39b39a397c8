"""Secrets of others that we must be able to read again: sealed at rest, with keys that can change.

For tokens of providers, secrets of webhooks. What only needs to be recognised is stored as a
digest instead (`cloud.foundation.secrets`).
"""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from cloud.foundation.errors import CloudError


class SealBroken(CloudError):
    """A sealed value was made with a key that is no longer known, or was changed."""

    code = "seal_broken"

    def __init__(self) -> None:
        super().__init__(
            "A stored secret cannot be read.",
            hint="Put the key it was sealed with back at the end of SCENT_TOKEN_KEYS.",
        )


class Sealer:
    """Seals with the first key, opens with any (Fernet: AES-128-CBC with HMAC-SHA256).

    `keys` are Fernet keys, the newest first. To change the key put a new one in front, let
    `scent-cloud reseal` run, and take the old one away.
    """

    def __init__(self, keys: Sequence[str]) -> None:
        self._newest = Fernet(keys[0])
        self._all = MultiFernet([Fernet(key) for key in keys])

    def seal(self, secret: str) -> bytes:
        """Return a secret as it may be stored; another form each time."""
        return self._newest.encrypt(secret.encode())

    def open(self, sealed: bytes) -> str:
        """Return the secret; raises SealBroken."""
        try:
            return self._all.decrypt(sealed).decode()
        except InvalidToken:
            raise SealBroken from None

    def reseal(self, sealed: bytes) -> bytes | None:
        """Return a value sealed with the newest key, None if it is already; raises SealBroken."""
        try:
            self._newest.decrypt(sealed)
        except InvalidToken:
            return self.seal(self.open(sealed))
        return None


def key_from(secret: str) -> str:
    """Return a key drawn from another secret, for a shop that was given no key of its own."""
    material = hashlib.sha256(f"token key\n{secret}".encode()).digest()
    return urlsafe_b64encode(material).decode()
