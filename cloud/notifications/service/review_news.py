"""What is told about reviews: to who wrote one, and to who decides. Tells nobody by itself."""

from dataclasses import replace

from cloud.notifications.kinds import NotificationKind
from cloud.notifications.service.telling import News
from cloud.notifications.service.writing import Writer
from cloud.reviews.events import (
    ReviewAnswered,
    ReviewApproved,
    ReviewEvent,
    ReviewRejected,
    ReviewWritten,
)


def approved(event: ReviewApproved, link: str) -> News:
    """Return that others can read a review; told once a review."""
    return _news(event, "approved", link)


def rejected(event: ReviewRejected, link: str) -> News:
    """Return that a text is not shown, and why in the words of staff."""
    rows = {"reason": event.reason} if event.reason else {}
    news = _news(event, f"rejected:{event.edition}", link)
    return replace(news, wording="REVIEW_REJECTED", rows=rows)


def answered(event: ReviewAnswered, link: str) -> News:
    """Return that the shop answered."""
    return replace(_news(event, "answered", link), wording="REVIEW_ANSWERED")


def waiting(event: ReviewWritten, number: int, writer: Writer, link: str) -> News:
    """Return that so many reviews of an hour wait for staff: one line an hour, and no mail."""
    facts = {"reviews": writer.reviews(number), "product": event.product_name}
    kind = NotificationKind.ADMIN_ALERT
    key = f"reviews:{event.at:%Y-%m-%dT%H}"
    return News(key, kind, "REVIEWS_WAITING", facts, link, by_mail=False)


def _news(event: ReviewEvent, key: str, link: str) -> News:
    kind = NotificationKind.REVIEW_UPDATE
    facts = {"product": event.product_name}
    return News(f"review:{event.review_id}:{key}", kind, kind.value, facts, link)
