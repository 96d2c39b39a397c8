"""Columns and constraints that revisions share; released revisions use them, so they never change.

Names of constraints come from the metadata's naming convention.
"""

from typing import Any

import sqlalchemy as sa


def key() -> sa.Column[Any]:
    """Return the identity column `id`."""
    return sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False)


def number(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    """Return a bigint column."""
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def text(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    """Return a text column."""
    return sa.Column(name, sa.Text(), nullable=nullable)


def texts(name: str) -> sa.Column[Any]:
    """Return a column of text arrays."""
    return sa.Column(name, sa.ARRAY(sa.Text()), nullable=False)


def flag(name: str) -> sa.Column[Any]:
    """Return a boolean column."""
    return sa.Column(name, sa.Boolean(), nullable=False)


def moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    """Return a timestamptz column."""
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def written(name: str) -> sa.Column[Any]:
    """Return a timestamptz column that the server fills at insert."""
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now())


def check(name: str, condition: str) -> sa.CheckConstraint:
    """Return the CHECK `ck_<table>_<name>`."""
    return sa.CheckConstraint(condition, name=name)


def reference(column: str, table: str, *, on_delete: str) -> sa.ForeignKeyConstraint:
    """Return a foreign key to the `id` of a table."""
    return sa.ForeignKeyConstraint([column], [f"{table}.id"], ondelete=on_delete)
