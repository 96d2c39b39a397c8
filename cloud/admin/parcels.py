"""What a parcel's form says, read once."""

from collections.abc import Mapping

from pydantic import ValidationError

from cloud.foundation.errors import Invalid
from cloud.orders.schemas import NewShipment, OrderView


class ParcelUnreadable(Invalid):
    """The form of a parcel is empty, or a field of it is not right."""

    code = "parcel_unreadable"

    def __init__(self, message: str, hint: str, field: str) -> None:
        super().__init__(message, hint=hint, field=field)


def read_parcel(form: Mapping[str, object], order: OrderView) -> NewShipment:
    """Return the parcel that a form describes; a form without lines packs all that is left.

    ParcelUnreadable for numbers that are none, for an empty parcel, and for texts too long.
    """
    asked = {
        item.id: str(form[f"line-{item.id}"]).strip()
        for item in order.items
        if f"line-{item.id}" in form
    }
    packed = {line: count for line, text in asked.items() if (count := _count(text, line))}
    if asked and not packed:
        raise ParcelUnreadable(
            "Nothing is in this parcel.", "Write how many of which line it holds.", "parcel"
        )
    try:
        return NewShipment(
            carrier=str(form.get("carrier", "")),
            tracking=str(form.get("tracking", "")),
            item_quantities=packed or None,
        )
    except ValidationError as error:
        field = str(error.errors()[0]["loc"][-1])
        raise ParcelUnreadable(
            f"The {field} is missing or too long.", "Look at the marked field.", field
        ) from error


def _count(text: str, line: int) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ParcelUnreadable(
            f"“{text}” is no number of bottles.", "Write a whole number.", f"line-{line}"
        )
    return int(text)
