"""The words that the catalogue's texts hold, for correcting and completing what is typed."""

from sqlalchemy import CheckConstraint, Computed, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from cloud.foundation.database import Base


class SearchWord(Base):
    """One word of a product's texts, without accents; `language` '' is the shop's own.

    Triggers add words in the transaction that writes the texts, and never take one away: whoever
    offers a word makes sure that a product on sale has it. `sound` is its double metaphone.
    """

    __tablename__ = "search_words"
    __table_args__ = (
        CheckConstraint("word <> ''", name="word"),
        Index(
            "ix_search_words_word",
            "word",
            postgresql_using="gist",
            postgresql_ops={"word": "gist_trgm_ops"},
        ),
        Index("ix_search_words_sound", "sound"),
    )

    language: Mapped[str] = mapped_column(primary_key=True)
    word: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    sound: Mapped[str | None] = mapped_column(
        Computed("dmetaphone(word)", persisted=True), deferred=True
    )
