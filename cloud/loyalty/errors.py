"""What points and rewards refuse."""

from cloud.foundation.errors import Conflict, Invalid, NotFound, Refused
from cloud.foundation.words import Phrase


class NotEnoughPoints(Refused):
    """More points than a member has."""

    code = "not_enough_points"

    def __init__(self, wanted: int, there: int) -> None:
        super().__init__(
            Phrase(
                "That takes %(wanted)d points, and there are %(there)d.", wanted=wanted, there=there
            ),
            hint="Points come with every purchase.",
        )
        self.wanted = wanted
        self.there = there


class NoPoints(Invalid):
    """A correction by nothing."""

    code = "no_points"

    def __init__(self) -> None:
        super().__init__(
            "No points are no correction.", hint="Say how many to give or take.", field="points"
        )


class MemberNotFound(NotFound):
    """There is no such account."""

    code = "member_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such account.", hint="Look it up among the customers.")


class RewardNotFound(NotFound):
    """There is no such reward, or it is not offered now."""

    code = "reward_not_found"

    def __init__(self) -> None:
        super().__init__(
            "This reward is not offered.", hint="Look at the rewards that there are now."
        )


class RewardGone(Conflict):
    """A reward was taken as often as it is there."""

    code = "reward_gone"

    def __init__(self) -> None:
        super().__init__("This reward is gone.", hint="Take another one.")


class RewardTaken(Conflict):
    """A member took a reward as often as one member may."""

    code = "reward_taken"

    def __init__(self, most: int) -> None:
        super().__init__(
            Phrase("A member can have this reward %(most)d times at most.", most=most),
            hint="Take another one.",
        )


class RewardInUse(Conflict):
    """A reward that members took cannot be deleted."""

    code = "reward_in_use"

    def __init__(self) -> None:
        super().__init__("Members have taken this reward.", hint="Switch it off instead.")


class RewardFixed(Invalid):
    """What a reward gives cannot be changed after it was made."""

    code = "reward_fixed"

    def __init__(self, field: str) -> None:
        super().__init__(
            "What a reward gives cannot be changed: members may hold it.",
            hint="Switch it off and make another one.",
            field=field,
        )


class RewardTooHigh(Refused):
    """A reward is for members of a higher tier."""

    code = "reward_too_high"

    def __init__(self, tier: str) -> None:
        super().__init__(
            Phrase("This reward is for members from %(tier)s on.", tier=tier),
            hint="Points that you earn within a year lift you there.",
        )
        self.tier = tier


class RewardOut(Conflict):
    """Early access to a product that everybody can buy by now."""

    code = "reward_out"

    def __init__(self) -> None:
        super().__init__("Everybody can buy this by now.", hint="Keep your points.")


class ProductUnknown(Invalid):
    """A reward about a product that does not exist."""

    code = "product_unknown"

    def __init__(self) -> None:
        super().__init__(
            "There is no such product.", hint="Look it up among the products.", field="product_id"
        )


class TierNotFound(NotFound):
    """There is no such tier."""

    code = "tier_not_found"

    def __init__(self) -> None:
        super().__init__("There is no such tier.", hint="Look at the tiers that there are.")


class TierTaken(Conflict):
    """Two tiers with one name, or from the same points on."""

    code = "tier_taken"

    def __init__(self) -> None:
        super().__init__(
            "Another tier has this name or begins at these points.",
            hint="Look at the tiers that there are.",
        )


class TierInUse(Conflict):
    """A tier that a reward asks for cannot be deleted."""

    code = "tier_in_use"

    def __init__(self) -> None:
        super().__init__("A reward is for members of this tier.", hint="Change the reward first.")


class SharedAlready(Conflict):
    """Sharing brought its points this month."""

    code = "shared_already"

    def __init__(self) -> None:
        super().__init__(
            "You have your points for sharing this month.", hint="Share again next month."
        )


class NoSuchDay(Invalid):
    """A day that no year has."""

    code = "no_such_day"

    def __init__(self) -> None:
        super().__init__("There is no such day.", hint="Look at the month again.", field="day")


class InvitationRefused(Refused):
    """An invitation brings nothing; the particular reason is a subclass."""


class InvitationUnknown(InvitationRefused):
    """Nobody's code."""

    code = "invitation_unknown"

    def __init__(self) -> None:
        super().__init__(
            "Nobody invites with this code.", hint="Look at it again.", field="invitation"
        )


class InvitationOwn(InvitationRefused):
    """Somebody who would invite themselves."""

    code = "invitation_own"

    def __init__(self) -> None:
        super().__init__(
            "This invitation is your own.", hint="Give it to a friend.", field="invitation"
        )


class InvitationClosed(InvitationRefused):
    """Somebody who was a customer before."""

    code = "invitation_closed"

    def __init__(self) -> None:
        super().__init__(
            "An invitation is for somebody new who has not bought yet.",
            hint="Invite friends with your own.",
            field="invitation",
        )


class InvitedAlready(InvitationRefused):
    """Somebody has an inviter, who stays."""

    code = "invited_already"

    def __init__(self) -> None:
        super().__init__(
            "You came by an invitation already.", hint="It stays the one.", field="invitation"
        )
