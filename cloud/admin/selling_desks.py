"""What promotions, coupons and gift cards look like to staff: their lists and their fields."""

from sqlalchemy import func, or_, select

from cloud.admin.forms import Field, Kind, grouped
from cloud.admin.listing import Choice, Column, Listing
from cloud.discounts.models import Coupon, GiftCard, Promotion, PromotionKind, Redemption
from cloud.foundation.words import N_

_USES = (
    select(func.count())
    .where(Redemption.promotion_id == Promotion.id, Redemption.ended_at.is_(None))
    .correlate(Promotion)
    .scalar_subquery()
)
PROMOTION_KINDS = (
    (PromotionKind.PERCENT.value, N_("A share of the price")),
    (PromotionKind.AMOUNT.value, N_("An amount off the purchase")),
    (PromotionKind.UNIT_AMOUNT.value, N_("An amount off each bottle")),
    (PromotionKind.UNITS_FREE.value, N_("Some bottles earn others cheaper")),
    (PromotionKind.DELIVERY.value, N_("The delivery")),
)
PROMOTIONS = Listing(
    "promotions",
    select(
        Promotion.id,
        Promotion.name,
        Promotion.kind,
        Promotion.is_automatic,
        Promotion.is_active,
        Promotion.starts_at,
        Promotion.ends_at,
        Promotion.priority,
        _USES.label("uses"),
        Promotion.most_uses,
    ).where(Promotion.audience.is_(None)),
    Promotion.id,
    (
        Column("name", N_("Promotion"), Promotion.name, link="/admin/promotions/{id}"),
        Column("kind", N_("What it takes off")),
        Column("is_automatic", N_("By itself")),
        Column("is_active", N_("Active")),
        Column("starts_at", N_("From")),
        Column("ends_at", N_("Until")),
        Column("priority", N_("Priority"), Promotion.priority, is_number=True),
        Column("uses", N_("Used"), _USES, is_number=True),
        Column("most_uses", N_("At most"), is_number=True),
    ),
    order="-priority",
    searched=(Promotion.name,),
    choices=(
        Choice(
            "state",
            N_("State"),
            {
                "now": (
                    N_("Counts now"),
                    lambda now: (
                        Promotion.is_active
                        & or_(Promotion.starts_at.is_(None), Promotion.starts_at <= now)
                        & or_(Promotion.ends_at.is_(None), Promotion.ends_at > now)
                    ),
                ),
                "coming": (
                    N_("Coming"),
                    lambda now: Promotion.is_active & (Promotion.starts_at > now),
                ),
                "over": (N_("Over"), lambda now: Promotion.ends_at <= now),
                "off": (N_("Switched off"), lambda _now: ~Promotion.is_active),
            },
        ),
    ),
)
_HIGHEST_PERCENT = {"min": "0.01", "max": "100", "step": "0.01", "inputmode": "decimal"}
_SLUGS = N_("Last parts of addresses, with commas; empty: everything.")
PROMOTION_FIELDS = (
    Field("name", N_("Name that buyers read"), attributes={"maxlength": "80"}),
    Field(
        "kind",
        N_("What it takes off"),
        Kind.CHOICE,
        options=PROMOTION_KINDS,
    ),
    Field(
        "percent",
        N_("Per cent"),
        hint=N_("For a share of the price, and how much cheaper earned bottles are."),
        required=False,
        attributes=_HIGHEST_PERCENT,
    ),
    Field(
        "off_minor",
        N_("Amount"),
        Kind.MONEY,
        hint=N_("Of the delivery, the most that is taken off; empty: all of it."),
        required=False,
    ),
    Field("is_automatic", N_("Counts by itself, without a code"), Kind.FLAG),
    Field("is_active", N_("Active"), Kind.FLAG),
    *grouped(
        N_("Bottles that earn others"),
        Field("buy_units", N_("Bottles to buy"), Kind.NUMBER, required=False),
        Field("get_units", N_("Bottles they earn"), Kind.NUMBER, required=False),
        Field("most_times", N_("At most so often in one purchase"), Kind.NUMBER, required=False),
        Field(
            "get_products", N_("Products that are earned"), Kind.WORDS, hint=_SLUGS, required=False
        ),
    ),
    *grouped(
        N_("What it is for"),
        Field("from_minor", N_("Goods must be worth"), Kind.MONEY, required=False),
        Field("products", N_("Products it is for"), Kind.WORDS, hint=_SLUGS, required=False),
        Field("categories", N_("Categories it is for"), Kind.WORDS, hint=_SLUGS, required=False),
        Field("collections", N_("Collections it is for"), Kind.WORDS, hint=_SLUGS, required=False),
    ),
    *grouped(
        N_("When it counts"),
        Field("starts_at", N_("From"), Kind.MOMENT, required=False),
        Field("ends_at", N_("Until"), Kind.MOMENT, required=False),
    ),
    *grouped(
        N_("Whom it is for"),
        Field("is_first_order", N_("Only for somebody's first order"), Kind.FLAG),
        Field(
            "emails",
            N_("Only for these buyers"),
            Kind.WORDS,
            hint=N_("E-mail addresses, or whole domains like @firm.example; empty: everybody."),
            required=False,
        ),
        Field(
            "countries",
            N_("Only for deliveries to"),
            Kind.WORDS,
            hint=N_("Two letters each, like DE; empty: everywhere."),
            required=False,
        ),
    ),
    *grouped(
        N_("How often it counts"),
        Field("most_uses", N_("At most so many purchases"), Kind.NUMBER, required=False),
        Field("most_uses_each", N_("At most so many of one buyer"), Kind.NUMBER, required=False),
        Field("returns_use", N_("A purchase that is given back has not used it"), Kind.FLAG),
    ),
    *grouped(
        N_("Beside other promotions"),
        Field(
            "priority",
            N_("Priority"),
            Kind.NUMBER,
            hint=N_("The highest is taken first."),
            required=False,
            empty=0,
        ),
        Field("is_exclusive", N_("Stands alone: goes with no other"), Kind.FLAG),
        Field(
            "stacking_group",
            N_("Group"),
            hint=N_("Of one group, only one promotion counts."),
            required=False,
            attributes={"maxlength": "40"},
        ),
    ),
)
COUPON_FIELDS = (
    Field(
        "code",
        N_("Code, or how codes begin"),
        required=False,
        empty="",
        attributes={"maxlength": "30", "autocapitalize": "characters"},
    ),
    Field(
        "count",
        N_("How many"),
        Kind.NUMBER,
        hint=N_("One gets the code as it stands; more get chance behind it."),
        attributes={"min": "1", "max": "5000"},
    ),
    Field("most_uses", N_("Each at most so often"), Kind.NUMBER, required=False),
)
_COUPON_USES = (
    select(func.count())
    .where(Redemption.coupon_id == Coupon.id, Redemption.ended_at.is_(None))
    .correlate(Coupon)
    .scalar_subquery()
)


