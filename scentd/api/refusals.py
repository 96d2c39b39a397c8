"""What the house says no to, in the reader's language; what has no words there stays English."""

from dataclasses import dataclass

from scentd.api.words import Words
from scentd.model.errors import ScentdError


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error as one reader is told it: what is wrong, and the next step."""

    code: str
    message: str
    hint: str
    field: str | None

    def __str__(self) -> str:
        return f"{self.message} {self.hint}"


def refusal(error: ScentdError, words: Words) -> Refusal:
    """Put an error into words by its code and the facts it keeps as attributes."""
    key = f"refused.{error.code}"
    if not words.has(f"{key}.message"):
        return Refusal(error.code, error.message, error.hint, error.field)
    facts = vars(error)
    message, hint = words(f"{key}.message", **facts), words(f"{key}.hint", **facts)
    return Refusal(error.code, message, hint, error.field)
