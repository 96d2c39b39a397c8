"""Signatures by the Standard Webhooks specification (1.0): any of its libraries checks them."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

_PREFIX = "whsec_"
_SECRET_BYTES = 24


def new_secret() -> str:
    """Return a new secret: `whsec_` and 24 random bytes in base64."""
    return _PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def signature_headers(
    reference: str, body: bytes, at: datetime, signed_by: Sequence[str]
) -> dict[str, str]:
    """Return the headers that prove a body: its id, the moment, one signature for each secret.

    The moment is in whole seconds since 1970; receivers refuse one that is minutes away from
    theirs.
    """
    stamp = str(int(at.timestamp()))
    content = f"{reference}.{stamp}.".encode() + body
    return {
        "webhook-id": reference,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(_signature(secret, content) for secret in signed_by),
    }


def _signature(secret: str, content: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    return "v1," + base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
