"""Sheets as pages and the API show them."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from cloud.invoices.kinds import InvoiceKind


class InvoiceView(BaseModel):
    """One invoice or credit note."""

    model_config = ConfigDict(frozen=True)

    number: str
    kind: InvoiceKind
    refund_id: int | None = Field(description="The refund that a credit note is for.")
    issued_at: datetime
    is_drawn: bool = Field(description="The PDF can be fetched; it is made within seconds.")
