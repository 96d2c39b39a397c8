"""Which slot of a device to spread from. Pure."""

from collections.abc import Iterable
from typing import NamedTuple


class Choice(NamedTuple):
    """What a slot offers: its scent's product, what should be left in microlitres.

    `is_dry`: somebody or something that knows said that it is empty.
    """

    slot_no: int
    sku: str | None
    remaining_ul: int
    is_dry: bool = False


def choose(slots: Iterable[Choice], sku: str | None, current: int | None) -> int | None:
    """Give the slot to spread from; None where no slot holds oil.

    The wished scent comes first, or any where none holds that; then the slot in use, so that
    nothing changes without need; then the one with the least left, so that bottles are used up
    one after the other. One that should be empty, and may not be, comes last.
    """
    holding = [one for one in slots if not one.is_dry]
    fitting = [one for one in holding if sku is not None and one.sku == sku] or holding
    if any(one.slot_no == current for one in fitting):
        return current
    best = min(fitting, key=_urgency, default=None)
    return best.slot_no if best else None


def _urgency(one: Choice) -> tuple[bool, int, int]:
    return one.remaining_ul <= 0, one.remaining_ul, one.slot_no
