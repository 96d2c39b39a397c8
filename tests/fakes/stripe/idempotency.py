"""The idempotency store: one key, one request, one answer for 24 hours."""

from dataclasses import dataclass
from typing import Any

from tests.fakes.stripe.failures import ApiFailure

_KEPT_S = 24 * 3600


@dataclass
class Kept:
    """What was asked under a key, and the answer once there is one."""

    method: str
    path: str
    fields: dict[str, Any]
    at: int
    status: int = 0
    body: Any = None

    @property
    def is_answered(self) -> bool:
        return self.status != 0


class Idempotency:
    """Remembers answers by key; compares the request before it repeats one."""

    def __init__(self) -> None:
        self._kept: dict[str, Kept] = {}

    def begin(self, key: str, method: str, path: str, fields: dict[str, Any], now: int) -> Kept:
        """Return the record of a key: a fresh one, or the answered one of the same request."""
        self._prune(now)
        kept = self._kept.get(key)
        if kept is None:
            kept = Kept(method, path, fields, now)
            self._kept[key] = kept
            return kept
        if (kept.method, kept.path, kept.fields) != (method, path, fields):
            raise ApiFailure(
                400,
                "idempotency_error",
                f"Keys for idempotent requests can only be used with the same parameters they "
                f"were first used with. Try using a key other than '{key}'.",
            )
        if not kept.is_answered:
            raise ApiFailure(
                409,
                "idempotency_error",
                "There is currently another in-progress request using this Idempotent Key.",
                code="idempotency_key_in_use",
            )
        return kept

    def forget(self, key: str) -> None:
        """Drop a key whose request never began to act."""
        self._kept.pop(key, None)

    def _prune(self, now: int) -> None:
        # The oldest comes first.
        while self._kept:
            key, kept = next(iter(self._kept.items()))
            if now - kept.at < _KEPT_S:
                return
            del self._kept[key]
