"""The scent quiz, what is learnt of products and people, and what diffusers ran with consent.

Revision ID: 0027_quiz
Revises: 0026_reviews
"""

from pathlib import Path

from alembic import op

from cloud.migrations.operations import keep_updated_at

revision = "0027_quiz"
down_revision = "0026_reviews"
branch_labels = None
depends_on = None

_TABLES = Path(__file__).with_suffix(".sql")
# In the order in which nothing points at them any more.
_ALL = (
    "use_marks",
    "scent_uses",
    "use_consents",
    "suggestions",
    "suggestion_turns",
    "product_neighbours",
    "quiz_picks",
    "quiz_answers",
    "quiz_runs",
    "quiz_questions",
    "quiz_editions",
)


def upgrade() -> None:
    # The driver's own cursor: many statements at once.
    op.get_bind().exec_driver_sql(_TABLES.read_text("utf-8").replace("%", "%%"))
    keep_updated_at("quiz_editions", "quiz_questions", "quiz_runs")


def downgrade() -> None:
    for table in _ALL:
        op.drop_table(table)
