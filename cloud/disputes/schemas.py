"""Disputes as staff see them, and what they answer."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from cloud.payments.states import DisputeStage

# What Stripe takes in all fields of evidence together is 150,000; the free text takes this.
LONGEST_EVIDENCE = 20_000


class DisputeView(BaseModel):
    """One dispute."""

    model_config = ConfigDict(frozen=True)

    id: int
    order_number: str
    stage: DisputeStage
    reason: str = Field(description="In the provider's words: fraudulent, product_not_received.")
    amount_minor: int
    currency: str
    is_inquiry: bool = Field(description="The bank only asks; no money was taken.")
    answer_until: datetime | None = Field(description="The bank takes evidence until then.")
    opened_at: datetime
    closed_at: datetime | None
    evidence: str
    evidence_at: datetime | None
    evidence_sent_at: datetime | None

    @property
    def takes_evidence(self) -> bool:
        """Tell whether staff can answer it now."""
        return self.stage is DisputeStage.NEEDS_RESPONSE and self.evidence_at is None


class DisputePage(BaseModel):
    """Some disputes, newest first."""

    model_config = ConfigDict(frozen=True)

    disputes: list[DisputeView]
    next: int | None = Field(description="Pass as `after` for older ones; null: there are none.")


class EvidenceForm(BaseModel):
    """What the shop says to the buyer's bank. It is sent once."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    # PostgreSQL keeps no text with a zero in it.
    text: str = Field(min_length=1, max_length=LONGEST_EVIDENCE, pattern=r"^[^\x00]*$")
