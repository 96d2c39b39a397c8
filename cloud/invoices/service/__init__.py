"""What can be done with sheets: issue them, draw them, look at them."""

from cloud.invoices.service.issuing import draw_invoice, issue_credit_note, issue_invoice
from cloud.invoices.service.reading import get_packing_slip, get_pdf, list_invoices

__all__ = [
    "draw_invoice",
    "get_packing_slip",
    "get_pdf",
    "issue_credit_note",
    "issue_invoice",
    "list_invoices",
]
