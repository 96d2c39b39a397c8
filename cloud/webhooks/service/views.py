"""Webhooks and their log as the API shows them."""

from cloud.webhooks.models import WebhookEndpoint, WebhookTry
from cloud.webhooks.repository import Logged
from cloud.webhooks.schemas import DeliveryView, EndpointView, TryView


def endpoint_view(endpoint: WebhookEndpoint, secret: str | None = None) -> EndpointView:
    """Return an endpoint, with its secret when that was just made."""
    return EndpointView(
        id=endpoint.id,
        url=endpoint.url,
        description=endpoint.description,
        kinds=sorted(endpoint.kinds),
        is_active=endpoint.is_active,
        stopped_because=endpoint.stopped_because,
        version=endpoint.version,
        secret=secret,
    )


def try_view(one: WebhookTry) -> TryView:
    """Return one attempt."""
    return TryView(
        at=one.at,
        took_ms=one.took_ms,
        status=one.status,
        problem=one.problem,
        answer=one.answer,
    )


def delivery_view(logged: Logged) -> DeliveryView:
    """Return a line of the log."""
    delivery, news = logged.delivery, logged.news
    return DeliveryView(
        id=delivery.id,
        reference=news.reference,
        kind=news.kind,
        at=news.at,
        state=delivery.state,
        tries=delivery.tries,
        next_try_at=delivery.next_try_at,
        last_status=logged.last_status,
        last_problem=logged.last_problem,
    )
