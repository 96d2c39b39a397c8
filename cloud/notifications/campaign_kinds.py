"""Whom staff tell something, and where the telling stands."""

from enum import StrEnum

from cloud.notifications.kinds import NotificationKind

TOLD_BY_STAFF = (
    NotificationKind.PROMOTIONAL_OFFER,
    NotificationKind.SURVEY_INVITATION,
    NotificationKind.SYSTEM_ANNOUNCEMENT,
)


class Audience(StrEnum):
    """Whom a campaign is for; of these, those who want to hear of its topic.

    BUYERS paid for something within a year, HOMES have a hub, NEWCOMERS never ordered.
    """

    EVERYBODY = "everybody"
    BUYERS = "buyers"
    HOMES = "homes"
    NEWCOMERS = "newcomers"


class CampaignStage(StrEnum):
    """Where a campaign stands; SENT and STOPPED are ends."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    SENT = "sent"
    STOPPED = "stopped"
