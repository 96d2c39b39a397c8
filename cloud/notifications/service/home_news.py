"""What is told about refills of a home. Builds news; tells nobody by itself."""

from dataclasses import dataclass, replace
from datetime import datetime

from cloud.notifications.kinds import NotificationKind
from cloud.notifications.service.telling import News
from cloud.notifications.service.writing import Writer
from cloud.notifications.texts import Texts
from cloud.reorders.schemas import ReorderView

_LOW = NotificationKind.SMART_HOME_SCENT_LOW


@dataclass(frozen=True, slots=True)
class HomeNews:
    """News of one refill for one member."""

    reorder: ReorderView
    writer: Writer
    texts: Texts

    def proposed(self) -> News:
        """Somebody has to decide; who asked for it is named, when it was not its level."""
        asker = self.reorder.proposed_by
        if asker is not None:
            return self._news(
                "proposed", "SMART_HOME_SCENT_ASKED", self._offer() | {"asker": asker}
            )
        return self._news("proposed", _LOW.value, self._offer())

    def announced(self) -> News:
        """It will be ordered by itself unless somebody calls it off."""
        facts = {**self._offer(), "cancel_until": self.writer.moment(self.reorder.cancel_until)}
        news = self._news("announced", "SMART_HOME_SCENT_ANNOUNCED", facts)
        # The mail leads to the one button that calls it off, whoever reads it and wherever.
        return replace(news, link=self.reorder.undo_url or news.link)

    def held(self, reason: str) -> News:
        """What was announced will not be ordered."""
        facts = {**self._what(), "problem": self.texts.problem(reason, self.writer.language)}
        return self._news("held", "SMART_HOME_SCENT_HELD", facts)

    def frozen(self) -> News:
        """Its device left the home: somebody has to decide whether it still comes."""
        return self._news("frozen", "SMART_HOME_SCENT_FROZEN", self._what())

    def refilled(self, at: datetime) -> News:
        """It was delivered: is it in? Asked at a moment, and maybe again at a later one."""
        news = self._news(
            f"refilled:{at:%Y%m%d}", NotificationKind.SMART_HOME_REFILL_QUESTION, self._what()
        )
        return replace(news, kind=NotificationKind.SMART_HOME_REFILL_QUESTION)

    def _news(self, key: str, wording: str, facts: dict[str, str]) -> News:
        moment = self.reorder.shown_at
        shown = f":{moment:%Y%m%d%H%M}" if moment else ""
        return News(
            key=f"reorder:{self.reorder.id}:{key}{shown}",
            kind=_LOW,
            wording=wording,
            facts=facts,
            link=self.reorder.proposal_url,
            rows={"reason": self.texts.mail("test", self.writer.language)}
            if self.reorder.is_test
            else {},
        )

    def _what(self) -> dict[str, str]:
        reorder = self.reorder
        return {
            "room": reorder.room or reorder.diffuser_name,
            "product": reorder.product_name,
            "variant": reorder.variant_name,
        }

    def _offer(self) -> dict[str, str]:
        reorder = self.reorder
        return {
            **self._what(),
            "percent": f"{reorder.remaining_percent:.0f} %",
            "quantity": str(reorder.quantity),
            "total": self.writer.money(reorder.total_minor or 0, reorder.currency or "EUR"),
            "arrives_on": self.writer.day(reorder.arrives_on),
        }
