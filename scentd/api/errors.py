"""What the API says no to, and the one table of HTTP statuses for every error of the house."""

from http import HTTPStatus

from scentd.model.errors import ScentdError
from scentd.model.reasons import Reason


class ApiError(ScentdError):
    """The root of what the API itself refuses."""

    code = "api_error"


class NotAllowedHere(ApiError):
    """The connection comes from outside the home's networks."""

    code = "peer_refused"

    def __init__(self, peer: str) -> None:
        super().__init__(
            f"The hub does not answer {peer}: it is not an address of your home network.",
            "Connect from home; if this is your network, add its range to api.networks.",
        )
        self.peer = peer


class HostUnknown(ApiError):
    """The request names a host that is not this hub: how DNS rebinding looks."""

    code = "host_unknown"

    def __init__(self, host: str) -> None:
        super().__init__(
            f"This hub does not go by the name “{host[:100]}”.",
            "Use its address, or add the name to api.names in the hub's settings file.",
        )
        self.host = host


class OriginRefused(ApiError):
    """A page of somebody else's tried to do something here."""

    code = "origin_refused"

    def __init__(self, origin: str) -> None:
        super().__init__(
            f"A page from “{origin[:100]}” may not do this.",
            "Open the hub's own page, or add that origin to api.origins.",
        )
        self.origin = origin


class CsrfRefused(ApiError):
    """A signed-in browser sent a change without the page's own token."""

    code = "csrf_refused"

    def __init__(self) -> None:
        super().__init__(
            "This form has grown old or did not come from the hub's page.",
            "Go back, load the page anew and try again.",
        )


class SignInNeeded(ApiError):
    """Nobody, or nobody known, asked for something that needs a name."""

    code = "sign_in_needed"

    def __init__(self) -> None:
        super().__init__(
            "Sign in first, or send an access token.",
            "Sign in on the page, or send the header “Authorization: Bearer scl_…” with a token "
            "made on the settings page.",
        )


class TokenRefused(ApiError):
    """The access token is unknown, revoked or too old."""

    code = "token_refused"

    def __init__(self) -> None:
        super().__init__(
            "This access token is unknown, revoked or too old.",
            "Make a new one on the settings page.",
        )


class ScopeMissing(ApiError):
    """The token is good but may not do this."""

    code = "scope_missing"

    def __init__(self, scope: str) -> None:
        super().__init__(
            f"This access token may not do this: it lacks the scope “{scope}”.",
            "Make a token with that scope on the settings page.",
        )
        self.scope = scope


class MembersOnly(ApiError):
    """Only a person signed in on the page may do this, no token may."""

    code = "members_only"

    def __init__(self) -> None:
        super().__init__(
            "Only a signed-in member of the household may do this; no access token can.",
            "Do it on the settings page.",
        )


class LinkRefused(ApiError):
    """The one-time link was used already or is too old."""

    code = "link_refused"

    def __init__(self) -> None:
        super().__init__(
            "This sign-in link was used already, or is older than 30 minutes.",
            "Make a new one on the hub with “scentd token link”.",
        )


class PinWrong(ApiError):
    """That is not the household's PIN."""

    code = "pin_wrong"

    def __init__(self) -> None:
        super().__init__(
            "That is not the household's PIN.",
            "Try again, or make a sign-in link on the hub with “scentd token link”.",
            field="pin",
        )


class PinUnfit(ApiError):
    """What was chosen cannot be a PIN."""

    code = "pin_unfit"

    def __init__(self, reason: str = "A PIN has 6 to 12 digits and nothing else.") -> None:
        super().__init__(reason, "Choose 6 to 12 digits that are not all alike.", field="pin")


class PinTooPlain(PinUnfit):
    """What was chosen is one digit again and again."""

    code = "pin_too_plain"

    def __init__(self) -> None:
        super().__init__("A PIN of one digit repeated is the first that anybody tries.")


