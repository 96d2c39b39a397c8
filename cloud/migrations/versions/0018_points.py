"""Points and rewards, and coupons that are for one member and end.

Revision ID: 0018_points
Revises: 0017_programs
"""

from pathlib import Path

from alembic import op

from cloud.migrations.operations import keep_updated_at

revision = "0018_points"
down_revision = "0017_programs"
branch_labels = None
depends_on = None

_TABLES = Path(__file__).with_suffix(".sql")


def upgrade() -> None:
    # The driver's own cursor: many statements, with percent signs of their own.
    op.get_bind().exec_driver_sql(_TABLES.read_text("utf-8").replace("%", "%%"))
    keep_updated_at("point_accounts", "rewards", "user_rewards")


def downgrade() -> None:
    for table in ("point_lots", "point_entries", "point_accounts", "user_rewards", "rewards"):
        op.drop_table(table)
    op.execute("DROP FUNCTION point_entries_refuse_change()")
    op.drop_column("coupons", "user_id")
    op.drop_column("coupons", "ends_at")
