"""Currencies on offer, and prices that staff enter for them.

Revision ID: 0020_currencies
Revises: 0019_purchasing
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from cloud.migrations.columns import check, number, reference, written
from cloud.migrations.operations import keep_updated_at

revision = "0020_currencies"
down_revision = "0019_purchasing"
branch_labels = None
depends_on = None

_FUNCTIONS = Path(__file__).with_suffix(".sql")


def upgrade() -> None:
    op.add_column(
        "site_settings", sa.Column("currencies", JSONB(), nullable=False, server_default="[]")
    )
    op.create_table(
        "variant_prices",
        number("variant_id"),
        sa.Column("currency", sa.CHAR(3), nullable=False),
        number("price_minor"),
        number("sale_price_minor", nullable=True),
        written("created_at"),
        written("updated_at"),
        sa.PrimaryKeyConstraint("variant_id", "currency"),
        reference("variant_id", "variants", on_delete="CASCADE"),
        check("currency", "currency ~ '^[A-Z]{3}$'"),
        check("price", "price_minor >= 0"),
        check("sale_price", "sale_price_minor >= 0 AND sale_price_minor < price_minor"),
    )
    keep_updated_at("variant_prices")
    op.get_bind().exec_driver_sql(_FUNCTIONS.read_text("utf-8").replace("%", "%%"))


def downgrade() -> None:
    op.execute("DROP FUNCTION variants_in")
    op.execute("DROP FUNCTION converted_minor")
    op.drop_table("variant_prices")
    op.drop_column("site_settings", "currencies")
