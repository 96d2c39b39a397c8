"""The one row of settings."""

from typing import Any

from sqlalchemy import CHAR, CheckConstraint, SmallInteger, false
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base, Timestamped

_COLOURS = " AND ".join(
    f"{name}_colour ~ '^#[0-9a-f]{{6}}$'" for name in ("primary", "secondary", "accent")
)


class SiteSettings(Timestamped, Base):
    """The settings of the shop. The migration puts the row there, a CHECK keeps it alone.

    The JSON columns hold what `cloud.site.schemas` describes. `is_closed` lets only staff in.
    `version` counts changes, for forms that must not overwrite each other.
    """

    __tablename__ = "site_settings"
    __table_args__ = (
        CheckConstraint("id = 1", name="only_row"),
        CheckConstraint(_COLOURS, name="colours"),
        CheckConstraint("currency ~ '^[A-Z]{3}$'", name="currency"),
        CheckConstraint(
            "logo_url ~ '^(/[^/].*)?$' AND favicon_url ~ '^(/[^/].*)?$'", name="own_pictures"
        ),
        CheckConstraint("jsonb_array_length(languages) >= 1", name="languages"),
    )

    id: Mapped[int] = mapped_column(SmallInteger(), primary_key=True, autoincrement=False)
    version: Mapped[int]
    name: Mapped[str]
    primary_colour: Mapped[str]
    secondary_colour: Mapped[str]
    accent_colour: Mapped[str]
    currency: Mapped[str] = mapped_column(CHAR(3))
    languages: Mapped[list[str]] = mapped_column(JSONB())
    time_zone: Mapped[str]
    support_email: Mapped[str]
    prices_include_tax: Mapped[bool]
    store_address: Mapped[dict[str, Any]]
    shipping_methods: Mapped[list[dict[str, Any]]] = mapped_column(JSONB())
    tax_rates: Mapped[list[dict[str, Any]]] = mapped_column(JSONB())
    logo_url: Mapped[str] = mapped_column(server_default="")
    favicon_url: Mapped[str] = mapped_column(server_default="")
    contacts: Mapped[dict[str, Any]] = mapped_column(JSONB(), server_default="{}")
    social_links: Mapped[list[dict[str, Any]]] = mapped_column(JSONB(), server_default="[]")
    seo: Mapped[dict[str, Any]] = mapped_column(JSONB(), server_default="{}")
    invoice_facts: Mapped[dict[str, Any]] = mapped_column(JSONB(), server_default="{}")
    currencies: Mapped[list[dict[str, Any]]] = mapped_column(JSONB(), server_default="[]")
    gift_cards: Mapped[dict[str, Any]] = mapped_column(JSONB(), server_default="{}")
    left_carts: Mapped[dict[str, Any]] = mapped_column(JSONB(), server_default="{}")
    is_closed: Mapped[bool] = mapped_column(server_default=false())
    closed_text: Mapped[str] = mapped_column(server_default="")
