"""Who is told what at the news of accounts, subscriptions, points and reviews."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts.events import (
    AccountReclaimed,
    EmailVerified,
    PasswordResetAsked,
    ProfileUpdated,
    UserSignedUp,
)
from cloud.foundation.events import Handler
from cloud.foundation.locale import best_language
from cloud.loyalty.events import PointsEarned, PointsExpireSoon, RewardRedeemed, TierReached
from cloud.notifications import preference_rows, repository
from cloud.notifications.service import account_news, review_news
from cloud.notifications.service.desk import NewsDesk
from cloud.notifications.service.loyalty_news import LoyaltyNews
from cloud.notifications.service.telling import Recipient
from cloud.notifications.service.writing import Writer
from cloud.reviews.events import ReviewAnswered, ReviewApproved, ReviewRejected
from cloud.site.service import read_site


@dataclass(frozen=True, slots=True)
class MemberHerald:
    """Turns the news of members into notifications."""

    desk: NewsDesk

    def handlers(self) -> Mapping[type, Handler]:
        """Return what is told at which event."""
        return {
            UserSignedUp: self._on_signed_up,
            EmailVerified: self._on_verified,
            AccountReclaimed: self._on_reclaimed,
            PasswordResetAsked: self._on_password_asked,
            ProfileUpdated: self._on_profile_updated,
            PointsEarned: self._on_points,
            TierReached: self._on_tier,
            RewardRedeemed: self._on_reward,
            PointsExpireSoon: self._on_expiring,
            ReviewApproved: self._on_review_approved,
            ReviewRejected: self._on_review_rejected,
            ReviewAnswered: self._on_review_answered,
        }

    async def _on_signed_up(self, session: AsyncSession, event: UserSignedUp) -> None:
        link = self.desk.pages.page("/account/profile")
        news = account_news.confirm_address(event.user_id, event.email, link)
        await self.desk.tell_member(session, event.user_id, event.at, lambda _: news)

    async def _on_verified(self, session: AsyncSession, event: EmailVerified) -> None:
        await repository.mark_key_read(session, f"account:{event.user_id}:verify:", event.at)
        shop = (await read_site(session)).name
        news = account_news.welcome(event.user_id, shop, self.desk.pages.page("/account"))
        await self.desk.tell_member(session, event.user_id, event.at, lambda _: news)

    async def _on_reclaimed(self, session: AsyncSession, event: AccountReclaimed) -> None:
        # What the one of before asked for was never this person's wish.
        await preference_rows.drop_of(session, event.user_id)

    async def _on_password_asked(self, session: AsyncSession, event: PasswordResetAsked) -> None:
        news = account_news.password_asked(event, self.desk.links.account_security())
        await self.desk.tell_member(session, event.user_id, event.at, lambda _: news)

    async def _on_profile_updated(self, session: AsyncSession, event: ProfileUpdated) -> None:
        # To the address of before the change, which its owner can still read.
        site = await read_site(session)
        language = best_language(event.language, site.languages)
        news = account_news.account_changed(event, self.desk.links.account_security())
        recipient = Recipient(event.user_id, event.email, language)
        await self.desk.teller.tell(session, news, recipient, event.at)

    async def _on_points(self, session: AsyncSession, event: PointsEarned) -> None:
        await self.desk.tell_member(
            session, event.user_id, event.at, lambda writer: self._points(writer).earned(event)
        )

    async def _on_tier(self, session: AsyncSession, event: TierReached) -> None:
        await self.desk.tell_member(
            session,
            event.user_id,
            event.at,
            lambda writer: self._points(writer).tier_reached(event),
        )

    async def _on_reward(self, session: AsyncSession, event: RewardRedeemed) -> None:
        await self.desk.tell_member(
            session, event.user_id, event.at, lambda writer: self._points(writer).redeemed(event)
        )

    async def _on_expiring(self, session: AsyncSession, event: PointsExpireSoon) -> None:
        await self.desk.tell_member(
            session, event.user_id, event.at, lambda writer: self._points(writer).expiring(event)
        )

    async def _on_review_approved(self, session: AsyncSession, event: ReviewApproved) -> None:
        news = review_news.approved(event, self._product(event.product_slug))
        await self.desk.tell_member(session, event.user_id, event.at, lambda _: news)

    async def _on_review_rejected(self, session: AsyncSession, event: ReviewRejected) -> None:
        news = review_news.rejected(event, self._product(event.product_slug))
        await self.desk.tell_member(session, event.user_id, event.at, lambda _: news)

    async def _on_review_answered(self, session: AsyncSession, event: ReviewAnswered) -> None:
        news = review_news.answered(event, self._product(event.product_slug))
        await self.desk.tell_member(session, event.user_id, event.at, lambda _: news)

    def _points(self, writer: Writer) -> LoyaltyNews:
        return LoyaltyNews(writer, self.desk.texts, self.desk.pages.page("/account/points"))

    def _product(self, slug: str) -> str:
        return self.desk.pages.page(f"/products/{slug}")
