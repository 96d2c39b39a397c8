"""What can be done with notifications: tell, list, mark read, mail."""

from cloud.notifications.service.mailing import MailRoom, find_stuck, resend_mail, send_mail
from cloud.notifications.service.reading import (
    count_unread,
    list_notifications,
    mark_all_read,
    mark_read,
)
from cloud.notifications.service.telling import News, Recipient, Teller

__all__ = [
    "MailRoom",
    "News",
    "Recipient",
    "Teller",
    "count_unread",
    "find_stuck",
    "list_notifications",
    "mark_all_read",
    "mark_read",
    "resend_mail",
    "send_mail",
]
