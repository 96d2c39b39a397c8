"""Which of the drawings in `devices.svg` shows a device, or a kind of what is plugged in."""

from scentd.model.diffuser import DeviceType, Diffuser

_BY_TYPE = {
    DeviceType.AROMA_DIFFUSER: "bowl",
    DeviceType.PLUG_DIFFUSER: "plug",
    DeviceType.AIR_PURIFIER: "purifier",
    DeviceType.SCENT_LIGHT: "lamp",
    DeviceType.OTHER: "nebuliser",
}
_BY_KIND = {
    "ultrasonic-small": "bowl",
    "ultrasonic-medium": "bowl",
    "ultrasonic-large": "bowl",
    "nebuliser": "nebuliser",
    "fan": "fan",
    "wick-warmer": "wick",
    "wax-warmer": "warmer",
    "oil-warmer": "warmer",
    "fragrance-lamp": "lamp",
    "plug": "plug",
}
"""By the key of a profile that says what is plugged in."""


def picture_of(diffuser: Diffuser) -> str:
    """Give the drawing of a device: of what is plugged in, where the household said that."""
    return _BY_KIND.get(diffuser.profile or "", _BY_TYPE[diffuser.device_type])


def picture_of_choice(key: str, diffuser: Diffuser) -> str:
    """Give the drawing of a profile that is offered for a device."""
    return _BY_KIND.get(key, _BY_TYPE[diffuser.device_type])
