"""Search in every language, and the words that the catalogue knows.

Revision ID: 0011_search
Revises: 0010_products
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011_search"
down_revision = "0010_products"
branch_labels = None
depends_on = None

_FUNCTIONS = Path(__file__).with_suffix(".sql")
_CONFIGURATIONS = ("scent_german", "scent_spanish", "scent_plain")
_SIGNATURES = (
    "words_to_know(regconfig, text)",
    "translation_search_document(text, text, text, text)",
    "folded(text)",
    "scent_configuration(text)",
)
# What each table teaches: its language, and all that it says.
_TEACHERS = {
    "products": (
        "''",
        "'public.scent'",
        (
            "concat_ws(' ', t.name, t.tagline, t.description, array_to_string("
            "t.notes_top || t.notes_heart || t.notes_base || t.moods || t.aliases, ' '))"
        ),
    ),
    "product_translations": (
        "t.language",
        "public.scent_configuration(t.language)",
        "concat_ws(' ', t.name, t.tagline, t.description)",
    ),
}


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS fuzzystrmatch WITH SCHEMA public")
    # Without a bind parameter in sight: exec_driver_sql leaves the text as it is.
    op.get_bind().exec_driver_sql(_FUNCTIONS.read_text("utf-8").replace("%", "%%"))
    # Corrections come from the list of known words now; releases before only read more slowly.
    op.drop_index("ix_products_search_words", "products")
    for table in ("products", "product_translations"):
        op.add_column(
            table,
            sa.Column(
                "name_folded",
                sa.Text(collation="C"),
                sa.Computed("public.folded(name)", persisted=True),
            ),
        )
    op.create_index("ix_products_name_folded", "products", ["name_folded"])
    op.add_column(
        "product_translations",
        sa.Column(
            "search_document",
            postgresql.TSVECTOR(),
            sa.Computed(
                "public.translation_search_document(language, name, tagline, description)",
                persisted=True,
            ),
        ),
    )
    op.create_index(
        "ix_product_translations_language_name_folded",
        "product_translations",
        ["language", "name_folded"],
    )
    op.create_index(
        "ix_product_translations_search_document",
        "product_translations",
        ["search_document"],
        postgresql_using="gin",
    )
    _create_words()


def downgrade() -> None:
    for table in _TEACHERS:
        for event in ("insert", "update"):
            op.execute(f"DROP TRIGGER {table}_teach_words_on_{event} ON {table}")
        op.execute(f"DROP FUNCTION public.{table}_teach_words()")
    op.drop_table("search_words")
    op.drop_column("product_translations", "search_document")
    for table in ("products", "product_translations"):
        op.drop_column(table, "name_folded")
    op.create_index(
        "ix_products_search_words",
        "products",
        ["search_words"],
        postgresql_using="gin",
        postgresql_ops={"search_words": "gin_trgm_ops"},
    )
    for signature in _SIGNATURES:
        op.execute(f"DROP FUNCTION public.{signature}")
    for name in _CONFIGURATIONS:
        op.execute(f"DROP TEXT SEARCH CONFIGURATION public.{name}")
    op.execute("DROP EXTENSION fuzzystrmatch")


def _create_words() -> None:
    op.create_table(
        "search_words",
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(collation="C"), nullable=False),
        sa.Column("sound", sa.Text(), sa.Computed("public.dmetaphone(word)", persisted=True)),
        sa.PrimaryKeyConstraint("language", "word"),
        sa.CheckConstraint("word <> ''", name="word"),
    )
    op.create_index(
        "ix_search_words_word",
        "search_words",
        ["word"],
        postgresql_using="gist",
        postgresql_ops={"word": "gist_trgm_ops"},
    )
    op.create_index("ix_search_words_sound", "search_words", ["sound"])
    for table in _TEACHERS:
        op.execute(_learning_from(table, f"public.{table}"))
        op.execute(
            f"CREATE FUNCTION public.{table}_teach_words() RETURNS trigger LANGUAGE plpgsql AS $$"
            f" BEGIN {_learning_from(table, 'written')}; RETURN NULL; END $$"
        )
        for event in ("INSERT", "UPDATE"):
            op.execute(
                f"CREATE TRIGGER {table}_teach_words_on_{event.lower()} AFTER {event} ON {table}"
                " REFERENCING NEW TABLE AS written"
                f" FOR EACH STATEMENT EXECUTE FUNCTION public.{table}_teach_words()"
            )


def _learning_from(table: str, source: str) -> str:
    language, configuration, said = _TEACHERS[table]
    # In the order of the key, so that two who teach the same new words wait and do not deadlock.
    return (
        "INSERT INTO public.search_words (language, word)"
        f" SELECT DISTINCT {language}, word FROM {source} t"
        f" CROSS JOIN LATERAL public.words_to_know({configuration}, {said}) AS word"
        " ORDER BY 1, 2 ON CONFLICT DO NOTHING"
    )
