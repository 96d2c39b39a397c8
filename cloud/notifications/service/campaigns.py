"""Campaigns: what staff tell many people, each once, in batches.

A batch is one transaction: it tells some accounts, moves the cursor behind them and defers the
next. Killed in the middle it is as if it never ran; run twice, its accounts were told by their
key. Words are fixed once the first batch may have gone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation import audit
from cloud.foundation.clock import Clock
from cloud.foundation.identity import SignedIn
from cloud.foundation.jobs import defer
from cloud.foundation.versions import check_version
from cloud.notifications import campaign_rows
from cloud.notifications.campaign_errors import (
    CampaignNotFound,
    CampaignUnderWay,
    LinkElsewhere,
    WordsMissing,
)
from cloud.notifications.campaign_kinds import Audience, CampaignStage
from cloud.notifications.kinds import NotificationKind
from cloud.notifications.models import Campaign
from cloud.notifications.service.desk import NewsDesk
from cloud.notifications.service.telling import News
from cloud.notifications.service.writing import Writer
from cloud.notifications.texts import FALLBACK

TELL_BATCH = "notifications.tell_campaign"
BATCH = 100
PARTS = ("title", "message", "button")
_PREHEADER = 110
_TABLE = "campaigns"
_ENDED = (CampaignStage.SENT, CampaignStage.STOPPED)


@dataclass(frozen=True, slots=True)
class CampaignWish:
    """What staff want to tell. `words` by language, each with PARTS; `link` is a path of ours."""

    kind: NotificationKind
    audience: Audience
    link: str
    words: Mapping[str, Mapping[str, str]]

    def checked(self, languages: tuple[str, ...]) -> "CampaignWish":
        """Return the same, or raise WordsMissing for a language or LinkElsewhere."""
        if not self.link.startswith("/") or self.link.startswith("//"):
            raise LinkElsewhere
        for language in languages:
            for part in PARTS:
                if not self.words.get(language, {}).get(part, "").strip():
                    raise WordsMissing(f"{part}_{language}")
        return self


@dataclass(frozen=True, slots=True)
class Campaigns:
    """Makes, changes, schedules, stops and tells campaigns."""

    desk: NewsDesk
    clock: Clock

    async def make(self, session: AsyncSession, staff: SignedIn, wish: CampaignWish) -> Campaign:
        """Store a draft."""
        campaign = Campaign(
            kind=wish.kind,
            audience=wish.audience,
            link=wish.link,
            words={language: dict(said) for language, said in wish.words.items()},
            stage=CampaignStage.DRAFT,
            author_user_id=staff.user_id,
        )
        session.add(campaign)
        await session.flush()
        await audit.note(session, staff, "make", _TABLE, campaign.id, after=_seen(campaign))
        return campaign

    async def change(
        self,
        session: AsyncSession,
        staff: SignedIn,
        campaign_id: int,
        wish: CampaignWish,
        version: int,
    ) -> None:
        """Change a draft; CampaignUnderWay, ChangedMeanwhile."""
        campaign = await self._draft(session, campaign_id)
        before = _seen(campaign)
        check_version(campaign.version, version, before)
        campaign.kind, campaign.audience, campaign.link = wish.kind, wish.audience, wish.link
        campaign.words = {language: dict(said) for language, said in wish.words.items()}
        campaign.version += 1
        await session.flush()
        await audit.note(
            session, staff, "change", _TABLE, campaign_id, before=before, after=_seen(campaign)
        )

    async def schedule(
        self, session: AsyncSession, staff: SignedIn, campaign_id: int, send_at: datetime
    ) -> None:
        """Have a draft told at a moment; one that has passed means now."""
        campaign = await self._draft(session, campaign_id)
        campaign.stage, campaign.send_at = CampaignStage.SCHEDULED, send_at
        await session.flush()
        await audit.note(
            session, staff, "schedule", _TABLE, campaign_id, after={"send_at": send_at.isoformat()}
        )
        if send_at <= self.clock.now():
            await self._begin(session, campaign, self.clock.now())

    async def stop(self, session: AsyncSession, staff: SignedIn, campaign_id: int) -> None:
        """Tell nobody else; one that waits for its time becomes a draft again."""
        campaign = await self.get(session, campaign_id)
        if campaign.stage is CampaignStage.SCHEDULED:
            campaign.stage, campaign.send_at = CampaignStage.DRAFT, None
        elif campaign.stage is CampaignStage.SENDING:
            campaign.stage, campaign.ended_at = CampaignStage.STOPPED, self.clock.now()
        await session.flush()
        after = {"stage": campaign.stage.value, "told": campaign.told}
        await audit.note(session, staff, "stop", _TABLE, campaign_id, after=after)

    async def get(self, session: AsyncSession, campaign_id: int) -> Campaign:
        """Return a campaign, locked; CampaignNotFound."""
        campaign = await campaign_rows.lock(session, campaign_id)
        if campaign is None:
            raise CampaignNotFound
        return campaign

    async def try_out(
        self, session: AsyncSession, staff: SignedIn, campaign_id: int, languages: tuple[str, ...]
    ) -> None:
        """Mail a campaign to whoever asks, once in every language, whatever they hear of."""
        campaign = await self.get(session, campaign_id)
        now = self.clock.now()
        for language in languages:
            news = self._news(campaign, language, f"test:{now.isoformat()}:{language}")
            await self.desk.tell_address(session, staff.email, language, now, partial(_same, news))

    async def begin_due(self, session: AsyncSession, now: datetime) -> None:
        """Begin campaigns whose time has come."""
        for campaign in await campaign_rows.lock_due(session, now):
            await self._begin(session, campaign, now)

    async def tell_batch(self, session: AsyncSession, campaign_id: int) -> None:
        """Tell the next accounts of a campaign; one that was stopped tells nobody."""
        campaign = await campaign_rows.lock(session, campaign_id)
        if campaign is None or campaign.stage is not CampaignStage.SENDING:
            return
        now = self.clock.now()
        began = campaign.began_at or now
        found = await campaign_rows.next_members(
            session, campaign.audience, campaign.cursor, BATCH, began
        )
        for user_id in found:
            campaign.told += await self.desk.tell_member(
                session,
                user_id,
                now,
                lambda writer: self._news(campaign, writer.language, str(campaign.id)),
            )
            campaign.cursor = user_id
        if len(found) < BATCH:
            campaign.stage, campaign.ended_at = CampaignStage.SENT, now
        await session.flush()
        if campaign.stage not in _ENDED:
            await defer(session, TELL_BATCH, campaign_id=campaign_id)

    async def _draft(self, session: AsyncSession, campaign_id: int) -> Campaign:
        campaign = await self.get(session, campaign_id)
        if campaign.stage is not CampaignStage.DRAFT:
            raise CampaignUnderWay
        return campaign

    async def _begin(self, session: AsyncSession, campaign: Campaign, now: datetime) -> None:
        campaign.stage, campaign.began_at = CampaignStage.SENDING, now
        campaign.counted = await campaign_rows.count_audience(session, campaign.audience, now)
        await session.flush()
        await defer(session, TELL_BATCH, campaign_id=campaign.id)

    def _news(self, campaign: Campaign, language: str, key: str) -> News:
        said = campaign.words.get(language) or campaign.words.get(FALLBACK)
        said = said or next(iter(campaign.words.values()))
        facts = {part: said[part] for part in PARTS}
        gist = " ".join(said["message"].split())
        return News(
            key=f"campaign:{key}",
            kind=campaign.kind,
            wording=campaign.kind.value,
            facts=facts | {"preheader": gist[:_PREHEADER]},
            link=self.desk.pages.page(campaign.link),
        )


def _same(news: News, _writer: Writer) -> News:
    return news


def _seen(campaign: Campaign) -> dict[str, object]:
    return {
        "kind": campaign.kind.value,
        "audience": campaign.audience.value,
        "link": campaign.link,
        "words": campaign.words,
    }
