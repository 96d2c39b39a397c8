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
    words, code = formats.words, reason.code
    keys = (key, f"reason.{code}", f"refused.{code}.message")
    found = next((one for one in keys if words.has(one)), None)
    if found is None:
        return str(reason)
    facts: dict[str, object] = dict(reason.facts)
    if reason.until is not None:
        facts["until"] = moment(reason.until, formats, now)
    fault = f"fault.{facts.get('error')}"
    if words.has(fault):
        facts["error"] = words(fault)
    return words(found, **facts)
