"""Notifications as pages and the API show them."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, computed_field

from cloud.notifications.kinds import Channel, MailStage, NotificationKind
from cloud.notifications.topics import Category, Topic, category_of


class NotificationView(BaseModel):
    """One piece of news."""

    model_config = ConfigDict(frozen=True)

    id: int
    kind: NotificationKind
    title: str
    message: str
    link: str | None
    told_at: datetime
    read_at: datetime | None

    @computed_field  # type: ignore[prop-decorator] # pydantic's own way
    @property
    def category(self) -> Category:
        """The heading that its kind stands under."""
        return category_of(self.kind)


class NotificationPage(BaseModel):
    """One page of news, newest first; `next` goes into `after` for the following one."""

    notifications: list[NotificationView]
    unread: int = Field(description="How many are unread in all.")
    next: int | None


class UnreadCount(BaseModel):
    """How many notifications are unread."""

    unread: int


class OrderMail(BaseModel):
    """A mail about an order, as staff see it."""

    model_config = ConfigDict(frozen=True)

    id: int
    title: str
    email: str
    told_at: datetime
    stage: MailStage
    sent_at: datetime | None


class PreferenceView(BaseModel):
    """Where somebody hears of a topic, and what of it they may change."""

    model_config = ConfigDict(frozen=True)

    topic: Topic
    category: Category
    app: bool
    mail: bool
    may_choose_app: bool
    may_choose_mail: bool


class Preferences(BaseModel):
    """What a member hears of, a line a topic."""

    preferences: list[PreferenceView]


class PreferenceChange(BaseModel):
    """One answer: whether a topic is heard of at a place."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    topic: Topic
    channel: Channel
    is_wanted: bool


class PreferenceChanges(BaseModel):
    """Some answers; topics that are not named stay as they are."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    changes: list[PreferenceChange] = Field(min_length=1, max_length=100)
