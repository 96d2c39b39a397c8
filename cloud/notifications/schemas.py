"""Notifications as pages and the API show them."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from cloud.notifications.kinds import NotificationKind


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


class NotificationPage(BaseModel):
    """One page of news, newest first; `next` goes into `after` for the following one."""

    notifications: list[NotificationView]
    unread: int = Field(description="How many are unread in all.")
    next: int | None


class UnreadCount(BaseModel):
    """How many notifications are unread."""

    unread: int
