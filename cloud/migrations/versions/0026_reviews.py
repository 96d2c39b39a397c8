"""Reviews with their votes, the stars of products, and the newsletter.

Revision ID: 0026_reviews
Revises: 0025_forecasts
"""

from pathlib import Path

from alembic import op

from cloud.migrations.operations import keep_updated_at

revision = "0026_reviews"
down_revision = "0025_forecasts"
branch_labels = None
depends_on = None

_TABLES = Path(__file__).with_suffix(".sql")
_FORGET = """
    DROP TABLE newsletter_deliveries, newsletter_texts, newsletter_issues, newsletter_consents,
        newsletter_subscribers, review_votes, reviews;
    DROP FUNCTION keep_vote_counts();
    DROP FUNCTION keep_product_stars();
    DROP FUNCTION step_product_stars(BIGINT, INTEGER, INTEGER);
    ALTER TABLE products
        DROP CONSTRAINT ck_products_ratings,
        DROP COLUMN rating_counts,
        DROP COLUMN rating_count,
        DROP COLUMN rating_sum,
        DROP COLUMN rating_rank;
"""


def upgrade() -> None:
    # The driver's own cursor: many statements, with percent signs of their own.
    op.get_bind().exec_driver_sql(_TABLES.read_text("utf-8").replace("%", "%%"))
    keep_updated_at("reviews", "newsletter_subscribers", "newsletter_issues")


def downgrade() -> None:
    op.get_bind().exec_driver_sql(_FORGET)
