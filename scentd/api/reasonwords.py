"""Why something went as it did, in the reader's language; what has no words stays English."""

from datetime import datetime

from scentd.api.formats import Formats
from scentd.model.reasons import Reason


def tell_now(reason: Reason, formats: Formats, now: datetime) -> str:
    """Say why a wish is not done, to whoever just wished it."""
    return _tell(f"because.{reason.code}", reason, formats, now)


def tell_then(reason: Reason, formats: Formats, now: datetime) -> str:
    """Say why something went as it did some time ago; `now` is when it is read."""
    return _tell(f"reason.{reason.code}", reason, formats, now)


def moment(at: datetime, formats: Formats, now: datetime) -> str:
    """Write a moment that may lie either way of now."""
    return formats.when(at, now) if at < now else formats.soon(at, now)


def _tell(key: str, reason: Reason, formats: Formats, now: datetime) -> str:
    if not formats.words.has(key):
        key = f"reason.{reason.code}"
    if not formats.words.has(key):
        return str(reason)
    until = reason.until
    held = {} if until is None else {"until": moment(until, formats, now)}
    return formats.words(key, **{**reason.facts, **held})
