"""What is told about a cart that was left. Builds news; tells nobody by itself."""

from cloud.carts.events import CartLeft
from cloud.foundation.money import Money
from cloud.notifications.kinds import NotificationKind
from cloud.notifications.models import Notification
from cloud.notifications.service.telling import News
from cloud.notifications.service.writing import Writer

_KIND = NotificationKind.CART_LEFT


def cart_left(event: CartLeft, writer: Writer, link: str) -> News:
    """Return the one reminder of a cart, with what lies in it at today's prices."""
    bottles = [
        writer.bottles(line.quantity, line.product_name, line.variant_name) for line in event.lines
    ]
    worth = sum(line.price_minor * line.quantity for line in event.lines)
    total = Money(worth, event.lines[0].currency)
    return News(
        key=f"cart_left:{event.left_cart_id}",
        kind=_KIND,
        wording=_KIND.value,
        facts={
            "product": event.lines[0].product_name,
            "left_cart": str(event.left_cart_id),
        },
        link=link,
        rows={
            "items": ", ".join(bottles),
            "worth": writer.money(total.minor, total.currency),
        },
    )


def left_cart_of(notification: Notification) -> int | None:
    """Return which left cart a notification tells of; None for other news."""
    if notification.kind is not _KIND:
        return None
    return int(notification.facts["facts"]["left_cart"])
