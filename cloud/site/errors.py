"""Why a currency cannot be had."""

from cloud.foundation.errors import Refused
from cloud.foundation.words import Phrase


class CurrencyNotOffered(Refused):
    """The shop has no prices in the currency."""

    code = "currency_not_offered"

    def __init__(self, currency: str) -> None:
        super().__init__(
            Phrase("There are no prices in %(currency)s.", currency=currency),
            hint="Choose one of the currencies on offer.",
            field="currency",
        )


class MainCurrencyOffered(Refused):
    """The shop's own currency needs no rate."""

    code = "main_currency_offered"

    def __init__(self, currency: str) -> None:
        super().__init__(
            Phrase("%(currency)s is the shop's own currency.", currency=currency),
            hint="List only the others.",
            field="currencies",
        )
