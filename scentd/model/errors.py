"""The root of everything scentd raises on purpose."""

from scentd.model.reasons import Reason

_OWN = frozenset({"message", "hint", "field", "because"})


class ScentdError(Exception):
    """Say what went wrong in plain words, with a stable code and the next step.

    Every subclass sets `code` (snake_case, stable across releases) and builds its own
    message and hint from the facts it keeps as attributes.
    """

    code = "scentd_error"
    because: Reason | None = None
    """What stands behind it, where that has words of its own."""

    def __init__(self, message: str, hint: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.field = field

    def as_reason(self) -> Reason:
        """Give it as what stood in the way of something else."""
        plain = {
            name: fact if isinstance(fact, int) else str(fact)
            for name, fact in vars(self).items()
            if name not in _OWN
        }
        return self.because or Reason(self.code, plain, self.message)


class DiffuserUnknown(ScentdError):
    """No diffuser of that id is known."""

    code = "diffuser_unknown"

    def __init__(self, diffuser_id: str) -> None:
        super().__init__(
            f"There is no diffuser “{diffuser_id}”.",
            "Look at the devices page for the ids of your diffusers.",
        )
        self.diffuser_id = diffuser_id


class CartridgeNotFitted(ScentdError):
    """The slot holds no cartridge."""

    code = "cartridge_not_fitted"

    def __init__(self, diffuser_id: str, slot_no: int) -> None:
        super().__init__(
            f"No cartridge is fitted in slot {slot_no} of “{diffuser_id}”.",
            "Open the cartridge page and say what you put in.",
        )
        self.diffuser_id = diffuser_id
        self.slot_no = slot_no
