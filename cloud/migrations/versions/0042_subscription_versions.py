"""What people decide about a subscription is counted.

Revision ID: 0042_subscription_versions
Revises: 0041_form_versions
"""

import sqlalchemy as sa
from alembic import op

revision = "0042_subscription_versions"
down_revision = "0041_form_versions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The code before this one writes rows without it.
    op.add_column(
        "subscriptions", sa.Column("version", sa.Integer(), server_default="1", nullable=False)
    )


def downgrade() -> None:
    op.drop_column("subscriptions", "version")
