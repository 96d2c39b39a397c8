"""The smallest amount that a card can be charged. Pure."""

# The payment provider's published minimum charges, in minor units (docs.stripe.com/currencies,
# "Minimum and maximum charge amounts", read November 2026); 50 for AUD, BRL, CAD, CHF, EUR, INR,
# JPY, NZD, SGD and USD.
_PUBLISHED = {
    "AED": 200,
    "BGN": 100,
    "CZK": 1500,
    "DKK": 250,
    "GBP": 30,
    "HKD": 400,
    "HUF": 17_500,
    "MXN": 1000,
    "MYR": 200,
    "NOK": 300,
    "PLN": 200,
    "RON": 200,
    "SEK": 300,
    "THB": 1000,
}

# Elsewhere the charge must be worth the minimum of the currency it is paid out in, half a dollar
# or euro. So many are about a whole one (rates of 2026): no day's rate makes them too few.
_WORTH_ONE = {
    "BHD": 400, "BIF": 3000, "CLP": 1000, "COP": 500_000, "DJF": 200, "GNF": 10_000,
    "IDR": 1_800_000, "IQD": 1_500_000, "ISK": 150, "JOD": 750, "KES": 15_000, "KMF": 500,
    "KRW": 1500, "KWD": 350, "LYD": 6000, "MGA": 500_000, "NGN": 170_000, "OMR": 400,
    "PHP": 6000, "PYG": 8000, "RSD": 12_000, "RWF": 1500, "TND": 3500, "TRY": 5000,
    "TWD": 3500, "UAH": 5000, "UGX": 4000, "VND": 28_000, "VUV": 130, "XAF": 650, "XOF": 650,
    "XPF": 120, "ZAR": 2000,
}  # fmt: skip


def smallest_charge_minor(currency: str) -> int:
    """Return the least that a card can surely be charged in a currency, in minor units."""
    return _PUBLISHED.get(currency) or _WORTH_ONE.get(currency, 50)
