"""What banks dispute: until when to answer, and the answer."""

from typing import Annotated

from fastapi import Form, Request
from pydantic import ValidationError
from starlette.responses import RedirectResponse, Response

from cloud.admin.back_office import BackOffice, show
from cloud.disputes import service
from cloud.disputes.schemas import LONGEST_EVIDENCE, EvidenceForm
from cloud.foundation import permits
from cloud.foundation.errors import CloudError, Invalid
from cloud.foundation.identity import SignedIn
from cloud.foundation.web import Pages, allowed
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.words import N_

# What the provider calls the reasons, in words.
_REASONS = {
    "bank_cannot_process": N_("The bank cannot process it"),
    "credit_not_processed": N_("A promised refund did not come"),
    "customer_initiated": N_("The buyer objects"),
    "duplicate": N_("Charged twice"),
    "fraudulent": N_("The cardholder did not buy it"),
    "general": N_("No reason was given"),
    "product_not_received": N_("The goods did not come"),
    "product_unacceptable": N_("The goods are not as described"),
    "subscription_canceled": N_("The subscription was cancelled"),
    "unrecognized": N_("The cardholder does not recognise it"),
}


class EvidenceMissing(Invalid):
    """Nothing was written, or too much."""

    code = "evidence_missing"

    def __init__(self) -> None:
        super().__init__(
            "Write what the bank should know.",
            hint=f"From one to {LONGEST_EVIDENCE} characters.",
            field="evidence",
        )


def dispute_pages(office: BackOffice) -> APIRouter:
    """Return the pages of disputes."""
    router = APIRouter(prefix="/admin/disputes", include_in_schema=False)

    @router.get("")
    async def list_disputes(
        request: Request, pages: Pages, user: SignedIn = allowed(permits.DISPUTES_VIEW)
    ) -> Response:
        """Return what is to be answered, the most urgent first, and how others ended."""
        return await _shown(office, request, pages, user)

    @router.post("/{dispute_id}/evidence")
    async def answer(
        request: Request,
        pages: Pages,
        dispute_id: RowId,
        evidence: Annotated[str, Form()] = "",
        user: SignedIn = allowed(permits.DISPUTES_CHANGE),
    ) -> Response:
        """Send the answer to the bank."""
        try:
            form = _read(evidence)
            async with office.database.unit_of_work() as session:
                await service.answer(
                    session, dispute_id, form.text, staff=user, now=office.clock.now()
                )
        except CloudError as error:
            return await _shown(
                office, request, pages, user, error=error, typed={dispute_id: evidence}
            )
        return RedirectResponse("/admin/disputes?done=answered", 303)

    return router


def _read(evidence: str) -> EvidenceForm:
    try:
        return EvidenceForm(text=evidence)
    except ValidationError as error:
        raise EvidenceMissing from error


async def _shown(
    office: BackOffice,
    request: Request,
    pages: Pages,
    user: SignedIn,
    *,
    error: CloudError | None = None,
    typed: dict[int, str] | None = None,
) -> Response:
    async with office.database.unit_of_work() as session:
        undecided = await service.list_open(session)
        recent = await service.list_disputes(session, limit=50)
    return await show(
        request,
        pages,
        "disputes",
        {
            "undecided": undecided,
            "decided": [dispute for dispute in recent.disputes if dispute.closed_at],
            "may_answer": user.may(permits.DISPUTES_CHANGE),
            "reasons": _REASONS,
            "typed": typed or {},
            "longest": LONGEST_EVIDENCE,
            "now": office.clock.now(),
            "done": request.query_params.get("done", ""),
        },
        error=error,
    )
