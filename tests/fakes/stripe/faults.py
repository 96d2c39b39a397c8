"""Faults to order: the next matching requests fail before or after their effect."""

from dataclasses import dataclass, field
from typing import Literal, get_args

Kind = Literal[
    "conflict",
    "rate_limit",
    "error",
    "error_after",
    "reset",
    "reset_after",
    "hang",
    "hang_after",
]
KINDS: tuple[str, ...] = get_args(Kind)


@dataclass
class Fault:
    """One kind of failure for the next `times` requests whose method and path match.

    conflict, rate_limit, error: 409, 429, 500 before anything happened.
    error_after: 500 although the effect took place.
    reset, reset_after: the connection breaks before or after the effect.
    hang: nothing happens for `hold_s` seconds; the effect and the answer come then.
    hang_after: the effect takes place and the answer comes `hold_s` seconds late.
    """

    kind: Kind
    method: str = "POST"
    path: str = "/v1/"
    times: int = 1
    hold_s: float = 30.0

    def matches(self, method: str, path: str) -> bool:
        """Tell whether this request shall fail."""
        return self.times > 0 and method == self.method and path.startswith(self.path)


@dataclass
class Faults:
    """The faults still to happen, oldest first."""

    pending: list[Fault] = field(default_factory=list)

    def order(self, fault: Fault) -> None:
        """Ask for a fault."""
        self.pending.append(fault)

    def take(self, method: str, path: str) -> Fault | None:
        """Return the fault for this request and count it as happened."""
        for fault in self.pending:
            if fault.matches(method, path):
                fault.times -= 1
                return fault
        return None

    def clear(self) -> None:
        """Forget what has not happened."""
        self.pending.clear()
