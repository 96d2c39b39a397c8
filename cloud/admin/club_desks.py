"""What rewards, tiers and members' points look like to staff: their lists and their fields."""

from collections.abc import Sequence

from sqlalchemy import select

from cloud.accounts.models import User
from cloud.admin.forms import Field, Form, Kind, grouped
from cloud.admin.listing import Choice, Column, Listing
from cloud.foundation.identity import Role
from cloud.foundation.words import N_
from cloud.loyalty.kinds import RewardKind, TierIcon
from cloud.loyalty.models import PointAccount, Reward, Tier
from cloud.loyalty.schemas import TierView

REWARD_KINDS = (
    (RewardKind.PERCENT.value, N_("A share of one purchase")),
    (RewardKind.AMOUNT.value, N_("An amount off one purchase")),
    (RewardKind.DELIVERY.value, N_("The delivery of one purchase")),
    (RewardKind.PRODUCT.value, N_("A bottle of one product")),
    (RewardKind.VOUCHER.value, N_("A voucher that may be given away")),
    (RewardKind.EXCLUSIVE_ACCESS.value, N_("An announced product before everybody else")),
    (RewardKind.GIFT_CARD.value, N_("A gift card")),
)
REWARDS = Listing(
    "rewards",
    select(
        Reward.id,
        Reward.name,
        Reward.kind,
        Reward.cost_points,
        Tier.name.label("tier"),
        Reward.redeemed,
        Reward.max_redemptions,
        Reward.valid_until,
        Reward.is_active,
    ).outerjoin(Tier, Tier.id == Reward.tier_id),
    Reward.id,
    (
        Column("name", N_("Reward"), Reward.name, link="/admin/rewards/{id}"),
        Column("kind", N_("What it gives")),
        Column("cost_points", N_("Points"), Reward.cost_points, is_number=True),
        Column("tier", N_("From tier")),
        Column("redeemed", N_("Taken"), Reward.redeemed, is_number=True),
        Column("max_redemptions", N_("At most"), is_number=True),
        Column("valid_until", N_("Until")),
        Column("is_active", N_("Active")),
    ),
    order="cost_points",
    searched=(Reward.name,),
    choices=(
        Choice(
            "state",
            N_("State"),
            {
                "on": (N_("Active"), lambda _now: Reward.is_active),
                "off": (N_("Switched off"), lambda _now: ~Reward.is_active),
            },
        ),
    ),
)
TIERS = Listing(
    "tiers",
    select(Tier.id, Tier.name, Tier.min_points, Tier.icon, Tier.colour),
    Tier.id,
    (
        Column("name", N_("Tier"), Tier.name, link="/admin/tiers/{id}"),
        Column("min_points", N_("From points"), Tier.min_points, is_number=True),
        Column("icon", N_("Picture")),
    ),
    order="min_points",
)
MEMBERS = Listing(
    "points",
    select(
        PointAccount.user_id.label("id"),
        User.email,
        User.name,
        PointAccount.balance,
        PointAccount.debt,
        Tier.name.label("tier"),
    )
    .join(User, User.id == PointAccount.user_id)
    .outerjoin(Tier, Tier.id == PointAccount.tier_id)
    .where(User.erased_at.is_(None), User.role == Role.CUSTOMER),
    PointAccount.user_id,
    (
        Column("email", N_("Member"), User.email, link="/admin/points/{id}"),
        Column("name", N_("Name"), User.name),
        Column("balance", N_("Points"), PointAccount.balance, is_number=True),
        Column("debt", N_("Owed"), PointAccount.debt, is_number=True),
        Column("tier", N_("Tier")),
    ),
    order="-balance",
    searched=(User.email, User.name),
)
_COUNT = {"min": "1", "inputmode": "numeric"}
_NONE = {"min": "0", "inputmode": "numeric"}
TIER_FORM = Form(
    (
        Field("name", N_("Name"), attributes={"maxlength": "40"}),
        Field(
            "min_points",
            N_("From how many points on"),
            Kind.NUMBER,
            hint=N_("Earned within a year; spending takes nothing away."),
            attributes=_COUNT,
        ),
        Field("colour", N_("Colour"), Kind.COLOUR),
        Field(
            "icon",
            N_("Picture"),
            Kind.CHOICE,
            options=(
                (TierIcon.DROP.value, N_("Drop")),
                (TierIcon.LEAF.value, N_("Leaf")),
                (TierIcon.FLOWER.value, N_("Flower")),
                (TierIcon.STAR.value, N_("Star")),
                (TierIcon.CROWN.value, N_("Crown")),
            ),
        ),
        Field(
            "multiplier_percent",
            N_("Points for purchases, in percent"),
            Kind.NUMBER,
            hint=N_("100 is what everybody gets, 150 half as much again."),
            attributes={"min": "100", "max": "1000", "inputmode": "numeric"},
        ),
        Field("free_delivery", N_("Free delivery of every purchase"), Kind.FLAG),
        Field(
            "discount_percent",
            N_("Per cent off every purchase"),
            required=False,
            attributes={"min": "0.01", "max": "90", "step": "0.01", "inputmode": "decimal"},
        ),
        Field(
            "early_access_h",
            N_("Hours in which announced products can be bought before everybody else"),
            Kind.NUMBER,
            required=False,
            empty=0,
            attributes=_NONE,
        ),
        Field(
            "birthday_points",
            N_("Points more on a birthday"),
            Kind.NUMBER,
            required=False,
            empty=0,
            attributes=_NONE,
        ),
    )
)
CORRECTION_FORM = Form(
    (
        Field(
            "direction",
            N_("What to do"),
            Kind.CHOICE,
            options=(("give", N_("Give points")), ("take", N_("Take points"))),
        ),
        Field("points", N_("How many"), Kind.NUMBER, attributes=_COUNT),
        Field(
            "reason", N_("Why"), hint=N_("The member reads it."), attributes={"maxlength": "200"}
        ),
    )
)


