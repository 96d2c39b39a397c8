"""What can be done with notifications: tell, list, mark read, mail."""

from cloud.notifications.service.mail_room import MailRoom, write_mail
from cloud.notifications.service.mailing import (
    MailNotFound,
    find_stuck,
    resend_mail,
    send_mail,
)
from cloud.notifications.service.reading import (
    count_unread,
    list_notifications,
    list_order_mails,
    mark_all_read,
    mark_read,
    open_notice,
)
from cloud.notifications.service.telling import CONFIRM, News, Recipient, Teller
from cloud.notifications.service.wanting import choose, hears, leave, list_preferences, wants_mail

__all__ = [
    "CONFIRM",
    "MailNotFound",
    "MailRoom",
    "News",
    "Recipient",
    "Teller",
    "choose",
    "count_unread",
    "find_stuck",
    "hears",
    "leave",
    "list_notifications",
    "list_order_mails",
    "list_preferences",
    "mark_all_read",
    "mark_read",
    "open_notice",
    "resend_mail",
    "send_mail",
    "wants_mail",
    "write_mail",
]
