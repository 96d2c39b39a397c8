"""Ways to sign in, and what people may ask of their data.

Revision ID: 0008_identities
Revises: 0007_money_and_audit
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import CITEXT

from cloud.migrations.columns import check, key, moment, number, reference, text, written
from cloud.migrations.operations import keep_updated_at

revision = "0008_identities"
down_revision = "0007_money_and_audit"
branch_labels = None
depends_on = None

_TABLES = ("identities", "sign_in_attempts", "data_exports", "erasures")
_OLD = "'SIGN_IN', 'FIRST_ADMIN', 'VERIFY_EMAIL', 'RESET_PASSWORD'"


def upgrade() -> None:
    op.add_column("users", moment("erased_at", nullable=True))
    _allow_purposes(f"{_OLD}, 'CHANGE_EMAIL', 'ERASE_ACCOUNT'")
    _create_identities()
    _create_attempts()
    _create_exports()
    _create_erasures()
    keep_updated_at(*_TABLES)


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)
    op.execute("DELETE FROM one_time_links WHERE purpose IN ('CHANGE_EMAIL', 'ERASE_ACCOUNT')")
    _allow_purposes(_OLD)
    op.drop_column("users", "erased_at")


def _allow_purposes(listed: str) -> None:
    op.drop_constraint(op.f("ck_one_time_links_purpose"), "one_time_links")
    op.create_check_constraint(
        op.f("ck_one_time_links_purpose"), "one_time_links", f"purpose IN ({listed})"
    )


def _create_identities() -> None:
    op.create_table(
        "identities",
        key(),
        number("user_id"),
        sa.Column("provider", sa.String(40), nullable=False),
        text("subject"),
        sa.Column("email", CITEXT(), nullable=False),
        text("scope"),
        *(
            sa.Column(name, sa.LargeBinary(), nullable=True)
            for name in ("access_token", "refresh_token", "id_token")
        ),
        moment("token_expires_at", nullable=True),
        moment("used_at"),
        written("created_at"),
        written("updated_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("provider", "subject"),
        sa.UniqueConstraint("user_id", "provider"),
        reference("user_id", "users", on_delete="CASCADE"),
        check("provider", "provider IN ('GOOGLE')"),
    )


def _create_attempts() -> None:
    op.create_table(
        "sign_in_attempts",
        key(),
        sa.Column("state_digest", sa.LargeBinary(), nullable=False),
        sa.Column("provider", sa.String(40), nullable=False),
        text("nonce"),
        sa.Column("verifier", sa.LargeBinary(), nullable=False),
        text("onward"),
        number("user_id", nullable=True),
        moment("expires_at"),
        written("created_at"),
        written("updated_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("state_digest"),
        reference("user_id", "users", on_delete="CASCADE"),
        check("provider", "provider IN ('GOOGLE')"),
    )
    op.create_index("ix_sign_in_attempts_user_id", "sign_in_attempts", ["user_id"])
    op.create_index("ix_sign_in_attempts_expires_at", "sign_in_attempts", ["expires_at"])


def _create_exports() -> None:
    op.create_table(
        "data_exports",
        key(),
        number("user_id"),
        moment("asked_at"),
        moment("ready_at", nullable=True),
        moment("expires_at"),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        written("created_at"),
        written("updated_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("user_id"),
        reference("user_id", "users", on_delete="CASCADE"),
    )
    op.create_index("ix_data_exports_expires_at", "data_exports", ["expires_at"])


def _create_erasures() -> None:
    op.create_table(
        "erasures",
        key(),
        number("user_id"),
        moment("asked_at"),
        text("waits_for"),
        moment("done_at", nullable=True),
        written("created_at"),
        written("updated_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("user_id"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"]),
    )
    op.create_index(
        "ix_erasures_waiting", "erasures", ["id"], postgresql_where=sa.text("done_at IS NULL")
    )
