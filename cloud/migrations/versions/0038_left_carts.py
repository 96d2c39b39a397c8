"""Mails for carts that were left: who agreed, and what was told.

Revision ID: 0038_left_carts
Revises: 0037_order_forms
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import CITEXT, JSONB

from cloud.migrations.columns import check, key, moment, number, reference, text, written
from cloud.migrations.operations import keep_updated_at

revision = "0038_left_carts"
down_revision = "0037_order_forms"
branch_labels = None
depends_on = None

_KIND = "CART_LEFT"
_TOPIC = "left_carts"
# Where a new word is allowed: table, the CHECK's name, its column, the word.
_WIDENED = (
    ("notifications", "kind", _KIND),
    ("campaigns", "kind", _KIND),
    ("notification_preferences", "topic", _TOPIC),
    ("mail_refusals", "topic", _TOPIC),
)
_ALLOWED = sa.text(
    "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE conname = :name AND conrelid = CAST(:table AS regclass)"
)


def upgrade() -> None:
    for table, column, word in _WIDENED:
        _allow(table, column, (*_allowed(table, column), word))
    op.add_column(
        "site_settings",
        sa.Column("left_carts", JSONB(), server_default="{}", nullable=False),
    )
    op.create_table(
        "cart_consents",
        number("cart_id"),
        sa.Column("email", CITEXT(), nullable=False),
        text("language"),
        text("words"),
        moment("agreed_at"),
        written("created_at"),
        written("updated_at"),
        sa.PrimaryKeyConstraint("cart_id"),
        reference("cart_id", "carts", on_delete="CASCADE"),
        check("email_shape", "email LIKE '_%@_%' AND length(email) <= 254"),
    )
    op.create_index("ix_cart_consents_email", "cart_consents", ["email"])
    op.create_index("ix_cart_consents_agreed_at", "cart_consents", ["agreed_at"])
    op.create_table(
        "left_carts",
        key(),
        *(number(name, nullable=True) for name in ("cart_id", "returned_cart_id", "user_id")),
        sa.Column("email", CITEXT()),
        sa.Column("lines", JSONB(), nullable=False),
        *(moment(name) for name in ("left_at", "told_at", "link_ends_at")),
        *(moment(name, nullable=True) for name in ("mailed_at", "returned_at", "ordered_at")),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("cart_id", "left_at"),
        reference("cart_id", "carts", on_delete="SET NULL"),
        reference("returned_cart_id", "carts", on_delete="SET NULL"),
        reference("user_id", "users", on_delete="SET NULL"),
        check("times", "left_at <= told_at AND told_at < link_ends_at"),
        check("bought_is_back", "ordered_at IS NULL OR returned_at IS NOT NULL"),
    )
    op.create_index("ix_left_carts_returned_cart_id", "left_carts", ["returned_cart_id"])
    op.create_index("ix_left_carts_user_id", "left_carts", ["user_id"])
    op.create_index("ix_left_carts_email", "left_carts", ["email"])
    op.create_index("ix_left_carts_mailed_at", "left_carts", ["mailed_at"])
    keep_updated_at("cart_consents")


def downgrade() -> None:
    op.drop_table("left_carts")
    op.drop_table("cart_consents")
    op.drop_column("site_settings", "left_carts")
    op.execute(f"DELETE FROM notifications WHERE kind = '{_KIND}'")
    for table, column, word in _WIDENED:
        if column == "topic":
            op.execute(f"DELETE FROM {table} WHERE topic = '{word}'")
        _allow(table, column, tuple(one for one in _allowed(table, column) if one != word))


def _allowed(table: str, column: str) -> tuple[str, ...]:
    """Return the words of a CHECK as they are, whichever revisions came before."""
    name = f"ck_{table}_{column}"
    found = op.get_bind().execute(_ALLOWED, {"name": name, "table": table}).scalar_one()
    return tuple(piece.split("'")[1] for piece in found.split("[", 1)[1].split(","))


def _allow(table: str, column: str, words: tuple[str, ...]) -> None:
    op.drop_constraint(f"ck_{table}_{column}", table)
    listed = ", ".join(f"'{word}'" for word in words)
    op.create_check_constraint(column, table, f"{column} IN ({listed})")
