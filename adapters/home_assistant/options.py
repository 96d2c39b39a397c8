"""The choices a person has in Home Assistant, as text. Pure."""

from collections.abc import Mapping

from adapters.home_assistant.words import Words
from scentd.model.diffuser import Capabilities, Mode
from scentd.ports import Filling


def scent_options(slots: int, fillings: Mapping[int, Filling], words: Words) -> dict[int, str]:
    """Give what each slot is called, by its number: with its scent where something is in it.

    The number comes first, so that two bottles of one scent are told apart.
    """
    return {
        slot_no: f"{slot_no} · {fillings[slot_no].cartridge.scent_name}"
        if slot_no in fillings
        else words.slot.format(slot_no)
        for slot_no in range(1, slots + 1)
    }


def mode_options(can: Capabilities, words: Words) -> dict[Mode, str]:
    """Give what each mode of the device is called."""
    return {mode: words.modes[mode] for mode in can.modes}
