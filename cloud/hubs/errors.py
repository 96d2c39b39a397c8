"""What hubs and households can be refused, in words a person can act on."""

from collections.abc import Mapping

from cloud.foundation.errors import (
    CloudError,
    Conflict,
    Forbidden,
    Gone,
    Malformed,
    NotFound,
    PreconditionFailed,
    Refused,
    TooLarge,
    Unauthenticated,
)
from cloud.foundation.words import Phrase


class HubsError(CloudError):
    """The root of what this feature raises on purpose."""

    code = "hubs_error"


class HubUnknown(HubsError, NotFound):
    """There is no such hub, or it is not the caller's."""

    code = "hub_unknown"

    def __init__(self) -> None:
        super().__init__("There is no such hub.", hint="Look at your account for your hubs.")


class SessionInvalid(HubsError, Unauthenticated):
    """A hub's token is missing, unknown, replaced or too old."""

    code = "session_invalid"

    def __init__(self) -> None:
        super().__init__("This session is over.", hint="Open a new session.")


class ProofRefused(HubsError, Unauthenticated):
    """A hub's signature is not made with the key that was paired, or for another cloud."""

    code = "proof_refused"

    def __init__(self) -> None:
        super().__init__(
            "The hub could not prove who it is.",
            hint="If it stays so, pair the hub again: its key may have been replaced.",
        )


class ChallengeOver(HubsError, Unauthenticated):
    """The challenge that a hub answered is too old, was answered before, or never given out."""

    code = "challenge_over"

    def __init__(self) -> None:
        super().__init__("The challenge is over.", hint="Ask for a new one and sign that.")


class HubKeyRevoked(HubsError, Unauthenticated):
    """The hub was removed from its household."""

    code = "hub_revoked"

    def __init__(self) -> None:
        super().__init__("This hub was removed from its account.", hint="Pair it again.")


class ProtocolUnsupported(HubsError, Refused):
    """Hub and cloud have no protocol in common."""

    code = "protocol_unsupported"

    def __init__(self, oldest: int, newest: int) -> None:
        super().__init__(
            Phrase(
                "This cloud speaks scent-sync %(oldest)s to %(newest)s.",
                oldest=oldest,
                newest=newest,
            ),
            hint="Update the hub's software.",
        )


class PositionConflict(HubsError, Conflict):
    """A batch does not continue the log that the cloud holds, which ends at `acked`."""

    code = "position"

    def __init__(self, acked: int, chain: bytes) -> None:
        super().__init__(
            Phrase("The log ends at event %(acked)s; the batch does not continue it.", acked=acked),
            hint="Compare the chain there, then continue or begin a new lineage.",
        )
        self.acked = acked
        self.chain = chain

    def wire_facts(self) -> Mapping[str, object]:
        """Return where the log stands, so that the hub can find its place."""
        return {"acked": self.acked, "chain": self.chain.hex()}


class BatchMalformed(HubsError, Malformed):
    """A batch cannot be read as a whole; nothing of it was stored."""

    code = "batch_malformed"

    def __init__(self, reason: str) -> None:
        super().__init__(
            Phrase("The batch cannot be read: %(reason)s.", reason=reason),
            hint="Nothing was stored.",
        )


class BatchTooLarge(HubsError, TooLarge):
    """A batch has more lines or bytes than the protocol allows."""

    code = "batch_too_large"

    def __init__(self) -> None:
        super().__init__("The batch is too large.", hint="Send fewer events at once.")


class CursorTooOld(HubsError, Gone):
    """The changes after a hub's cursor are no longer known one by one."""

    code = "too_old"

    def __init__(self) -> None:
        super().__init__(
            "The changes since then are no longer kept one by one.",
            hint="Take a snapshot and go on from its version.",
        )


class PairingCodeUnknown(HubsError, NotFound):
    """Nobody offers that code."""

    code = "pairing_code_unknown"

    def __init__(self) -> None:
        super().__init__(
            "No hub waits with this code.",
            hint="Read the code on your hub's page again; it may have been renewed.",
            field="code",
        )


class PairingCodeExpired(HubsError, Gone):
    """The code was right once; its ten minutes are over."""

    code = "pairing_code_expired"

    def __init__(self) -> None:
        super().__init__(
            "This code has expired.", hint="Ask your hub's page for a new code.", field="code"
        )


class PairingCodeUsed(HubsError, Conflict):
    """The code was already answered, with yes or no."""

    code = "pairing_code_used"

    def __init__(self) -> None:
        super().__init__(
            "This code was already used.", hint="Ask your hub's page for a new code.", field="code"
        )


class FreshSignInNeeded(HubsError, Forbidden):
    """The sign-in is too old to take in a hub."""

    code = "fresh_sign_in_needed"

    def __init__(self, minutes: int) -> None:
        super().__init__(
            Phrase(
                "Taking in a hub needs a sign-in of the last %(minutes)s minutes.", minutes=minutes
            ),
            hint="Sign in again, then come back to this page.",
        )


class OwnerNeeded(HubsError, Forbidden):
    """Only an owner of the household may do this."""

    code = "owner_needed"

    def __init__(self) -> None:
        super().__init__(
            "Only an owner of the household may do this.", hint="Ask the household's owner."
        )


class DocumentChanged(HubsError, PreconditionFailed):
    """Somebody else changed the document since it was read."""

    code = "document_changed"

    def __init__(self, version: int) -> None:
        super().__init__(
            "Somebody else changed this in the meantime.", hint="Reload the page and try again."
        )
        self.version = version

    def wire_facts(self) -> Mapping[str, object]:
        """Return the version that stands now."""
        return {"version": self.version}
