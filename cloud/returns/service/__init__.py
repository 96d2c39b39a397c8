"""What can be done with returns: ask, decide, receive, give the money back, look."""

from cloud.returns.service.asking import ask, get_returnable, withdraw
from cloud.returns.service.handling import approve, close, receive, refund, refuse
from cloud.returns.service.views import (
    count_returns,
    list_returns,
    list_returns_of,
    standing_of,
    view_return,
)

__all__ = [
    "approve",
    "ask",
    "close",
    "count_returns",
    "get_returnable",
    "list_returns",
    "list_returns_of",
    "receive",
    "refund",
    "refuse",
    "standing_of",
    "view_return",
    "withdraw",
]
