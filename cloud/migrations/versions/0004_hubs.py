"""Households, hubs, their logs and slots, documents, and pairings.

Revision ID: 0004_hubs
Revises: 0003_catalogue
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from cloud.migrations.columns import check, key, moment, number, reference, text, written
from cloud.migrations.operations import keep_updated_at

revision = "0004_hubs"
down_revision = "0003_catalogue"
branch_labels = None
depends_on = None

_STAMPED = ("households", "household_members", "hubs", "hub_diffusers", "slots", "hub_pairings")
_TABLES = (
    "households",
    "household_members",
    "hubs",
    "hub_sessions",
    "hub_nonces",
    "hub_lineages",
    "hub_events",
    "event_rejects",
    "hub_diffusers",
    "slots",
    "shared_documents",
    "shared_fields",
    "cloud_documents",
    "hub_pairings",
)


def upgrade() -> None:
    _create_households()
    _create_hubs()
    _create_proofs()
    _create_history()
    _create_devices()
    _create_documents()
    _create_pairings()
    keep_updated_at(*_STAMPED)


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)


def _counter(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=False, server_default=sa.text("0"))


def _small(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.SmallInteger(), nullable=False)


def _binary(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def _of_hub() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["household_id", "hub_id"], ["hubs.household_id", "hubs.id"], ondelete="CASCADE"
    )


def _of_lineage() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["household_id", "hub_id", "lineage_id"],
        ["hub_lineages.household_id", "hub_lineages.hub_id", "hub_lineages.id"],
        ondelete="CASCADE",
    )


def _create_households() -> None:
    op.create_table(
        "households",
        key(),
        text("name"),
        _counter("version"),
        _counter("stamp"),
        _counter("low_water"),
        written("created_at"),
        written("updated_at"),
        sa.PrimaryKeyConstraint("id"),
        check("name_length", "length(name) BETWEEN 1 AND 80"),
        check("versions", "0 <= low_water AND low_water <= version"),
        check("stamp", "stamp >= 0"),
    )
    op.create_table(
        "household_members",
        number("household_id"),
        number("user_id"),
        sa.Column("role", sa.String(40), nullable=False),
        written("created_at"),
        written("updated_at"),
        sa.PrimaryKeyConstraint("household_id", "user_id"),
        reference("household_id", "households", on_delete="CASCADE"),
        reference("user_id", "users", on_delete="CASCADE"),
        check("role", "role IN ('OWNER', 'ADULT', 'GUEST')"),
    )
    op.create_index("ix_household_members_user_id", "household_members", ["user_id"])


def _create_hubs() -> None:
    op.create_table(
        "hubs",
        number("household_id"),
        key(),
        text("name"),
        _binary("public_key"),
        text("software"),
        moment("paired_at"),
        number("paired_by", nullable=True),
        moment("seen_at", nullable=True),
        moment("revoked_at", nullable=True),
        moment("duplicated_at", nullable=True),
        number("lineage_id", nullable=True),
        written("created_at"),
        written("updated_at"),
        sa.PrimaryKeyConstraint("household_id", "id"),
        sa.UniqueConstraint("id", name="uq_hubs_id"),
        reference("household_id", "households", on_delete="CASCADE"),
        reference("paired_by", "users", on_delete="SET NULL"),
        check("public_key", "octet_length(public_key) = 32"),
        check("lengths", "length(name) <= 80 AND length(software) <= 80"),
    )
    op.create_index("ix_hubs_paired_by", "hubs", ["paired_by"])
    op.create_index(
        "uq_hubs_public_key_live",
        "hubs",
        ["public_key"],
        unique=True,
        postgresql_where=sa.text("revoked_at IS NULL"),
    )


def _create_proofs() -> None:
    op.create_table(
        "hub_sessions",
        number("household_id"),
        number("hub_id"),
        _binary("token_digest"),
        _small("protocol"),
        moment("opened_at"),
        moment("expires_at"),
        sa.PrimaryKeyConstraint("household_id", "hub_id"),
        _of_hub(),
        check("token_digest", "octet_length(token_digest) = 32"),
        check("lifetime", "expires_at > opened_at"),
    )
    op.create_table(
        "hub_nonces",
        number("household_id"),
        number("hub_id"),
        _binary("nonce"),
        moment("expires_at"),
        sa.PrimaryKeyConstraint("household_id", "hub_id", "nonce"),
        _of_hub(),
        check("nonce", "octet_length(nonce) = 32"),
    )
    op.create_index("ix_hub_nonces_expires_at", "hub_nonces", ["expires_at"])


def _create_history() -> None:
    op.create_table(
        "hub_lineages",
        number("household_id"),
        number("hub_id"),
        key(),
        sa.Column("lineage", sa.CHAR(32), nullable=False),
        _counter("acked"),
        _binary("chain"),
        _counter("gap_count"),
        moment("started_at"),
        moment("appended_at"),
        sa.PrimaryKeyConstraint("household_id", "hub_id", "id"),
        sa.UniqueConstraint("household_id", "hub_id", "lineage"),
        _of_hub(),
        check("lineage", "lineage ~ '^[0-9a-f]{32}$'"),
        check("chain", "octet_length(chain) = 16"),
        check("counts", "0 <= gap_count AND gap_count <= acked"),
    )
    op.create_table(
        "hub_events",
        *(number(name) for name in ("household_id", "hub_id", "lineage_id", "seq", "last")),
        text("kind"),
        _small("version"),
        text("importance"),
        moment("happened_at"),
        sa.Column("dated_by", sa.String(40), nullable=False),
        moment("received_at"),
        _binary("line"),
        sa.PrimaryKeyConstraint("household_id", "hub_id", "lineage_id", "seq"),
        _of_lineage(),
        check("numbers", "1 <= seq AND seq <= last"),
        check("dated_by", "dated_by IN ('hub', 'monotonic', 'receipt')"),
    )
    op.create_table(
        "event_rejects",
        *(number(name) for name in ("household_id", "hub_id", "lineage_id", "seq")),
        text("code"),
        text("why"),
        moment("rejected_at"),
        sa.PrimaryKeyConstraint("household_id", "hub_id", "lineage_id", "seq"),
        _of_lineage(),
        check("why_length", "length(why) <= 500"),
    )
    op.create_index("ix_event_rejects_rejected_at", "event_rejects", ["rejected_at"])


def _create_devices() -> None:
    op.create_table(
        "hub_diffusers",
        number("household_id"),
        number("hub_id"),
        *(text(name) for name in ("diffuser_id", "dialect", "name", "room", "maker", "model")),
        _small("slot_count"),
        moment("described_at"),
        written("created_at"),
        written("updated_at"),
        sa.PrimaryKeyConstraint("household_id", "hub_id", "diffuser_id"),
        _of_hub(),
        check("diffuser_id", "length(diffuser_id) BETWEEN 1 AND 120"),
        check("slot_count", "slot_count BETWEEN 1 AND 16"),
    )
    op.create_table(
        "slots",
        number("household_id"),
        key(),
        number("hub_id"),
        text("diffuser_id"),
        _small("slot_no"),
        text("diffuser_name"),
        text("room"),
        text("scent_sku", nullable=True),
        *(number(name) for name in ("capacity_ul", "remaining_ul", "error_ul")),
        text("level_quality"),
        sa.Column("days_left", sa.Double(), nullable=True),
        moment("runs_out_at", nullable=True),
        text("cartridge_install_id"),
        number("cycle"),
        moment("level_at"),
        moment("fitted_at"),
        text("low_install_id", nullable=True),
        moment("low_at", nullable=True),
        written("created_at"),
        written("updated_at"),
        sa.PrimaryKeyConstraint("household_id", "id"),
        sa.UniqueConstraint("id", name="uq_slots_id"),
        sa.UniqueConstraint("household_id", "hub_id", "diffuser_id", "slot_no"),
        _of_hub(),
        check("slot_no", "slot_no BETWEEN 1 AND 16"),
        check("cycle", "cycle >= 1"),
        check("capacity", "capacity_ul > 0"),
        check("remaining", "remaining_ul >= 0"),
        check("install_id", "length(cartridge_install_id) BETWEEN 8 AND 64"),
        check("diffuser_id", "length(diffuser_id) BETWEEN 1 AND 120"),
        check(
            "level_quality",
            "level_quality IN ('measured', 'device_estimate', 'hub_estimate', 'inferred')",
        ),
    )


def _create_documents() -> None:
    op.create_table(
        "shared_documents",
        number("household_id"),
        text("kind"),
        text("key"),
        number("version"),
        _counter("reset_version"),
        moment("deleted_at", nullable=True),
        sa.PrimaryKeyConstraint("household_id", "kind", "key"),
        reference("household_id", "households", on_delete="CASCADE"),
        check("kind", "kind IN ('rule', 'schedule', 'diffuser', 'reorder_preference')"),
        check("key_length", "length(key) BETWEEN 1 AND 160"),
    )
    op.create_index("ix_shared_documents_version", "shared_documents", ["household_id", "version"])
    op.create_table(
        "shared_fields",
        number("household_id"),
        *(text(name) for name in ("kind", "key", "field", "value")),
        number("stamp"),
        text("node"),
        sa.PrimaryKeyConstraint("household_id", "kind", "key", "field"),
        sa.ForeignKeyConstraint(
            ["household_id", "kind", "key"],
            [f"shared_documents.{name}" for name in ("household_id", "kind", "key")],
            ondelete="CASCADE",
        ),
        check("field_length", "length(field) BETWEEN 1 AND 80"),
        check("value_length", "octet_length(value) <= 65536"),
        check("stamp", "stamp >= 0"),
    )
    op.create_table(
        "cloud_documents",
        number("household_id"),
        text("kind"),
        text("key"),
        number("version"),
        sa.Column("body", JSONB(), nullable=True),
        moment("deleted_at", nullable=True),
        sa.PrimaryKeyConstraint("household_id", "kind", "key"),
        reference("household_id", "households", on_delete="CASCADE"),
        check("kind_length", "length(kind) BETWEEN 1 AND 40"),
        check("key_length", "length(key) BETWEEN 1 AND 160"),
        check("deleted", "(body IS NULL) = (deleted_at IS NOT NULL)"),
    )
    op.create_index("ix_cloud_documents_version", "cloud_documents", ["household_id", "version"])


def _create_pairings() -> None:
    op.create_table(
        "hub_pairings",
        key(),
        _binary("device_digest"),
        text("user_code"),
        _binary("public_key"),
        text("hub_name"),
        text("software"),
        text("address"),
        moment("offered_at"),
        moment("expires_at"),
        _small("interval_s"),
        moment("asked_at", nullable=True),
        moment("denied_at", nullable=True),
        moment("approved_at", nullable=True),
        number("household_id", nullable=True),
        number("hub_id", nullable=True),
        written("created_at"),
        written("updated_at"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("device_digest"),
        sa.UniqueConstraint("user_code"),
        _of_hub(),
        check("user_code", "user_code ~ '^[BCDFGHJKLMNPQRSTVWXZ]{8}$'"),
        check("public_key", "octet_length(public_key) = 32"),
        check("device_digest", "octet_length(device_digest) = 32"),
        check("lifetime", "expires_at > offered_at"),
        check("hub", "(household_id IS NULL) = (hub_id IS NULL)"),
        check("approved", "(approved_at IS NULL) = (hub_id IS NULL)"),
        check("one_answer", "approved_at IS NULL OR denied_at IS NULL"),
        check("lengths", "length(hub_name) <= 80 AND length(software) <= 80"),
    )
    op.create_index("ix_hub_pairings_hub", "hub_pairings", ["household_id", "hub_id"])
    op.create_index("ix_hub_pairings_expires_at", "hub_pairings", ["expires_at"])
