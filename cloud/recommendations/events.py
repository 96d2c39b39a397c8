"""News of the quiz, emitted in the transaction that made it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class QuizCompleted:
    """A member has a finished quiz for the first time; also when they sign in with a guest's.

    Redoing it is no news. A member who somehow finishes two at once may be told twice: whoever
    gives something for it keeps a key of `user_id` alone.
    """

    user_id: int
    run_id: int
    at: datetime
