"""What can be wrong with a cartridge that somebody says they fitted."""

from scentd.model.errors import ScentdError


class CartridgeInvalid(ScentdError):
    """What was said about a cartridge cannot be."""

    code = "cartridge_invalid"

    def __init__(self, field: str, message: str, hint: str) -> None:
        super().__init__(f"The cartridge cannot be fitted: {message}.", hint, field=field)
