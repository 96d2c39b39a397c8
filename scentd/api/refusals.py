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
    words, because = formats.words, error.because
    facts = vars(error) if because is None else {**vars(error), **because.facts}
    codes = (error.code,) if because is None else (because.code, error.code)
    said = {
        part: next((words(key, **facts) for key in _keys(codes, part) if words.has(key)), None)
        for part in ("message", "hint")
    }
    message = error.message if because is None else tell_now(because, formats, now)
    return Refusal(error.code, said["message"] or message, said["hint"] or error.hint, error.field)


def _keys(codes: tuple[str, ...], part: str) -> tuple[str, ...]:
    """Give where words may stand: those of the case before those of the kind."""
    return tuple(f"refused.{code}.{part}" for code in codes)
