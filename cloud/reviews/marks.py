"""Where a page of reviews ended, as an opaque word for addresses."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime

from cloud.reviews.errors import ReviewMarkInvalid
from cloud.reviews.states import ReviewOrder

_MOST = 2**63


@dataclass(frozen=True, slots=True)
class ReviewMark:
    """The order, and the last row's key in it with its id."""

    order: ReviewOrder
    key: int | datetime
    id: int

    def written(self) -> str:
        """Return the mark in letters that need no escaping."""
        key = self.key.isoformat() if isinstance(self.key, datetime) else self.key
        plain = json.dumps([self.order, key, self.id], separators=(",", ":"))
        return base64.urlsafe_b64encode(plain.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, written: str, order: ReviewOrder) -> "ReviewMark":
        """Return a mark that `written` made for an order; raises ReviewMarkInvalid for others."""
        try:
            padded = written + "=" * (-len(written) % 4)
            kept, key, row = json.loads(base64.b64decode(padded, b"-_", validate=True))
            mark = cls(ReviewOrder(kept), _key(key, order), _whole(row))
        except (ValueError, TypeError, RecursionError) as error:
            raise ReviewMarkInvalid from error
        if mark.order is not order:
            raise ReviewMarkInvalid
        return mark


def _key(key: object, order: ReviewOrder) -> int | datetime:
    if order is not ReviewOrder.NEWEST:
        return _whole(key)
    moment = datetime.fromisoformat(str(key))
    if moment.tzinfo is None:
        raise ValueError("a moment without its zone")
    return moment


def _whole(number: object) -> int:
    if isinstance(number, bool) or not isinstance(number, int) or not -_MOST <= number < _MOST:
        raise ValueError("no number of a row")
    return number