def reward_form(tiers: Sequence[TierView]) -> Form:
    """Return the form of a reward; `tiers` are those that it can be for."""
    return Form(
        (
            Field("name", N_("Name that members read"), attributes={"maxlength": "80"}),
            Field(
                "description",
                N_("What else to say of it"),
                Kind.AREA,
                required=False,
                empty="",
                attributes={"maxlength": "500"},
            ),
            Field("kind", N_("What it gives"), Kind.CHOICE, options=REWARD_KINDS),
            Field("cost_points", N_("What it costs, in points"), Kind.NUMBER, attributes=_COUNT),
            Field(
                "percent",
                N_("Per cent"),
                hint=N_("For a share of one purchase."),
                required=False,
                attributes={"min": "0.01", "max": "100", "step": "0.01", "inputmode": "decimal"},
            ),
            Field(
                "amount_minor",
                N_("Amount"),
                Kind.MONEY,
                hint=N_("For an amount, a voucher, a gift card."),
                required=False,
            ),
            Field(
                "product",
                N_("Product"),
                hint=N_("Last part of its address; for a bottle, and for early access."),
                required=False,
                attributes={"maxlength": "200"},
            ),
            Field("is_active", N_("Active"), Kind.FLAG),
            *grouped(
                N_("Who can have it, and how often"),
                Field(
                    "tier_id",
                    N_("From tier"),
                    Kind.CHOICE,
                    required=False,
                    options=(("", N_("everybody")), *((str(one.id), one.name) for one in tiers)),
                ),
                Field("max_redemptions", N_("At most so often"), Kind.NUMBER, required=False),
                Field(
                    "max_redemptions_per_user",
                    N_("At most so often by one member"),
                    Kind.NUMBER,
                    required=False,
                    empty=1,
                ),
            ),
            *grouped(
                N_("When it can be had, and how long it is good"),
                Field("valid_from", N_("From"), Kind.MOMENT, required=False),
                Field("valid_until", N_("Until"), Kind.MOMENT, required=False),
                Field(
                    "lasts_days", N_("Good for so many days"), Kind.NUMBER, required=False, empty=90
                ),
            ),
        )
    )
