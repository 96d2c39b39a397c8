"""A hub's end of the conversation, spoken by hand: for tests of the cloud alone.

It keeps its log in memory and lets a test say anything, right or wrong. The hub's own code is
driven by the tests of scentd and of the whole system.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from scentd.contracts.history import GENESIS, extend_all
from scentd.contracts.moments import unix_ms

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@dataclass
class SpokenHub:
    """A log under construction. `sent_at` is what its clock says when it sends."""

    lineage: str = "0f" * 16
    lines: list[bytes] = field(default_factory=list)
    sent_at: datetime = START
    boot: str = "boot-1"
    mono_ms: int = 1_000_000
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    @property
    def public_key(self) -> bytes:
        return self.key.public_key().public_bytes_raw()

    def says(self, kind: str, body: dict[str, Any], **head: Any) -> int:
        """Add an event and return its number."""
        line = {
            "kind": kind,
            "v": 1,
            "class": "critical",
            "at_ms": unix_ms(self.sent_at),
            "mono_ms": self.mono_ms,
            "boot": self.boot,
            "clock_ok": True,
            **head,
            "body": body,
        }
        return self.says_raw(json.dumps(line, default=str).encode())

    def says_raw(self, line: bytes) -> int:
        self.lines.append(line)
        return len(self.lines)

    def chain_at(self, number: int) -> bytes:
        return extend_all(GENESIS, self.lines[:number])

    def batch(self, first: int, last: int | None = None, **header: Any) -> bytes:
        """Return the body of a request with the events first..last (None: all there are)."""
        head = {
            "first": first,
            "prev_chain": self.chain_at(first - 1).hex(),
            "boot": self.boot,
            "mono_ms": self.mono_ms,
            "at_ms": unix_ms(self.sent_at),
            "clock_ok": True,
            **header,
        }
        lines = self.lines[first - 1 : last]
        return b"\n".join([json.dumps(head).encode(), *lines]) + b"\n"


def level(
    remaining_ul: int = 20_000, *, at: datetime = START, capacity_ul: int = 30_000
) -> dict[str, Any]:
    return {
        "remaining_ul": remaining_ul,
        "capacity_ul": capacity_ul,
        "error_ul": 500,
        "quality": "hub_estimate",
        "at": at.isoformat(),
    }


def cartridge(
    install_id: str = "install-1",
    cycle: int = 1,
    *,
    remaining_ul: int = 20_000,
    at: datetime = START,
    diffuser_id: str = "d1",
    runs_out_at: datetime | None = None,
    sku: str | None = "EUCMNT-30",
) -> dict[str, Any]:
    """The body of `cartridge.fitted` and `cartridge.level`."""
    return {
        "slot": {
            "diffuser_id": diffuser_id,
            "slot_no": 1,
            "diffuser_name": "Bathroom",
            "room": "Bathroom",
        },
        "install_id": install_id,
        "cycle": cycle,
        "sku": sku,
        "level": level(remaining_ul, at=at),
        "run_out": {"p50": runs_out_at.isoformat() if runs_out_at else None},
    }


def running_low(install_id: str = "install-1", cycle: int = 1, **facts: Any) -> dict[str, Any]:
    body = cartridge(install_id, cycle, **{"remaining_ul": 3_000, **facts})
    return {
        **body,
        "observations": [level(3_100), level(3_000)],
        "threshold_percent": 15,
        "reason": "level",
    }


def edit(
    field_name: str,
    value: Any,
    *,
    kind: str = "rule",
    key: str = "r1",
    at: datetime = START,
    node: str = "node-a",
) -> dict[str, Any]:
    return {
        "kind": kind,
        "key": key,
        "field": field_name,
        "value": value,
        "stamp": unix_ms(at) << 16,
        "node": node,
    }
