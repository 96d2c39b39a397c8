"""Slow down guessing: after too many failures an address waits."""

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from scentd.api.errors import TooManyTries

PEERS_REMEMBERED = 1_000
"""Bounds the memory; the address that failed longest ago is forgotten first."""


@dataclass(frozen=True, slots=True)
class _Failures:
    moments: tuple[float, ...] = ()
    locked_until: float = 0.0


class BackOff:
    """Count failures by address: `limit` within `window_s` seconds lock it for `lock_s`."""

    def __init__(
        self, monotonic: Callable[[], float], *, limit: int, window_s: float, lock_s: float
    ) -> None:
        self._monotonic = monotonic
        self._limit = limit
        self._window_s = window_s
        self._lock_s = lock_s
        self._by_peer: OrderedDict[str, _Failures] = OrderedDict()

    def check(self, peer: str) -> None:
        """Raise TooManyTries while the address is locked."""
        left_s = self._by_peer.get(peer, _Failures()).locked_until - self._monotonic()
        if left_s > 0:
            raise TooManyTries(math.ceil(left_s))

    def failed(self, peer: str) -> None:
        """Count a failure."""
        now = self._monotonic()
        known = self._by_peer.pop(peer, _Failures())
        recent = tuple(at for at in known.moments if now - at < self._window_s)
        moments = (*recent, now)
        locked = len(moments) >= self._limit
        until = now + self._lock_s if locked else known.locked_until
        self._by_peer[peer] = _Failures(() if locked else moments, until)
        while len(self._by_peer) > PEERS_REMEMBERED:
            self._by_peer.popitem(last=False)

    def succeeded(self, peer: str) -> None:
        """Forget the failures of an address."""
        self._by_peer.pop(peer, None)
