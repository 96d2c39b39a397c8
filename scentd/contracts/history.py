"""The history chain: one hash over every line of a hub's log, in order.

Hub and cloud compute it from the same stored bytes; equal ends mean equal histories.
"""

from collections.abc import Iterable
from hashlib import blake2b

CHAIN_BYTES = 16

GENESIS = bytes(CHAIN_BYTES)
"""The chain before the first event of a lineage."""


def extend(chain: bytes, line: bytes) -> bytes:
    """Give the chain after one more line: BLAKE2b-128 of the chain so far and the line."""
    return blake2b(chain + line, digest_size=CHAIN_BYTES).digest()


def extend_all(chain: bytes, lines: Iterable[bytes]) -> bytes:
    """Give the chain after all the lines, in order."""
    for line in lines:
        chain = extend(chain, line)
    return chain