def coupons_of(promotion_id: int) -> Listing:
    """Return the list of a promotion's coupons."""
    return Listing(
        f"coupons-{promotion_id}",
        select(
            Coupon.id,
            Coupon.code,
            Coupon.batch,
            Coupon.most_uses,
            Coupon.is_active,
            Coupon.created_at,
            _COUPON_USES.label("uses"),
        ).where(Coupon.promotion_id == promotion_id),
        Coupon.id,
        (
            Column("code", N_("Code")),
            Column("batch", N_("Made together"), Coupon.batch),
            Column("uses", N_("Used"), _COUPON_USES, is_number=True),
            Column("most_uses", N_("At most"), is_number=True),
            Column("is_active", N_("Active")),
            Column("created_at", N_("Made"), Coupon.created_at),
        ),
        order="-created_at",
        searched=(Coupon.code,),
    )


GIFT_CARDS = Listing(
    "gift-cards",
    select(
        GiftCard.id,
        GiftCard.ending,
        GiftCard.balance_minor,
        GiftCard.currency,
        GiftCard.issued_at,
        GiftCard.expires_at,
        GiftCard.blocked_at,
        GiftCard.recipient_email,
    ).add_columns(GiftCard.note),
    GiftCard.id,
    (
        Column("ending", N_("Ends in"), link="/admin/gift-cards/{id}"),
        Column("balance_minor", N_("Left on it"), GiftCard.balance_minor, money="currency"),
        Column("recipient_email", N_("For")),
        Column("issued_at", N_("Issued"), GiftCard.issued_at),
        Column("expires_at", N_("Expires")),
        Column("blocked_at", N_("Blocked")),
        Column("note", N_("Note")),
    ),
    order="-issued_at",
    searched=(GiftCard.ending, GiftCard.recipient_email, GiftCard.note),
    choices=(
        Choice(
            "state",
            N_("State"),
            {
                "good": (
                    N_("Can pay"),
                    lambda now: (
                        (GiftCard.balance_minor > 0)
                        & GiftCard.blocked_at.is_(None)
                        & or_(GiftCard.expires_at.is_(None), GiftCard.expires_at > now)
                    ),
                ),
                "empty": (N_("Empty"), lambda _now: GiftCard.balance_minor == 0),
                "expired": (N_("Expired"), lambda now: GiftCard.expires_at <= now),
                "blocked": (N_("Blocked"), lambda _now: GiftCard.blocked_at.is_not(None)),
            },
        ),
    ),
)
GIFT_CARD_FIELDS = (
    Field("amount_minor", N_("Amount"), Kind.MONEY),
    Field("expires_at", N_("Expires"), Kind.MOMENT, required=False),
    Field(
        "recipient_email",
        N_("For (e-mail)"),
        required=False,
        empty="",
        attributes={"maxlength": "254"},
    ),
    Field("note", N_("Note for us"), required=False, empty="", attributes={"maxlength": "200"}),
)
CORRECTION_FIELDS = (
    Field(
        "direction",
        N_("What to do"),
        Kind.CHOICE,
        options=(("add", N_("Add to the card")), ("take", N_("Take from the card"))),
    ),
    Field("amount_minor", N_("Amount"), Kind.MONEY),
    Field("note", N_("Why"), attributes={"maxlength": "200"}),
)
RECIPIENT_FIELDS = (
    Field(
        "recipient_email",
        N_("E-mail of the recipient"),
        attributes={"maxlength": "254", "type": "email"},
    ),
)
