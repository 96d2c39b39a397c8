"""The errors the API answers with, in the shape the SDK turns into its exceptions."""

from typing import Any


class ApiFailure(Exception):
    """An API answer other than 200: HTTP status, error type and the facts that go with it."""

    def __init__(
        self,
        status: int,
        kind: str,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        **facts: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        error = {"type": kind, "message": message, "code": code, "param": param, **facts}
        self.body = {"error": {name: fact for name, fact in error.items() if fact is not None}}


def invalid(message: str, *, param: str | None = None, code: str | None = None) -> ApiFailure:
    """Return the 400 of a request that makes no sense as sent."""
    return ApiFailure(400, "invalid_request_error", message, code=code, param=param)


def missing(kind: str, object_id: str, *, param: str = "id") -> ApiFailure:
    """Return the 404 of an id that this account has never issued."""
    return ApiFailure(
        404,
        "invalid_request_error",
        f"No such {kind}: '{object_id}'",
        code="resource_missing",
        param=param,
    )


def card_refused(
    message: str, *, code: str, decline_code: str | None = None, **facts: Any
) -> ApiFailure:
    """Return the 402 of a card that the issuer turned down; `facts` carry the intent."""
    return ApiFailure(402, "card_error", message, code=code, decline_code=decline_code, **facts)


def wrong_state(kind: str, status: str, action: str) -> ApiFailure:
    """Return the 400 of an action that the object's status does not allow."""
    noun = kind.replace("_", " ")
    return invalid(
        f"You cannot {action} this {noun} because it has a status of {status}.",
        code=f"{kind}_unexpected_state",
    )
