"""What is told with an order that staff prepared. Builds news; tells nobody by itself."""

from cloud.drafts.events import DraftSent
from cloud.notifications.kinds import NotificationKind
from cloud.notifications.service.telling import News
from cloud.notifications.service.writing import Writer
from cloud.orders.links import OrderLinks


def draft_news(event: DraftSent, links: OrderLinks, zone: str) -> News:
    """Return a prepared order as news for whom it is for; each sending is told once."""
    write = Writer(event.language, zone)
    total = write.money(event.total_minor, event.currency)
    bottles = ", ".join(write.bottles(*line) for line in event.bottles)
    return News(
        key=f"draft:{event.number}:{event.version}",
        kind=NotificationKind.ORDER_STATUS_UPDATE,
        wording="ORDER_PREPARED",
        facts={
            "number": event.number,
            "total": total,
            "pay_until": write.moment(event.expires_at),
        },
        link=links.offer(event.number),
        rows={"items": bottles, "total": total},
    )