class TooManyTries(ApiError):
    """Too many wrong PINs or tokens from one address."""

    code = "too_many_tries"

    def __init__(self, wait_s: int) -> None:
        minutes = max(1, -(-wait_s // 60))
        super().__init__(
            f"Too many wrong tries. Wait {minutes} min before the next.",
            "A sign-in link made on the hub itself with “scentd token link” works at once.",
        )
        self.wait_s = wait_s
        self.minutes = minutes


class TokenUnknown(ApiError):
    """There is no token of that id."""

    code = "token_unknown"

    def __init__(self, token_id: str) -> None:
        super().__init__(
            f"There is no access token “{token_id[:40]}”.", "It may have been revoked already."
        )
        self.token_id = token_id


class ReorderUnknown(ApiError):
    """Nothing is on order for that slot."""

    code = "reorder_unknown"

    def __init__(self, slot: str) -> None:
        super().__init__(
            f"Nothing is proposed or on order for {slot}.",
            "A refill is proposed when its cartridge runs low and the hub is paired.",
        )
        self.slot = slot


class NoCloud(ApiError):
    """No cloud is configured: there is nothing to pair with."""

    code = "no_cloud"

    def __init__(self) -> None:
        super().__init__(
            "This hub is set up to work without a cloud.",
            "Set sync.cloud_url in the hub's settings file to pair it with an account.",
        )


class WishRefused(ApiError):
    """The commander did not send a wish."""

    code = "wish_refused"

    def __init__(self, reason: Reason) -> None:
        super().__init__(str(reason), "The activity on the home page tells what happened before.")
        self.because = reason


class SceneInPart(ApiError):
    """Some diffusers did not take a scene on; `lines` says which and why, in words."""

    code = "scene_in_part"

    def __init__(self, lines: str) -> None:
        message = f"Not every diffuser took the scene on. {lines}"
        super().__init__(message, "The others are being set.")
        self.lines = lines


class BodyInvalid(ApiError):
    """The body or the query does not have the documented shape."""

    code = "invalid"

    def __init__(
        self, message: str, hint: str, because: Reason | None = None, *, field: str | None = None
    ) -> None:
        super().__init__(message, hint, field=field)
        self.because = because


class BodyNotJson(ApiError):
    """The body is not JSON, or not said to be."""

    code = "not_json"

    def __init__(self) -> None:
        super().__init__(
            "The body must be JSON.", "Send “Content-Type: application/json” and valid JSON."
        )


class NotFound(ApiError):
    """There is nothing at that address."""

    code = "not_found"

    def __init__(self, path: str) -> None:
        super().__init__(
            f"There is nothing at {path[:120]}.",
            "The API is described at /api/v1/openapi.json; the page starts at /.",
        )
        self.path = path


class MethodUnfit(ApiError):
    """The address exists but not for that method."""

    code = "method_not_allowed"

    def __init__(self, method: str, allowed: str) -> None:
        super().__init__(f"{method[:20]} does not work here.", f"Use one of: {allowed}.")
        self.method = method
        self.allowed = allowed


class BodyTooLarge(ApiError):
    """The body is bigger than anything the API reads."""

    code = "body_too_large"

    def __init__(self, limit: int) -> None:
        self.limit_kib = limit // 1024
        super().__init__(
            "The body is too large.", f"At most {self.limit_kib} KiB are read; send less."
        )


class BadRequest(ApiError):
    """The request cannot be understood at all."""

    code = "bad_request"

    def __init__(self) -> None:
        super().__init__("The request cannot be understood.", "Check its address and headers.")


class EventNameRefused(ApiError):
    """An app may not say an event of that name."""

    code = "event_name_refused"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"“{name[:80]}” cannot name an event of an app.",
            "Write it as “doorbell.pressed”: a-z, 0-9, joined by . _ or -, and not beginning "
            "with “cartridge.” or “hub.”.",
            field="name",
        )
        self.name = name


class InternalFault(ApiError):
    """Something broke that should not have."""

    code = "internal"

    def __init__(self) -> None:
        super().__init__(
            "Something went wrong inside the hub; nothing was lost.",
            "Try again. If it happens again, look at the hub's log.",
        )


class PortTaken(ApiError):
    """Another program listens on the page's port; `pid` and `program` when they can be seen."""

    code = "port_taken"

    def __init__(self, host: str, port: int, pid: int | None, program: str) -> None:
        who = f"{program or 'a program'} with PID {pid}" if pid else "another program"
        end = f"End it (kill {pid}), or set" if pid else "End that program, or set"
        super().__init__(
            f"Port {port} on {host} is taken by {who}.",
            f"{end} api.port in the hub's settings file to another number.",
        )
        self.port = port
        self.pid = pid


STATUS: dict[str, HTTPStatus] = {
    "bad_request": HTTPStatus.BAD_REQUEST,
    "sign_in_needed": HTTPStatus.UNAUTHORIZED,
    "token_refused": HTTPStatus.UNAUTHORIZED,
    "pin_wrong": HTTPStatus.UNAUTHORIZED,
    "peer_refused": HTTPStatus.FORBIDDEN,
    "origin_refused": HTTPStatus.FORBIDDEN,
    "csrf_refused": HTTPStatus.FORBIDDEN,
    "scope_missing": HTTPStatus.FORBIDDEN,
    "members_only": HTTPStatus.FORBIDDEN,
    "not_found": HTTPStatus.NOT_FOUND,
    "diffuser_unknown": HTTPStatus.NOT_FOUND,
    "cartridge_not_fitted": HTTPStatus.NOT_FOUND,
    "schedule_unknown": HTTPStatus.NOT_FOUND,
    "rule_unknown": HTTPStatus.NOT_FOUND,
    "scene_unknown": HTTPStatus.NOT_FOUND,
    "member_unknown": HTTPStatus.NOT_FOUND,
    "zone_unknown": HTTPStatus.NOT_FOUND,
    "tracker_unknown": HTTPStatus.NOT_FOUND,
    "home_zone_fixed": HTTPStatus.CONFLICT,
    "too_many_places": HTTPStatus.CONFLICT,
    "token_unknown": HTTPStatus.NOT_FOUND,
    "reorder_unknown": HTTPStatus.NOT_FOUND,
    "method_not_allowed": HTTPStatus.METHOD_NOT_ALLOWED,
    "link_refused": HTTPStatus.GONE,
    "body_too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "not_json": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "host_unknown": HTTPStatus.MISDIRECTED_REQUEST,
    "too_many_tries": HTTPStatus.TOO_MANY_REQUESTS,
    "internal": HTTPStatus.INTERNAL_SERVER_ERROR,
    "wish_refused": HTTPStatus.CONFLICT,
    "scene_in_part": HTTPStatus.CONFLICT,
    "no_cloud": HTTPStatus.CONFLICT,
    "no_cloud_configured": HTTPStatus.CONFLICT,
    "cloud_unreachable": HTTPStatus.BAD_GATEWAY,
    "cloud_refused": HTTPStatus.BAD_GATEWAY,
    "cloud_too_slow": HTTPStatus.GATEWAY_TIMEOUT,
    "broker_away": HTTPStatus.SERVICE_UNAVAILABLE,
    "store_closed": HTTPStatus.SERVICE_UNAVAILABLE,
    "store_full": HTTPStatus.INSUFFICIENT_STORAGE,
    "edits_full": HTTPStatus.CONFLICT,
    "nothing_to_answer": HTTPStatus.CONFLICT,
    "nothing_to_skip": HTTPStatus.CONFLICT,
}
"""Status by error code; a code not listed is a request the house understood and refused."""


def status_of(error: ScentdError) -> HTTPStatus:
    """Give the HTTP status an error is answered with."""
    return STATUS.get(error.code, HTTPStatus.UNPROCESSABLE_ENTITY)
