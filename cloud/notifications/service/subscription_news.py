"""What is told about subscriptions. Builds news; tells nobody by itself."""

from dataclasses import dataclass, replace
from datetime import date

from cloud.notifications.kinds import NotificationKind
from cloud.notifications.service.telling import News
from cloud.notifications.service.writing import Writer
from cloud.notifications.texts import Texts
from cloud.subscriptions.events import (
    Change,
    SubscriptionCancelled,
    SubscriptionChanged,
    SubscriptionCreated,
    SubscriptionDue,
    SubscriptionEvent,
    SubscriptionPaid,
    SubscriptionPaymentFailed,
)

_K = NotificationKind


@dataclass(frozen=True, slots=True)
class SubscriptionNews:
    """News of subscriptions for one reader; `link` leads to theirs."""

    writer: Writer
    texts: Texts
    link: str

    def created(self, event: SubscriptionCreated) -> News:
        """Somebody subscribed."""
        facts = {
            "total": self.writer.money(event.total_minor, event.currency),
            "next_on": self.writer.day(event.next_billing_on),
        }
        return self._news(event, _K.SUBSCRIPTION_CREATED, "created", facts)

    def due(self, event: SubscriptionDue) -> News:
        """A charge is ahead; told again when its amount becomes another one."""
        facts = {
            "total": self.writer.money(event.total_minor, event.currency),
            "due_on": self.writer.day(event.billing_on),
        }
        key = f"due:{event.billing_on.isoformat()}:{event.total_minor}"
        if event.previous_total_minor is None:
            return self._news(event, _K.SUBSCRIPTION_REMINDER, key, facts)
        before = self.writer.money(event.previous_total_minor, event.currency)
        news = self._news(event, _K.SUBSCRIPTION_REMINDER, key, facts | {"before": before})
        return replace(news, wording="SUBSCRIPTION_REMINDER_PRICE")

    def paid(self, event: SubscriptionPaid) -> News:
        """A parcel was paid: for the list alone, for its order's confirmation is the mail."""
        facts = {
            "total": self.writer.money(event.total_minor, event.currency),
            "number": event.order_number,
        }
        news = self._news(
            event, _K.SUBSCRIPTION_PAYMENT_SUCCESS, f"paid:{event.order_number}", facts
        )
        return replace(news, rows=self._ahead(event.next_billing_on), by_mail=False)

    def payment_failed(self, event: SubscriptionPaymentFailed) -> News:
        """A card was refused, or there is none."""
        language = self.writer.language
        code = "authentication_required" if event.needs_customer else event.code
        facts = {
            "total": self.writer.money(event.total_minor, event.currency),
            "problem": self.texts.problem(code, language, otherwise="not_charged"),
            "pay_until": self.writer.moment(event.pay_until),
        }
        wording = "SUBSCRIPTION_PAYMENT_LAST"
        if event.is_final:
            wording = "SUBSCRIPTION_PAYMENT_FINAL"
        elif event.next_try_at is not None:
            wording = _K.SUBSCRIPTION_PAYMENT_FAILED.value
            facts["retry_on"] = self.writer.moment(event.next_try_at)
        key = f"unpaid:{event.order_number}:{event.at.isoformat()}"
        news = self._news(event, _K.SUBSCRIPTION_PAYMENT_FAILED, key, facts)
        return replace(news, wording=wording)

    def cancelled(self, event: SubscriptionCancelled) -> News:
        """Nothing comes any more."""
        return self._news(event, _K.SUBSCRIPTION_CANCELLED, "cancelled", {})

    def changed(self, event: SubscriptionChanged) -> News:
        """Something changed; what is planned now stands below."""
        total = self.writer.money(event.total_minor, event.currency)
        facts = {
            "total": total,
            "problem": self.texts.problem(event.reason, self.writer.language),
        }
        key = f"{event.change.value}:{event.at.isoformat()}"
        news = self._news(event, _K.SUBSCRIPTION_UPDATED, key, facts)
        is_edit = event.change is Change.EDITED
        wording = "UPDATED" if is_edit else event.change.value.upper()
        ahead = self._ahead(event.next_billing_on)
        rows = ahead | {"each_time": total} if ahead else {}
        return replace(news, wording=f"SUBSCRIPTION_{wording}", rows=rows)

    def _ahead(self, day: date | None) -> dict[str, str]:
        return {} if day is None else {"next_on": self.writer.day(day)}

    def _news(
        self, event: SubscriptionEvent, kind: NotificationKind, key: str, facts: dict[str, str]
    ) -> News:
        what = self.writer.bottles(event.quantity, event.product_name, event.variant_name)
        return News(
            key=f"subscription:{event.subscription_id}:{key}",
            kind=kind,
            wording=kind.value,
            facts={"what": what, **facts},
            link=self.link,
        )
