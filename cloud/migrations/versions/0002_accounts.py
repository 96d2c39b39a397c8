"""Accounts, sessions, one-time links, addresses, and the row of site settings.

Revision ID: 0002_accounts
Revises: 0001_foundation
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import CITEXT, JSONB

from cloud.migrations.columns import check, flag, key, moment, number, reference, text, written
from cloud.migrations.operations import keep_updated_at

revision = "0002_accounts"
down_revision = "0001_foundation"
branch_labels = None
depends_on = None

_TABLES = ("users", "user_sessions", "one_time_links", "addresses", "site_settings")


def upgrade() -> None:
    _create_users()
    _create_sessions()
    _create_links()
    _create_addresses()
    _create_settings()
    keep_updated_at(*_TABLES)


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)


def _create_users() -> None:
    op.create_table(
        "users",
        key(),
        sa.Column("email", CITEXT(), nullable=False),
        moment("email_verified_at", nullable=True),
        text("name"),
        text("password_hash", nullable=True),
        sa.Column("role", sa.String(40), nullable=False),
        text("language", nullable=True),
        written("created_at"),
        written("updated_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email"),
        check("email_shape", "email LIKE '_%@_%' AND length(email) <= 254"),
        check("name_length", "length(name) <= 120"),
        check("role", "role IN ('ADMIN', 'MANAGER', 'CUSTOMER')"),
    )


def _create_sessions() -> None:
    op.create_table(
        "user_sessions",
        key(),
        number("user_id"),
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        moment("signed_in_at"),
        moment("seen_at"),
        moment("expires_at"),
        text("device"),
        text("address"),
        written("created_at"),
        written("updated_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_digest"),
        reference("user_id", "users", on_delete="CASCADE"),
        check("lifetime", "expires_at > signed_in_at"),
    )
    op.create_index("ix_user_sessions_user_id", "user_sessions", ["user_id"])
    op.create_index("ix_user_sessions_expires_at", "user_sessions", ["expires_at"])


def _create_links() -> None:
    op.create_table(
        "one_time_links",
        key(),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("token_digest", sa.LargeBinary(), nullable=False),
        number("user_id", nullable=True),
        sa.Column("email", CITEXT(), nullable=True),
        moment("expires_at"),
        moment("spent_at", nullable=True),
        written("created_at"),
        written("updated_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_digest"),
        reference("user_id", "users", on_delete="CASCADE"),
        check("purpose", "purpose IN ('SIGN_IN', 'FIRST_ADMIN', 'VERIFY_EMAIL', 'RESET_PASSWORD')"),
        check("user_unless_first_admin", "(purpose = 'FIRST_ADMIN') = (user_id IS NULL)"),
    )
    op.create_index("ix_one_time_links_user_id", "one_time_links", ["user_id"])
    op.create_index("ix_one_time_links_expires_at", "one_time_links", ["expires_at"])


def _create_addresses() -> None:
    op.create_table(
        "addresses",
        key(),
        number("user_id"),
        sa.Column("kind", sa.String(40), nullable=False),
        flag("is_default"),
        *(text(name) for name in ("recipient", "line1", "line2", "city", "region", "postcode")),
        sa.Column("country", sa.CHAR(2), nullable=False),
        text("phone"),
        written("created_at"),
        written("updated_at"),
        sa.PrimaryKeyConstraint("id"),
        reference("user_id", "users", on_delete="CASCADE"),
        check("country", "country ~ '^[A-Z]{2}$'"),
        check("kind", "kind IN ('SHIPPING', 'BILLING')"),
    )
    op.create_index("ix_addresses_user_id", "addresses", ["user_id"])
    op.create_index(
        "uq_addresses_default",
        "addresses",
        ["user_id", "kind"],
        unique=True,
        postgresql_where=sa.text("is_default"),
    )


def _create_settings() -> None:
    table = op.create_table(
        "site_settings",
        sa.Column("id", sa.SmallInteger(), nullable=False, autoincrement=False),
        number("version"),
        *(text(name) for name in ("name", "primary_colour", "secondary_colour", "accent_colour")),
        sa.Column("currency", sa.CHAR(3), nullable=False),
        sa.Column("languages", JSONB(), nullable=False),
        text("time_zone"),
        text("support_email"),
        flag("prices_include_tax"),
        *(
            sa.Column(name, JSONB(), nullable=False)
            for name in ("store_address", "shipping_methods", "tax_rates")
        ),
        written("created_at"),
        written("updated_at"),
        sa.PrimaryKeyConstraint("id"),
        check("only_row", "id = 1"),
        check(
            "colours",
            "primary_colour ~ '^#[0-9a-f]{6}$' AND secondary_colour ~ '^#[0-9a-f]{6}$' "
            "AND accent_colour ~ '^#[0-9a-f]{6}$'",
        ),
        check("currency", "currency ~ '^[A-Z]{3}$'"),
        check("languages", "jsonb_array_length(languages) >= 1"),
    )
    op.bulk_insert(
        table,
        [
            {
                "id": 1,
                "version": 1,
                "name": "The Scent",
                "primary_colour": "#2a7c8a",
                "secondary_colour": "#e0a86f",
                "accent_colour": "#ff7b4f",
                "currency": "EUR",
                "languages": ["en"],
                "time_zone": "Europe/Berlin",
                "support_email": "",
                "prices_include_tax": True,
                "store_address": {},
                "shipping_methods": [],
                "tax_rates": [],
            }
        ],
    )
