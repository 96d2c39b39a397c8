"""What staff say about a promotion."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from cloud.discounts.models import PromotionKind
from cloud.foundation.words import N_

Slug = Annotated[str, StringConstraints(min_length=1, max_length=120)]
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s]*@[^@\s]+$", max_length=254)]
Country = Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")]
Count = Annotated[int, Field(ge=1, le=99)]
Limit = Annotated[int, Field(ge=1, lt=2**31)]
Minor = Annotated[int, Field(ge=0, lt=2**53)]

_NEEDS = {
    PromotionKind.PERCENT: ("basis_points",),
    PromotionKind.AMOUNT: ("off_minor",),
    PromotionKind.UNIT_AMOUNT: ("off_minor",),
    PromotionKind.UNITS_FREE: ("basis_points", "buy_units", "get_units"),
    PromotionKind.DELIVERY: (),
}
_ONLY_FOR = {
    "basis_points": (PromotionKind.PERCENT, PromotionKind.UNITS_FREE),
    "buy_units": (PromotionKind.UNITS_FREE,),
    "get_units": (PromotionKind.UNITS_FREE,),
    "most_times": (PromotionKind.UNITS_FREE,),
}


class PromotionFields(BaseModel):
    """A promotion as a form holds it; amounts in minor units of one currency, the shop's.

    Products, categories and collections go by the last part of their addresses. What a kind does
    not need is dropped.
    """

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    name: str = Field(min_length=1, max_length=80)
    names: dict[str, str] = Field(default_factory=dict)
    kind: PromotionKind
    basis_points: int | None = Field(default=None, ge=1, le=10_000)
    off_minor: Annotated[int, Field(ge=1, lt=2**53)] | None = None
    from_minor: Minor | None = None
    buy_units: Count | None = None
    get_units: Count | None = None
    most_times: Count | None = None
    products: list[Slug] = Field(default_factory=list, max_length=500)
    categories: list[Slug] = Field(default_factory=list, max_length=100)
    collections: list[Slug] = Field(default_factory=list, max_length=100)
    get_products: list[Slug] = Field(default_factory=list, max_length=500)
    is_automatic: bool = False
    is_active: bool = True
    priority: int = Field(default=0, ge=-1000, le=1000)
    is_exclusive: bool = False
    stacking_group: str | None = Field(default=None, max_length=40)
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    is_first_order: bool = False
    emails: list[Email] = Field(default_factory=list, max_length=1000)
    countries: list[Country] = Field(default_factory=list, max_length=250)
    most_uses: Limit | None = None
    most_uses_each: Limit | None = None
    returns_use: bool = True

    @model_validator(mode="after")
    def _makes_sense(self) -> "PromotionFields":
        for name in _NEEDS[self.kind]:
            if getattr(self, name) is None:
                raise ValueError(N_("This kind of promotion needs a value that is missing."))
        for name, kinds in _ONLY_FOR.items():
            if self.kind not in kinds:
                setattr(self, name, None)
        if self.kind not in (
            PromotionKind.AMOUNT,
            PromotionKind.UNIT_AMOUNT,
            PromotionKind.DELIVERY,
        ):
            self.off_minor = None
        if self.kind is not PromotionKind.UNITS_FREE:
            self.get_products = []
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            raise ValueError(N_("It ends before it begins."))
        self.emails = [one.lower() for one in self.emails]
        self.stacking_group = self.stacking_group or None
        return self


class CouponFields(BaseModel):
    """Coupons to be made: one with a code of its own, or `count` with chance in them."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    code: str = Field(pattern=r"^[A-Za-z0-9-]{0,30}$")
    count: int = Field(default=1, ge=1, le=5000)
    most_uses: Limit | None = None
