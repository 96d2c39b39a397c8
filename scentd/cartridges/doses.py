"""What the shelf knows about doses: how fast a device uses its oil, and for whom that is unsafe."""

from collections.abc import Mapping

from scentd.cartridges.shelf import Shelf
from scentd.model.cartridge import Cartridge, SlotKey
from scentd.model.diffuser import Diffuser
from scentd.model.safety import SafetyRules, Ward


def learnt_rate(shelf: Shelf, diffuser: Diffuser, percent: int) -> float:
    """Give microlitres an hour at that intensity, by the model's data and what was learnt since."""
    cartridge = shelf.get(SlotKey(diffuser.id))
    factor = 1.0 if cartridge is None else cartridge.rate_factor
    return diffuser.capabilities.rate_at(percent) * factor


def unsafe_scents(shelf: Shelf, rules: SafetyRules, diffuser: Diffuser) -> Mapping[Ward, str]:
    """Give for whom a scent in the device is unsafe, with the scent's name.

    A scent is unsafe when the household says so by SKU or name, or the catalogue tags it.
    """
    found: dict[Ward, str] = {}
    for number in range(1, diffuser.capabilities.slots + 1):
        cartridge = shelf.get(SlotKey(diffuser.id, number))
        if cartridge is None:
            continue
        for ward in rules.wards:
            if _is_named(cartridge, rules, ward) or _is_tagged(shelf, cartridge, ward):
                found[ward] = cartridge.scent_name
    return found


def is_run_dry(shelf: Shelf, diffuser: Diffuser) -> bool:
    """Tell whether every slot of a device holds a cartridge that is surely empty.

    A slot in which nothing is known to sit may hold oil.
    """
    slots = range(1, diffuser.capabilities.slots + 1)
    return all(shelf.is_dry(SlotKey(diffuser.id, number)) for number in slots)


def _is_named(cartridge: Cartridge, rules: SafetyRules, ward: Ward) -> bool:
    said = {name.casefold() for name in rules.unsafe_scents.get(ward, ())}
    return bool(said & {cartridge.scent_name.casefold(), (cartridge.sku or "").casefold()})


def _is_tagged(shelf: Shelf, cartridge: Cartridge, ward: Ward) -> bool:
    product = shelf.product(cartridge.sku) if cartridge.sku else None
    return product is not None and ward.value in product.unsafe_for
