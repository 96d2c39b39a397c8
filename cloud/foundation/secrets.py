"""Secrets handed to people and machines: long, random, and never stored as they are."""

import hashlib
import hmac
import secrets

TOKEN_BYTES = 32  # 256 bits: guessing is hopeless even against a fast hash


def mint_token() -> str:
    """Return a new random secret of 43 URL-safe characters."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(token: str) -> bytes:
    """Return the 32 bytes under which a secret is stored (SHA-256).

    A plain hash is right for secrets with 256 bits of chance; passwords need a slow one.
    """
    return hashlib.sha256(token.encode()).digest()


def same(left: str, right: str) -> bool:
    """Tell whether two secrets are equal, in time that does not depend on where they differ."""
    return hmac.compare_digest(left.encode(), right.encode())
