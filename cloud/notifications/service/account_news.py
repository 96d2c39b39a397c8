"""What is told about a person's own account. Builds news; tells nobody by itself."""

from cloud.accounts.events import PasswordResetAsked, ProfileUpdated
from cloud.notifications.kinds import NotificationKind
from cloud.notifications.service.telling import News


def account_changed(event: ProfileUpdated, link: str) -> News:
    """Return the news of a change; `link` leads to where its owner can undo it.

    Two changes of one kind are two pieces of news, for each may be somebody else's doing.
    """
    return News(
        key=f"account:{event.change}:{event.at.isoformat()}",
        kind=NotificationKind.PROFILE_UPDATE,
        wording=f"PROFILE_{event.change}",
        facts={},
        link=link,
        rows={"device": event.device} if event.device else {},
    )


def welcome(user_id: int, shop: str, link: str) -> News:
    """Return the greeting of a new member whose address is proven."""
    kind = NotificationKind.WELCOME
    return News(f"account:{user_id}:welcome", kind, kind.value, {"shop": shop}, link)


def confirm_address(user_id: int, email: str, link: str) -> News:
    """Return that a link waits in the mailbox: for the list alone, the link is the mail."""
    kind = NotificationKind.EMAIL_VERIFICATION
    key = f"account:{user_id}:verify:{email}"
    return News(key, kind, kind.value, {"email": email}, link, by_mail=False)


def password_asked(event: PasswordResetAsked, link: str) -> News:
    """Return that a new password was asked for: for the list alone, the link is the mail."""
    kind = NotificationKind.PASSWORD_RESET
    key = f"account:{event.user_id}:reset:{event.at.isoformat()}"
    return News(key, kind, kind.value, {"email": event.email}, link, by_mail=False)
