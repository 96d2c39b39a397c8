"""Roles of the shop's own making, invitations of staff, and tokens for programs.

Revision ID: 0009_rights
Revises: 0008_identities
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import CITEXT

from cloud.migrations.columns import check, key, moment, number, reference, text, texts, written
from cloud.migrations.operations import keep_updated_at

revision = "0009_rights"
down_revision = "0008_identities"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _roles()
    op.add_column("users", number("role_definition_id", nullable=True))
    op.create_foreign_key(
        op.f("fk_users_role_definition_id_role_definitions"),
        "users",
        "role_definitions",
        ["role_definition_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_index("ix_users_role_definition_id", "users", ["role_definition_id"])
    _invitations()
    _tokens()
    keep_updated_at("role_definitions", "staff_invitations", "api_tokens")


def downgrade() -> None:
    op.drop_table("api_tokens")
    op.drop_table("staff_invitations")
    op.drop_column("users", "role_definition_id")
    op.drop_table("role_permits")
    op.drop_table("role_definitions")


def _roles() -> None:
    op.create_table(
        "role_definitions",
        key(),
        sa.Column("name", CITEXT(), nullable=False),
        text("description"),
        sa.Column("stands_for", sa.String(40), nullable=True),
        number("version"),
        written("created_at"),
        written("updated_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
        sa.UniqueConstraint("stands_for"),
        check("name", "length(name) BETWEEN 1 AND 80"),
        check("stands_for", "stands_for IN ('ADMIN', 'MANAGER')"),
    )
    op.execute(
        "INSERT INTO role_definitions (name, description, stands_for, version) VALUES "
        "('Admin', 'May do everything.', 'ADMIN', 1), "
        "('Manager', 'Does the daily work of the shop.', 'MANAGER', 1)"
    )
    op.create_table(
        "role_permits",
        number("role_definition_id"),
        text("permit"),
        sa.PrimaryKeyConstraint("role_definition_id", "permit"),
        reference("role_definition_id", "role_definitions", on_delete="CASCADE"),
        check("permit", "permit ~ '^[a-z_]+:[a-z_]+$'"),
    )


def _invitations() -> None:
    op.create_table(
        "staff_invitations",
        key(),
        sa.Column("email", CITEXT(), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        number("role_definition_id", nullable=True),
        number("invited_by_user_id"),
        sa.Column("token_digest", sa.LargeBinary(), nullable=True),
        moment("expires_at"),
        written("created_at"),
        written("updated_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email"),
        sa.UniqueConstraint("token_digest"),
        reference("role_definition_id", "role_definitions", on_delete="CASCADE"),
        reference("invited_by_user_id", "users", on_delete="CASCADE"),
        check("role", "role IN ('ADMIN', 'MANAGER')"),
    )
    for column in ("role_definition_id", "invited_by_user_id"):
        op.create_index(f"ix_staff_invitations_{column}", "staff_invitations", [column])


def _tokens() -> None:
    op.create_table(
        "api_tokens",
        key(),
        number("user_id"),
        text("name"),
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        texts("scopes"),
        moment("expires_at"),
        moment("last_used_at", nullable=True),
        moment("revoked_at", nullable=True),
        written("created_at"),
        written("updated_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_digest"),
        reference("user_id", "users", on_delete="CASCADE"),
        check("name", "length(name) BETWEEN 1 AND 80"),
        check("scopes", "cardinality(scopes) > 0"),
    )
    op.create_index("ix_api_tokens_user_id", "api_tokens", ["user_id"])
