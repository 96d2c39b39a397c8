"""What the house says no to, in the reader's language; what has no words there stays English."""

from dataclasses import dataclass
from datetime import datetime

from scentd.api.formats import Formats
from scentd.api.reasonwords import tell_now
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


def refusal(error: ScentdError, formats: Formats, now: datetime) -> Refusal:
    """Put an error into words by its code and the facts it keeps as attributes."""
    key, words = f"refused.{error.code}", formats.words
    facts = vars(error)
    message, hint = error.message, error.hint
    if words.has(f"{key}.message"):
        message = words(f"{key}.message", **facts)
    elif error.because is not None:
        message = tell_now(error.because, formats, now)
    if words.has(f"{key}.hint"):
        hint = words(f"{key}.hint", **facts)
    return Refusal(error.code, message, hint, error.field)
