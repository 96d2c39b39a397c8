"""Refills of a home: one a cartridge of a household, bounds, freezing, the refill question.

Revision ID: 0030_home_refills
Revises: 0029_subscriptions
"""

import sqlalchemy as sa
from alembic import op

revision = "0030_home_refills"
down_revision = "0029_subscriptions"
branch_labels = None
depends_on = None

_MOMENT = sa.TIMESTAMP(timezone=True)
_OPEN = (
    "stage IN ('proposed', 'pending_cancel_window', 'ordered', 'payment_due', 'paid', 'shipped')"
)
# A household that had one cartridge refilled twice keeps both as they were; the later ones are
# told apart by a number, so that the index can stand.
_TELL_APART = """
    UPDATE reorders AS r SET cartridge_install_id = r.cartridge_install_id || ':' || r.id
    FROM reorders AS e
    WHERE e.household_id = r.household_id AND e.cartridge_install_id = r.cartridge_install_id
      AND e.id < r.id
"""


def upgrade() -> None:
    op.add_column("slots", sa.Column("joined_at", _MOMENT, server_default=sa.func.now()))
    op.execute("UPDATE slots SET joined_at = created_at")
    op.alter_column("slots", "joined_at", nullable=False)
    op.create_index("ix_slots_cartridge_install_id", "slots", ["cartridge_install_id"])
    _bound_households()
    _bound_slots()
    _extend_reorders()


def _bound_households() -> None:
    op.add_column("reorder_households", sa.Column("month_cap_minor", sa.BigInteger))
    op.add_column("reorder_households", sa.Column("month_cap_currency", sa.String(3)))
    for name, condition in (
        ("whole_cap", "(month_cap_minor IS NULL) = (month_cap_currency IS NULL)"),
        ("month_cap_minor", "month_cap_minor >= 0"),
        ("currency_code", "month_cap_currency ~ '^[A-Z]{3}$'"),
    ):
        op.create_check_constraint(name, "reorder_households", condition)


def _bound_slots() -> None:
    op.add_column("reorder_slots", sa.Column("most_orders", sa.Integer))
    op.create_check_constraint("most_orders", "reorder_slots", "most_orders BETWEEN 0 AND 10")
    op.add_column(
        "reorder_slots",
        sa.Column("is_refilled_elsewhere", sa.Boolean, server_default="false", nullable=False),
    )
    op.add_column("reorder_slots", sa.Column("frozen_at", _MOMENT))


def _extend_reorders() -> None:
    for column in (
        sa.Column("frozen_at", _MOMENT),
        sa.Column("ask_refill_at", _MOMENT),
        sa.Column("refill_asked_at", _MOMENT),
        sa.Column("refill_answer", sa.String(40)),
        sa.Column("next_install_id", sa.Text),
    ):
        op.add_column("reorders", column)
    op.create_check_constraint(
        "refill_answer", "reorders", "refill_answer IN ('yes', 'no', 'later')"
    )
    op.drop_constraint("uq_reorders_hub_id_slot_id_cartridge_install_id", "reorders")
    op.execute(_TELL_APART)
    op.create_index(
        "uq_reorders_cartridge",
        "reorders",
        ["household_id", "cartridge_install_id"],
        unique=True,
        postgresql_where=sa.text("NOT is_test"),
    )
    op.drop_index("uq_reorders_open_slot", "reorders")
    op.create_index(
        "uq_reorders_open_slot",
        "reorders",
        ["slot_id", "is_test"],
        unique=True,
        postgresql_where=sa.text(_OPEN),
    )
    op.create_index(
        "ix_reorders_ask_refill_at",
        "reorders",
        ["ask_refill_at"],
        postgresql_where=sa.text("ask_refill_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_reorders_ask_refill_at", "reorders")
    op.drop_index("uq_reorders_open_slot", "reorders")
    op.drop_index("uq_reorders_cartridge", "reorders")
    # Tests do not stand in the way of the older schema's rule of one a slot.
    op.execute(
        "DELETE FROM reorders AS r WHERE is_test AND NOT EXISTS "
        "(SELECT 1 FROM orders WHERE reorder_id = r.id)"
    )
    op.create_index(
        "uq_reorders_open_slot",
        "reorders",
        ["slot_id"],
        unique=True,
        postgresql_where=sa.text(_OPEN),
    )
    op.create_unique_constraint(
        "uq_reorders_hub_id_slot_id_cartridge_install_id",
        "reorders",
        ["hub_id", "slot_id", "cartridge_install_id"],
    )
    for name in (
        "next_install_id",
        "refill_answer",
        "refill_asked_at",
        "ask_refill_at",
        "frozen_at",
    ):
        op.drop_column("reorders", name)
    for name in ("frozen_at", "is_refilled_elsewhere", "most_orders"):
        op.drop_column("reorder_slots", name)
    for name in ("month_cap_currency", "month_cap_minor"):
        op.drop_column("reorder_households", name)
    op.drop_index("ix_slots_cartridge_install_id", "slots")
    op.drop_column("slots", "joined_at")
