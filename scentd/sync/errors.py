"""What can stand between the hub and its cloud."""

from collections.abc import Mapping

from scentd.contracts.sync import PositionV1
from scentd.model.errors import ScentdError
from scentd.model.reasons import Reason


class SyncError(ScentdError):
    """The root of what sync raises on purpose."""

    code = "sync_error"

    def __init__(self, message: str, hint: str, reason: Reason | None = None) -> None:
        super().__init__(message, hint)
        self.because: Reason = reason or Reason(self.code, english=message)


class CloudUnreachable(SyncError):
    """The cloud did not answer, or asked for patience; trying again can help.

    `retry_after_s` is how long it asked to wait, None when it did not say.
    """

    code = "cloud_unreachable"

    def __init__(
        self,
        code: str,
        why: str,
        facts: Mapping[str, str | int] | None = None,
        *,
        retry_after_s: float | None = None,
    ) -> None:
        message = f"The cloud cannot be reached: {why}."
        super().__init__(
            message,
            "The home goes on; everything is sent once the connection is back.",
            Reason(f"cloud_{code}", facts or {}, message),
        )
        self.retry_after_s = retry_after_s


class CloudTooSlow(CloudUnreachable):
    """The cloud did not answer within the deadline; a smaller request may fit."""

    code = "cloud_too_slow"

    def __init__(self, timeout_s: float) -> None:
        super().__init__(
            "slow", f"no answer within {timeout_s:g} seconds", {"seconds": round(timeout_s)}
        )


class CloudRefused(SyncError):
    """The cloud understood and said no; asking the same again cannot help."""

    code = "cloud_refused"

    def __init__(self, status: int, code: str, message: str, hint: str) -> None:
        said = message or f"The cloud refused: {code or status}."
        reason = Reason("cloud_refused", {"refusal": code or status}, said)
        super().__init__(said, hint or "Try later.", reason)
        self.status = status
        self.refusal = code


class SessionOver(SyncError):
    """The cloud knows this session no longer; a new one may be opened."""

    code = "session_over"

    def __init__(self) -> None:
        super().__init__("The session with the cloud is over.", "A new one is opened.")


class HubRevoked(SyncError):
    """The account has removed this hub, or its key was replaced."""

    code = "hub_revoked"

    def __init__(self) -> None:
        super().__init__(
            "This hub was removed from its account.",
            "Pair it again on the settings page; what waits to be sent is kept.",
        )


class NoCloudConfigured(SyncError):
    """The settings name no cloud."""

    code = "no_cloud_configured"

    def __init__(self) -> None:
        super().__init__(
            "No cloud is set for this hub.",
            "Set sync.cloud_url in the settings file, then restart.",
        )


class HubNotPaired(SyncError):
    """The hub belongs to no account."""

    code = "hub_not_paired"

    def __init__(self) -> None:
        super().__init__(
            "This hub is not connected with an account.", "Pair it on the settings page."
        )


class PositionDiffers(SyncError):
    """The cloud's log ends elsewhere than the batch began."""

    code = "position_differs"

    def __init__(self, position: PositionV1) -> None:
        super().__init__(
            f"The cloud holds events up to {position.acked}.", "The hub continues from there."
        )
        self.position = position


class BatchTooLarge(SyncError):
    """The cloud takes only smaller batches."""

    code = "batch_too_large"

    def __init__(self) -> None:
        super().__init__("The cloud refused a batch as too large.", "A smaller one is sent.")


class CursorTooOld(SyncError):
    """The cloud no longer knows the changes since our cursor one by one."""

    code = "cursor_too_old"

    def __init__(self) -> None:
        super().__init__("The hub was away too long for single changes.", "It fetches all anew.")


class KeyMissing(SyncError):
    """The key that proves this hub is not where it should be."""

    code = "key_missing"

    def __init__(self, name: str) -> None:
        super().__init__(
            "The key that proves this hub to its account is gone.", "Pair the hub again."
        )
        self.name = name
