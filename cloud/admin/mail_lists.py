"""The list of mails as staff see it."""

from sqlalchemy import func, literal, select

from cloud.admin.listing import Choice, Column, Condition, Listing
from cloud.foundation.words import N_
from cloud.notifications.kinds import MailStage
from cloud.notifications.models import Notification, OutgoingMail

STAGES = {
    MailStage.WAITING: N_("Waiting"),
    MailStage.CLAIMED: N_("Left half-way"),
    MailStage.SENT: N_("Sent"),
    MailStage.REFUSED: N_("Refused"),
    MailStage.UNWANTED: N_("No longer wanted"),
}


def _stands_at(stage: MailStage) -> Condition:
    return lambda _now: OutgoingMail.stage == stage


MAILS = Listing(
    "mails",
    select(
        Notification.id,
        Notification.title,
        Notification.email,
        OutgoingMail.stage,
        OutgoingMail.attempts,
        func.coalesce(OutgoingMail.problem, literal("")).label("problem"),
        Notification.told_at,
    ).join(OutgoingMail, OutgoingMail.notification_id == Notification.id),
    Notification.id,
    (
        Column("title", N_("Mail")),
        Column("email", N_("To")),
        Column("stage", N_("Stage")),
        Column("attempts", N_("Tries"), is_number=True),
        Column("problem", N_("What the mail server said")),
        Column("told_at", N_("Since")),
        Column("id", N_("Number"), Notification.id, is_number=True),
    ),
    "-id",
    searched=(Notification.email, Notification.title),
    choices=(
        Choice(
            "stage",
            N_("Stage"),
            {stage.value: (words, _stands_at(stage)) for stage, words in STAGES.items()},
        ),
    ),
)
