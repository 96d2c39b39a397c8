"""${message}

Revision ID: ${up_revision}
Revises: ${down_revision | comma,n}

Runs beside the previous release's code: add first, remove in a later release. A new column of a
large table needs no default that rewrites it; a new index of one goes through
`op.get_context().autocommit_block()` and `postgresql_concurrently=True`.
"""

import sqlalchemy as sa
from alembic import op
${imports if imports else ""}
revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = ${repr(branch_labels)}
depends_on = ${repr(depends_on)}


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    ${downgrades if downgrades else "pass"}
