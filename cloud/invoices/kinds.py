"""What sheets there are."""

from enum import StrEnum


class InvoiceKind(StrEnum):
    """What a sheet says: that money is owed and paid, or that it went back."""

    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
