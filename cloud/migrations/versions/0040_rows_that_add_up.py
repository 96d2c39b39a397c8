"""Stars that add up, parcels in their order, and what else no row may say.

Revision ID: 0040_rows_that_add_up
Revises: 0039_order_drafts
"""

from alembic import op

revision = "0040_rows_that_add_up"
down_revision = "0039_order_drafts"
branch_labels = None
depends_on = None

_CHECKS = (
    (
        "products",
        "stars_add_up",
        (
            "(0 <= ALL (rating_counts)"
            " AND rating_count = rating_counts[1] + rating_counts[2] + rating_counts[3]"
            " + rating_counts[4] + rating_counts[5]"
            " AND rating_sum = rating_counts[1] + 2 * rating_counts[2] + 3 * rating_counts[3]"
            " + 4 * rating_counts[4] + 5 * rating_counts[5]) IS TRUE"
        ),
    ),
    ("subscription_cycles", "total_minor", "total_minor >= 0"),
    ("subscription_cycles", "ships_on", "ships_on >= due_on"),
    ("subscription_claims", "number", "number >= 0"),
    ("price_marks", "currency_code", "currency ~ '^[A-Z]{3}$'"),
    ("campaigns", "began", "(stage IN ('draft', 'scheduled')) = (began_at IS NULL)"),
    ("cohorts", "whole_months", "extract(day FROM began) = 1"),
)


def upgrade() -> None:
    for table, name, condition in _CHECKS:
        op.create_check_constraint(name, table, condition)


def downgrade() -> None:
    for table, name, _ in _CHECKS:
        op.drop_constraint(f"ck_{table}_{name}", table)
