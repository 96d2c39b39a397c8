"""What can be done with drafts: write, change, price, send, order, end."""

from cloud.drafts.service.editing import cancel_draft, change_draft, make_draft
from cloud.drafts.service.ending import expire_due
from cloud.drafts.service.ordering import order_from_draft
from cloud.drafts.service.reading import get_draft, list_drafts, quote_draft
from cloud.drafts.service.sending import send_draft

__all__ = [
    "cancel_draft",
    "change_draft",
    "expire_due",
    "get_draft",
    "list_drafts",
    "make_draft",
    "order_from_draft",
    "quote_draft",
    "send_draft",
]
