"""A door for wishes that remembers them; each diffuser answers as it is told to."""

from collections.abc import Callable
from datetime import datetime

from scentd.model.commands import Answer, Outcome, Wish
from scentd.model.reasons import Reason


class FakeCommander:
    """Take wishes and hold which diffusers run; `answers` bends the answer of one diffuser.

    `on_wish` is called whenever one comes.
    """

    def __init__(self) -> None:
        self.wishes: list[Wish] = []
        self.on: dict[str, bool] = {}
        self.answers: dict[str, Answer] = {}
        self.override_ends: dict[str, datetime] = {}
        self.on_wish: Callable[[], None] = lambda: None

    def submit(self, wish: Wish) -> Outcome:
        self.wishes.append(wish)
        self.on_wish()
        answer = self.answers.get(wish.diffuser_id)
        if answer is not None and answer is not Answer.SENT:
            return Outcome(answer, Reason("said", {"text": f"the test says {answer}"}))
        if wish.power is not None and self.on.get(wish.diffuser_id) is wish.power:
            return Outcome(Answer.ALREADY_SO, Reason("already_so"))
        if wish.power is not None:
            self.on[wish.diffuser_id] = wish.power
        return Outcome(Answer.SENT, Reason("asked"), command_id=f"c{len(self.wishes)}")

    def override_ends_at(self, diffuser_id: str) -> datetime | None:
        return self.override_ends.get(diffuser_id)
