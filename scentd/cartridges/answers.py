"""What the household said in its account: that a delivered bottle is in.

The word names the cartridge that was in before. It is good for that one alone: once another is in,
by whoever's word, nothing follows from it any more, however often it is read.
"""

from collections.abc import Mapping
from typing import Any

from scentd.model.cartridge import SlotKey


def refilled(preferences: Mapping[str, Mapping[str, Any]]) -> dict[SlotKey, str]:
    """Return which cartridge is said to be replaced, by slot, out of the shared preferences.

    Keys are `<diffuser_id>/<slot_no>`; what has another shape is passed over.
    """
    said: dict[SlotKey, str] = {}
    for key, fields in preferences.items():
        diffuser_id, _, number = key.rpartition("/")
        word = fields.get("refilled")
        install_id = word.get("install_id") if isinstance(word, dict) else None
        if diffuser_id and number.isascii() and number.isdigit() and isinstance(install_id, str):
            said[SlotKey(diffuser_id, int(number))] = install_id
    return said
