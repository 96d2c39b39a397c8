"""What is told with a gift card. Builds news; tells nobody by itself."""

from cloud.foundation.locale import format_money
from cloud.foundation.money import Money
from cloud.gifts.events import GiftCardSent
from cloud.notifications.kinds import NotificationKind
from cloud.notifications.service.telling import News
from cloud.orders.links import OrderLinks


def gift_news(event: GiftCardSent, links: OrderLinks) -> News:
    """Return a bought card as news for whom it is for; only its mail shows the code."""
    amount = format_money(Money(event.amount_minor, event.currency), event.language)
    rows = {
        "gift_from": "" if event.is_for_self else event.sender_name,
        "gift_message": event.message,
        "gift_amount": amount,
    }
    wording = "GIFT_CARD"
    if event.is_for_self:
        wording = "GIFT_CARD_OWN"
    elif not event.sender_name:
        wording = "GIFT_CARD_NAMELESS"
    return News(
        key=f"gift:{event.gift_id}:{event.sending}",
        kind=NotificationKind.GIFT_CARD,
        wording=wording,
        facts={
            "amount": amount,
            "recipient": event.recipient_name,
            "sender": event.sender_name,
            "number": event.order_number,
        },
        link=links.shop(),
        rows={label: text for label, text in rows.items() if text},
        sealed={"gift_code": event.sealed_code},
    )
