"""What returns refuse."""

from collections.abc import Mapping
from typing import Self

from cloud.foundation.errors import Conflict, NotFound, Refused
from cloud.foundation.words import N_, Phrase
from cloud.returns.stages import ReturnStage


class ReturnNotFound(NotFound):
    """There is no such return, or it is not the caller's."""

    code = "return_not_found"

    def __init__(self, number: str) -> None:
        super().__init__(
            Phrase("There is no return %(number)s.", number=number), hint="Look it up at its order."
        )


_S = ReturnStage
# How a return stands, as a whole sentence each: other languages bend the words.
_STANDS = {
    _S.ASKED: N_("Return %(number)s waits for our answer."),
    _S.APPROVED: N_("Return %(number)s is approved and has not arrived yet."),
    _S.REFUSED: N_("Return %(number)s was refused."),
    _S.WITHDRAWN: N_("Return %(number)s was withdrawn."),
    _S.RECEIVED: N_("Return %(number)s has arrived."),
    _S.REFUNDED: N_("The money of return %(number)s went back."),
    _S.CLOSED: N_("Return %(number)s is closed."),
}


class ReturnRefused(Conflict):
    """The return stands where this step does not lead on from."""

    code = "return_stage_refused"

    def __init__(self, number: str, stage: ReturnStage, to: ReturnStage) -> None:
        super().__init__(
            Phrase(_STANDS[stage], number=number),
            hint=N_("So this step is not possible. Load the return again to see what is."),
        )
        self.stage = stage
        self.to = to


class NotReturnable(Conflict):
    """Nothing of the order can be sent back now."""

    code = "order_not_returnable"

    def __init__(self, sentence: Phrase) -> None:
        super().__init__(sentence, hint="Write to us if something is wrong with it.")

    @classmethod
    def not_there(cls, number: str) -> Self:
        """Return the refusal for an order that is still to come, or never will."""
        return cls(Phrase("Order %(number)s has not arrived yet.", number=number))

    @classmethod
    def too_late(cls, number: str, days: int) -> Self:
        """Return the refusal for an order that arrived longer ago than returns are taken."""
        return cls(
            Phrase(
                "Order %(number)s arrived more than %(days)s days ago.", number=number, days=days
            )
        )


class ReturnLineTooMany(Refused):
    """More bottles would come back than can."""

    code = "return_line_too_many"

    def __init__(self, item_id: int, most: int) -> None:
        super().__init__(
            Phrase(
                "Of line %(item_id)s at most %(most)s can come back.", item_id=item_id, most=most
            ),
            hint="Choose a number up to that.",
            field=f"lines.{item_id}",
        )
        self.most = most

    def wire_facts(self) -> Mapping[str, object]:
        """Return how many could."""
        return {"most": self.most}


class NothingReturned(Refused):
    """No line was chosen."""

    code = "nothing_returned"

    def __init__(self) -> None:
        super().__init__(
            "No bottle was chosen.",
            hint="Say how many of which line are meant.",
            field="lines",
        )
