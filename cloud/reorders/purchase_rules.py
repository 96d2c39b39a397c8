"""Rules about what was agreed to and what the shop would send. Pure, one fact each."""

from cloud.reorders.cases import Case, Mode
from cloud.reorders.findings import Finding, Reason, ask, refuse


def shop_sells_it(case: Case) -> Finding | None:
    """Nothing can be ordered for a scent that the shop does not know."""
    return refuse(Reason.NOT_SOLD) if case.supply is None else None


def member_agreed(case: Case) -> Finding | None:
    """Without a consent for the slot nothing is ordered; asking is always possible."""
    return ask(Reason.NO_CONSENT) if case.consent is None else None


def member_agreed_to_no_asking(case: Case) -> Finding | None:
    """That it is ordered by itself is a choice of its own, whatever a panel at home was set to."""
    if case.consent is None or case.standing.mode is not Mode.AUTOMATIC:
        return None
    return None if case.consent.mode is Mode.AUTOMATIC else ask(Reason.NO_CONSENT)


def variant_is_agreed(case: Case) -> Finding | None:
    """Consent binds the exact variant and quantity."""
    if case.consent is None or case.supply is None:
        return None
    agreed = (case.consent.variant_id, case.consent.quantity)
    is_same = agreed == (case.supply.variant_id, case.supply.quantity)
    return None if is_same else ask(Reason.OTHER_VARIANT)


def variant_is_sellable(case: Case) -> Finding | None:
    """What was taken out of sale is never replaced by something else unasked."""
    is_gone = case.supply is not None and not case.supply.is_sellable
    return ask(Reason.NOT_SELLABLE) if is_gone else None


def variant_is_in_stock(case: Case) -> Finding | None:
    """Out of stock: ask, never substitute."""
    is_short = case.supply is not None and case.supply.available < case.supply.quantity
    return ask(Reason.OUT_OF_STOCK) if is_short else None


def currency_is_agreed(case: Case) -> Finding | None:
    """A new currency was never agreed to."""
    if case.consent is None or case.supply is None:
        return None
    is_same = case.consent.currency == case.supply.currency
    return None if is_same else ask(Reason.NEW_CURRENCY)


def total_is_below_ceiling(case: Case) -> Finding | None:
    """The whole amount, shipping and tax included, stays under the agreed ceiling."""
    if case.consent is None or case.supply is None:
        return None
    is_above = case.supply.total_minor > case.consent.max_total_minor
    return ask(Reason.PRICE_ABOVE_CEILING) if is_above else None


def shipping_is_agreed(case: Case) -> Finding | None:
    """A shipping cost above the one shown at consent."""
    if case.consent is None or case.supply is None:
        return None
    is_dearer = case.supply.shipping_minor > case.consent.shipping_minor
    return ask(Reason.SHIPPING_CHANGED) if is_dearer else None


def tax_is_agreed(case: Case) -> Finding | None:
    """A tax rate above the one shown at consent."""
    if case.consent is None or case.supply is None:
        return None
    is_higher = case.supply.tax_basis_points > case.consent.tax_basis_points
    return ask(Reason.TAX_CHANGED) if is_higher else None
