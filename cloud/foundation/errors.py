"""The error families of the cloud: what went wrong in words a person can act on.

Every error carries `code` (stable, snake_case, for programs), `message` (what happened) and
`hint` (what to do next), and `field` when one input is to blame. Features derive their own facts
from a family; which HTTP status a family gets is decided in `cloud.foundation.web.errors` alone.
"""

from collections.abc import Mapping
from typing import ClassVar


class CloudError(Exception):
    """Root of everything the cloud refuses or fails at knowingly."""

    code: ClassVar[str] = "failed"

    def __init__(self, message: str, *, hint: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.field = field

    def wire_facts(self) -> Mapping[str, object]:
        """Return extra JSON members for the answer, for programs that act on facts."""
        return {}


class Malformed(CloudError):
    """The request cannot be read at all."""

    code = "malformed"


class Unauthenticated(CloudError):
    """Nobody is signed in, or the credential is not (or no longer) valid."""

    code = "unauthenticated"


class Forbidden(CloudError):
    """Somebody is signed in, but may not do this."""

    code = "forbidden"


class NotFound(CloudError):
    """The thing does not exist, or the caller may not learn that it does."""

    code = "not_found"


class Conflict(CloudError):
    """The thing is in another state than the caller believed."""

    code = "conflict"


class Gone(CloudError):
    """The thing existed and will not come back: an expired link, a pruned history."""

    code = "gone"


class PreconditionFailed(CloudError):
    """Somebody else changed the thing since the caller read it."""

    code = "precondition_failed"


class TooLarge(CloudError):
    """The request body is bigger than this address accepts."""

    code = "too_large"


class Invalid(CloudError):
    """One input has a value that cannot be accepted; `field` names it."""

    code = "invalid"


class Refused(CloudError):
    """The request is well formed, and a rule of the business says no."""

    code = "refused"


class TooManyRequests(CloudError):
    """The caller asked too often.

    `retry_after_s` is the number of whole seconds to wait, at least 1.
    """

    code = "too_many_requests"

    def __init__(self, message: str, *, hint: str, retry_after_s: int) -> None:
        super().__init__(message, hint=hint)
        self.retry_after_s = max(1, retry_after_s)


class Unavailable(CloudError):
    """Something the cloud needs does not answer now; the same request may work later.

    `retry_after_s` is the number of whole seconds to wait, at least 1.
    """

    code = "unavailable"

    def __init__(self, message: str, *, hint: str, retry_after_s: int = 5) -> None:
        super().__init__(message, hint=hint)
        self.retry_after_s = max(1, retry_after_s)
