"""What will be sold of each variant, and the band of a cartridge's run-out.

Revision ID: 0025_forecasts
Revises: 0024_people
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from cloud.migrations.columns import check, flag, moment, number, reference

revision = "0025_forecasts"
down_revision = "0024_people"
branch_labels = None
depends_on = None

_METHODS = ("mean", "damped", "seasonal", "croston", "sba", "tsb")


def upgrade() -> None:
    op.create_table(
        "variant_forecasts",
        number("variant_id"),
        moment("made_at"),
        _day("first_day"),
        sa.Column("method", sa.String(40), nullable=False),
        *(sa.Column(name, JSONB(), nullable=False) for name in ("history", "weeks", "fleet")),
        _real("fleet_weight"),
        _real("refill_share"),
        _real("error_share", nullable=True),
        _real("naive_error_share", nullable=True),
        _real("weekly_units"),
        _real("turnover", nullable=True),
        sa.Column("lead_time_days", sa.Integer(), nullable=False),
        *(number(name) for name in ("safety_stock", "reorder_point", "order_up_to", "free")),
        number("on_order"),
        _day("depletes_on", nullable=True),
        flag("is_due"),
        sa.PrimaryKeyConstraint("variant_id"),
        reference("variant_id", "variants", on_delete="CASCADE"),
        check("method", "method IN ({})".format(", ".join(f"'{name}'" for name in _METHODS))),
        check(
            "series",
            "jsonb_typeof(history) = 'array' AND jsonb_typeof(weeks) = 'array'"
            " AND jsonb_typeof(fleet) = 'array'",
        ),
        check("fleet_weight", "fleet_weight BETWEEN 0 AND 1"),
        check("refill_share", "refill_share BETWEEN 0 AND 1"),
        check("demand", "weekly_units >= 0 AND turnover >= 0"),
        check("errors", "error_share >= 0 AND naive_error_share >= 0"),
        check(
            "plan",
            "lead_time_days >= 0 AND safety_stock >= 0 AND reorder_point >= safety_stock"
            " AND order_up_to >= reorder_point",
        ),
        check("on_order", "on_order >= 0"),
    )
    op.alter_column("variant_forecasts", "is_due", server_default=sa.false())
    op.create_index("ix_variant_forecasts_depletes_on", "variant_forecasts", ["depletes_on"])
    op.create_table(
        "fleet_outlooks",
        number("variant_id"),
        _day("first_day"),
        _real("base_units"),
        _real("fleet_units"),
        sa.PrimaryKeyConstraint("variant_id", "first_day"),
        reference("variant_id", "variants", on_delete="CASCADE"),
        check("units", "base_units >= 0 AND fleet_units >= 0"),
    )
    op.create_table(
        "forecast_drafts",
        number("variant_id"),
        _day("first_day"),
        number("purchase_order_id"),
        sa.PrimaryKeyConstraint("variant_id", "first_day"),
        reference("variant_id", "variants", on_delete="CASCADE"),
        reference("purchase_order_id", "purchase_orders", on_delete="CASCADE"),
    )
    op.create_index(
        "ix_forecast_drafts_purchase_order_id", "forecast_drafts", ["purchase_order_id"]
    )
    for name in ("runs_out_from", "runs_out_until"):
        op.add_column("slots", moment(name, nullable=True))


def downgrade() -> None:
    for name in ("runs_out_until", "runs_out_from"):
        op.drop_column("slots", name)
    for table in ("forecast_drafts", "fleet_outlooks", "variant_forecasts"):
        op.drop_table(table)


def _day(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Date(), nullable=nullable)


def _real(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Double(), nullable=nullable)
