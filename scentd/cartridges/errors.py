"""What can be wrong with a cartridge that somebody says they fitted."""

from scentd.model.cartridge import SlotKey
from scentd.model.errors import ScentdError
from scentd.model.reasons import Reason


class CartridgeInvalid(ScentdError):
    """What was said about a cartridge cannot be."""

    code = "cartridge_invalid"

    def __init__(self, field: str, message: str, hint: str, *, most: int | None = None) -> None:
        super().__init__(f"The cartridge cannot be fitted: {message}.", hint, field=field)
        self.because = Reason(f"{field}_unfit", {} if most is None else {"most": most})


class NothingToAnswer(ScentdError):
    """Somebody answered whether a cartridge was refilled, and the hub had not asked."""

    code = "nothing_to_answer"

    def __init__(self, slot: SlotKey) -> None:
        super().__init__(
            f"Nobody asked whether {slot} was refilled.",
            "Say what you put in: a new refill cycle begins.",
        )
        self.slot = slot
