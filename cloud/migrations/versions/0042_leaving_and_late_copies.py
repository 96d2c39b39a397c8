"""What people decide about a subscription is counted; an address is unique and yet no key.

A column of an index with a condition is no key to PostgreSQL: whoever changes an address then waits
for nobody who writes a row that points to the account.

Revision ID: 0042_leaving_and_late_copies
Revises: 0041_form_versions
"""

import sqlalchemy as sa
from alembic import op

revision = "0042_leaving_and_late_copies"
down_revision = "0041_form_versions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The code before this one writes rows without it.
    op.add_column(
        "subscriptions", sa.Column("version", sa.Integer(), server_default="1", nullable=False)
    )
    # The accounts of a shop are few: it is built in the time that one of them waits for a page.
    op.drop_constraint("uq_users_email", "users")
    op.create_index(
        "uq_users_email",
        "users",
        ["email"],
        unique=True,
        postgresql_where=sa.text("email IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("uq_users_email", "users")
    op.create_unique_constraint("uq_users_email", "users", ["email"])
    op.drop_column("subscriptions", "version")
