"""What the shop says of itself, and closing it.

Revision ID: 0012_prices
Revises: 0011_search
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012_prices"
down_revision = "0011_search"
branch_labels = None
depends_on = None

_TEXTS = ("logo_url", "favicon_url", "closed_text")
_OBJECTS = ("contacts", "seo", "invoice_facts")
_LISTS = ("social_links",)


def upgrade() -> None:
    for name in _TEXTS:
        op.add_column(
            "site_settings", sa.Column(name, sa.Text(), nullable=False, server_default="")
        )
    op.add_column(
        "site_settings",
        sa.Column("is_closed", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    for name in (*_OBJECTS, *_LISTS):
        default = "{}" if name in _OBJECTS else "[]"
        op.add_column(
            "site_settings", sa.Column(name, JSONB(), nullable=False, server_default=default)
        )
    op.create_check_constraint(
        "own_pictures",
        "site_settings",
        "logo_url ~ '^(/[^/].*)?$' AND favicon_url ~ '^(/[^/].*)?$'",
    )


def downgrade() -> None:
    op.drop_constraint("own_pictures", "site_settings", type_="check")
    for name in (*_TEXTS, *_OBJECTS, *_LISTS, "is_closed"):
        op.drop_column("site_settings", name)
