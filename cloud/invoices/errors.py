"""What invoices refuse."""

from cloud.foundation.errors import NotFound
from cloud.foundation.words import Phrase


class SheetNotFound(NotFound):
    """There is no such sheet, or not of this order."""

    code = "invoice_not_found"

    def __init__(self, number: str) -> None:
        super().__init__(
            Phrase("There is no document %(number)s.", number=number),
            hint="An invoice is made some seconds after the payment; look again in a moment.",
        )
