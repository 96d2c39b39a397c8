"""The shop in figures, by day.

Revision ID: 0033_figures
Revises: 0032_news
"""

import sqlalchemy as sa
from alembic import op

from cloud.migrations.columns import check, moment, number, reference, text

revision = "0033_figures"
down_revision = "0032_news"
branch_labels = None
depends_on = None

_CURRENCY = "currency ~ '^[A-Z]{3}$'"


def upgrade() -> None:
    op.create_table(
        "daily_sales",
        _day("day"),
        _currency(),
        *(number(name) for name in ("orders", "units", "sales_minor", "shipping_minor")),
        *(number(name) for name in ("discount_minor", "tax_minor", "refunds", "refunded_minor")),
        sa.PrimaryKeyConstraint("day", "currency"),
        check("currency", _CURRENCY),
        check("counts", "orders >= 0 AND units >= 0 AND refunds >= 0"),
    )
    op.create_table(
        "daily_products",
        _day("day"),
        _currency(),
        number("variant_id"),
        *(number(name) for name in ("units", "sales_minor", "refunded_units", "refunded_minor")),
        sa.PrimaryKeyConstraint("day", "currency", "variant_id"),
        reference("variant_id", "variants", on_delete="CASCADE"),
        check("currency", _CURRENCY),
        check("counts", "units >= 0 AND refunded_units >= 0"),
    )
    op.create_index("ix_daily_products_currency_day", "daily_products", ["currency", "day"])
    op.create_index("ix_daily_products_variant_id", "daily_products", ["variant_id"])
    op.create_table(
        "daily_visits",
        _day("day"),
        number("visits"),
        sa.PrimaryKeyConstraint("day"),
        check("visits", "visits >= 0"),
    )
    op.create_table(
        "daily_stock",
        _day("day"),
        _currency(),
        *(number(name) for name in ("units", "uncosted_units", "cost_minor")),
        sa.PrimaryKeyConstraint("day", "currency"),
        check("currency", _CURRENCY),
        check("counts", "uncosted_units BETWEEN 0 AND units AND cost_minor >= 0"),
    )
    op.create_table(
        "cohorts",
        _day("began"),
        sa.Column("month", sa.SmallInteger(), nullable=False),
        number("buyers"),
        sa.PrimaryKeyConstraint("began", "month"),
        check("counts", "month >= 0 AND buyers > 0"),
    )
    op.create_table(
        "figure_counts",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        text("zone"),
        moment("counted_at"),
        sa.PrimaryKeyConstraint("id"),
        check("one", "id = 1"),
    )


def downgrade() -> None:
    for table in ("figure_counts", "cohorts", "daily_stock", "daily_visits"):
        op.drop_table(table)
    for table in ("daily_products", "daily_sales"):
        op.drop_table(table)


def _day(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.Date(), nullable=False)


def _currency() -> sa.Column[object]:
    return sa.Column("currency", sa.CHAR(3), nullable=False)
