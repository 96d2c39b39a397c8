"""Searching a text that is kept in small letters, with a trigram index on it."""

from typing import Any

from sqlalchemy import ColumnElement, String, literal
from sqlalchemy.orm import InstrumentedAttribute


def holding(
    folded: ColumnElement[Any] | InstrumentedAttribute[Any], words: str
) -> ColumnElement[bool]:
    """Return the condition that a text in small letters holds some words, whatever their case.

    The words stand in the statement itself (quoted by the dialect): only then does PostgreSQL know
    whether they are rare. With a parameter it soon plans for average words, and reads a whole table
    backwards to find that nothing holds them.
    """
    escaped = words.lower().replace("/", "//").replace("%", "/%").replace("_", "/_")
    pattern = literal(f"%{escaped}%", String(), literal_execute=True)
    return folded.like(pattern, escape="/")
