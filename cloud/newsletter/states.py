"""Where a subscription, an issue and one mail of it stand."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from cloud.foundation.words import N_


class SubscriberStage(StrEnum):
    """Where a subscription stands.

    PENDING: asked for, not confirmed. LEFT: nothing is sent any more. REFUSED: the mail server
    would not take a mail to that address.
    """

    PENDING = "pending"
    ACTIVE = "active"
    LEFT = "left"
    REFUSED = "refused"


class Act(StrEnum):
    """What a person did about their consent."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    LEFT = "left"


class Source(StrEnum):
    """Where consent was given or taken back."""

    FOOTER = "footer"
    PAGE = "page"
    ACCOUNT = "account"
    API = "api"
    MAIL = "mail"
    STAFF = "staff"


class Interest(StrEnum):
    """What somebody would like to read about; none chosen is everything."""

    NEW_SCENTS = "new_scents"
    OFFERS = "offers"
    STORIES = "stories"
    SMART_HOME = "smart_home"


class IssueStage(StrEnum):
    """Where an issue stands."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    SENDING = "sending"
    SENT = "sent"
    CANCELLED = "cancelled"


class DeliveryStage(StrEnum):
    """Where one mail of an issue stands.

    CLAIMED: handed to the mail server this moment; one that stays so after a crash may or may not
    have gone out, and is never sent again. SKIPPED: its reader left before it was their turn.
    """

    WAITING = "waiting"
    CLAIMED = "claimed"
    SENT = "sent"
    REFUSED = "refused"
    SKIPPED = "skipped"


# The texts that people agreed to, sentence by sentence; a new wording gets a new number.
CONSENT_TEXTS: Mapping[int, tuple[str, ...]] = MappingProxyType(
    {
        1: (
            N_("New scents, offers and tips, about once a month."),
            N_(
                "First we mail you a link; only when you have used it do we write to you. "
                "You can leave at any time by the link in every issue."
            ),
        )
    }
)
CONSENT_VERSION = max(CONSENT_TEXTS)
