"""News of reorders, emitted in the transaction that made it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ReorderProposed:
    """A person has to decide about a refill."""

    reorder_id: int
    household_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ReorderWindowOpened:
    """A refill will be ordered by itself unless somebody calls it off in time."""

    reorder_id: int
    household_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class ReorderCalledOff:
    """A refill that was announced will not come; `reason` says why."""

    reorder_id: int
    household_id: int
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ReorderFrozen:
    """The device of an open refill left the home: a person decides whether it still comes.

    `order_number` None: nothing was ordered yet, it is a question again.
    """

    reorder_id: int
    household_id: int
    order_number: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class RefillQuestionAsked:
    """A bottle was delivered: is it in? Asked again when the answer was `later`."""

    reorder_id: int
    household_id: int
    at: datetime
