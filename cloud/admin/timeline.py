"""All that happened to an order, told in one line of time. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from cloud.foundation.words import N_
from cloud.notifications.schemas import OrderMail
from cloud.orders.schemas import NoteView, OrderView
from cloud.refunds.schemas import RefundView
from cloud.returns.schemas import ReturnView

RETURN_STAGES = {
    "asked": N_("Return asked for"),
    "approved": N_("Return approved"),
    "refused": N_("Return refused"),
    "withdrawn": N_("Return withdrawn"),
    "received": N_("Return received"),
    "refunded": N_("Return refunded"),
    "closed": N_("Return closed"),
}


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened: `kind` is status, note, mail, refund or return.

    `title` is a text marked with N_, or a status; `text` is what people wrote; `who` did it.
    """

    at: datetime
    kind: str
    title: str
    text: str = ""
    who: str = ""
    amount_minor: int | None = None


def timeline(
    order: OrderView,
    notes: Iterable[NoteView],
    refunds: Iterable[RefundView],
    returns: Iterable[ReturnView],
    mails: Iterable[OrderMail],
) -> list[Moment]:
    """Return all of it, the newest first."""
    told = [
        *(
            Moment(step.at, "status", step.status.value, step.comment, step.actor)
            for step in order.history
        ),
        *(
            Moment(
                note.at,
                "note",
                N_("Note for the customer") if note.is_for_customer else N_("Internal note"),
                note.body,
                note.author_name,
            )
            for note in notes
        ),
        *(
            Moment(one.created_at, "refund", N_("Refund"), one.reason, "", one.amount_minor)
            for one in refunds
        ),
        *(
            Moment(step.at, "return", RETURN_STAGES[step.stage], step.comment, step.actor)
            for back in returns
            for step in back.steps
        ),
        *(Moment(mail.told_at, "mail", N_("Mail"), mail.title, mail.email) for mail in mails),
    ]
    return sorted(told, key=lambda moment: moment.at, reverse=True)
