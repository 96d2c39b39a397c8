"""What the house says no to, in the reader's language; what has no words there stays English."""

from dataclasses import dataclass
from datetime import datetime

from scentd.api.formats import Formats
from scentd.api.reasonwords import tell_now
from scentd.api.words import ENGLISH
from scentd.model.errors import ScentdError
from scentd.model.parsing import Problem
from scentd.model.reasons import Reason


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
    problem = getattr(error, "problem", None)
    if isinstance(problem, Problem) and problem.because is not None:
        return _unfit(error, problem, problem.because, formats)
    facts = vars(error) if because is None else {**vars(error), **because.facts}
    codes = (error.code,) if because is None else (because.code, error.code)
    said = {
        part: next((words(key, **facts) for key in _keys(codes, part) if words.has(key)), None)
        for part in ("message", "hint")
    }
    message = error.message if because is None else tell_now(because, formats, now)
    return Refusal(error.code, said["message"] or message, said["hint"] or error.hint, error.field)


def _unfit(error: ScentdError, problem: Problem, because: Reason, formats: Formats) -> Refusal:
    """Say what is wrong with one field of a rule, scene or schedule."""
    words, key = formats.words, f"problem.{because.code}"
    if words.language == ENGLISH or not words.has(f"{key}.message"):
        return Refusal(error.code, error.message, error.hint, error.field)
    said, hint = (words(f"{key}.{part}", **because.facts) for part in ("message", "hint"))
    where = f" ({problem.field})" if problem.field else ""
    what = words(f"problem.{type(error).__name__}")
    line = getattr(error, "line", None)
    if line is not None:
        what = words("problem.line", line=line, what=what)
    return Refusal(error.code, f"{what}{where}: {said}.", hint, error.field)


def _keys(codes: tuple[str, ...], part: str) -> tuple[str, ...]:
    """Give where words may stand: those of the case before those of the kind."""
    return tuple(f"refused.{code}.{part}" for code in codes)
