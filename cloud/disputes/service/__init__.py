"""What can be done with disputes: hear of them, answer them, look at them, heed them."""

from cloud.disputes.service.answering import answer, remind, send_evidence
from cloud.disputes.service.hearing import apply_dispute
from cloud.disputes.service.money import lost_minor, require_refundable, taken_back
from cloud.disputes.service.views import get_dispute, list_disputes, list_open, list_order_disputes

__all__ = [
    "answer",
    "apply_dispute",
    "get_dispute",
    "list_disputes",
    "list_open",
    "list_order_disputes",
    "lost_minor",
    "remind",
    "require_refundable",
    "send_evidence",
    "taken_back",
]
