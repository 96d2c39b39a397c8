"""What notifications are about, and where their mails stand."""

from enum import StrEnum


class NotificationKind(StrEnum):
    """What a notification is about; texts are written for each."""

    ORDER_CONFIRMATION = "ORDER_CONFIRMATION"
    ORDER_PAYMENT_FAILED = "ORDER_PAYMENT_FAILED"
    ORDER_SHIPPED = "ORDER_SHIPPED"
    ORDER_DELIVERED = "ORDER_DELIVERED"
    ORDER_CANCELLED = "ORDER_CANCELLED"
    ORDER_REFUNDED = "ORDER_REFUNDED"
    SMART_HOME_SCENT_LOW = "SMART_HOME_SCENT_LOW"
    ADMIN_ALERT = "ADMIN_ALERT"


class MailStage(StrEnum):
    """Where a mail stands.

    CLAIMED: handed to the mail server this moment; one that stays so after a crash may or may
    not have gone out, and is not sent again by itself.
    """

    WAITING = "waiting"
    CLAIMED = "claimed"
    SENT = "sent"
    REFUSED = "refused"
