"""Refills that come with a subscription's parcel, and parcels that wait for a full bottle.

Revision ID: 0035_parcels_of_homes
Revises: 0034_jobs
"""

import sqlalchemy as sa
from alembic import op

from cloud.migrations.operations import keep_updated_at

revision = "0035_parcels_of_homes"
down_revision = "0034_jobs"
branch_labels = None
depends_on = None

_MOMENT = sa.TIMESTAMP(timezone=True)
_BEFORE = (
    *("received", "waiting", "proposed", "pending_cancel_window", "ordered", "payment_due"),
    *("paid", "shipped", "delivered", "fitted", "refused", "declined", "cancelled", "expired"),
    "failed",
)
_OPEN = ("proposed", "pending_cancel_window", "ordered", "payment_due", "paid", "shipped")


def upgrade() -> None:
    _allow((*_BEFORE, "claimed"), (*_OPEN, "claimed"))
    op.add_column("reorders", sa.Column("subscription_id", sa.BigInteger))
    op.create_foreign_key(
        "fk_reorders_subscription_id_subscriptions",
        "reorders",
        "subscriptions",
        ["subscription_id"],
        ["id"],
    )
    op.create_index("ix_reorders_subscription_id", "reorders", ["subscription_id"])
    op.add_column("reorders", sa.Column("parcel_on", sa.Date))
    op.create_table(
        "reorder_push_backs",
        sa.Column("id", sa.BigInteger, sa.Identity(), nullable=False),
        sa.Column("household_id", sa.BigInteger, nullable=False),
        sa.Column("slot_id", sa.BigInteger, nullable=False),
        sa.Column("cartridge_install_id", sa.Text, nullable=False),
        sa.Column("subscription_id", sa.BigInteger, nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("until_on", sa.Date, nullable=False),
        sa.Column("moved_to", sa.Date),
        sa.Column("decided_by", sa.BigInteger),
        sa.Column("at", _MOMENT, nullable=False),
        sa.Column("created_at", _MOMENT, server_default=sa.func.now(), nullable=False),
        sa.Column("updated_at", _MOMENT, server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reorder_push_backs"),
        sa.UniqueConstraint(
            "household_id",
            "cartridge_install_id",
            name="uq_reorder_push_backs_household_id_cartridge_install_id",
        ),
        sa.ForeignKeyConstraint(
            ["household_id", "slot_id"],
            ["slots.household_id", "slots.id"],
            name="fk_reorder_push_backs_household_id_slot_id_slots",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["subscriptions.id"],
            name="fk_reorder_push_backs_subscription_id_subscriptions",
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["users.id"], name="fk_reorder_push_backs_decided_by_users"
        ),
        sa.CheckConstraint("state IN ('asked', 'moved', 'kept')", name="state"),
    )
    for name, columns in (
        ("ix_reorder_push_backs_slot", ["household_id", "slot_id"]),
        ("ix_reorder_push_backs_subscription_id", ["subscription_id"]),
        ("ix_reorder_push_backs_decided_by", ["decided_by"]),
    ):
        op.create_index(name, "reorder_push_backs", columns)
    keep_updated_at("reorder_push_backs")


def downgrade() -> None:
    op.drop_table("reorder_push_backs")
    op.execute("UPDATE reorders SET stage = 'expired' WHERE stage = 'claimed'")
    op.execute("UPDATE reorder_notes SET stage = 'expired' WHERE stage = 'claimed'")
    op.drop_column("reorders", "parcel_on")
    op.drop_column("reorders", "subscription_id")
    _allow(_BEFORE, _OPEN)


def _allow(stages: tuple[str, ...], open_stages: tuple[str, ...]) -> None:
    for table in ("reorders", "reorder_notes"):
        op.drop_constraint(f"ck_{table}_stage", table)
        op.create_check_constraint("stage", table, f"stage IN ({_listed(stages)})")
    is_open = f"stage IN ({_listed(open_stages)})"
    op.drop_constraint("ck_reorders_open_was_shown", "reorders")
    op.create_check_constraint(
        "open_was_shown", "reorders", f"NOT {is_open} OR total_minor IS NOT NULL"
    )
    op.drop_index("uq_reorders_open_slot", "reorders")
    op.create_index(
        "uq_reorders_open_slot",
        "reorders",
        ["slot_id", "is_test"],
        unique=True,
        postgresql_where=sa.text(is_open),
    )


def _listed(stages: tuple[str, ...]) -> str:
    return ", ".join(f"'{stage}'" for stage in stages)
