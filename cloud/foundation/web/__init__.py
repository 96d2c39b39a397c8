"""The web layer that all features share: dependencies, errors, pages, static files, protection."""

from cloud.foundation.web.dependencies import (
    Allowed,
    CurrentUser,
    Limiter,
    OptionalUser,
    Pages,
    Reader,
    RequestClock,
    Session,
    allowed,
    any_staff,
)
from cloud.foundation.web.errors import ERROR_RESPONSES, ErrorAnswer
from cloud.foundation.web.services import WebServices
from cloud.foundation.web.templates import Templates

__all__ = [
    "ERROR_RESPONSES",
    "Allowed",
    "CurrentUser",
    "ErrorAnswer",
    "Limiter",
    "OptionalUser",
    "Pages",
    "Reader",
    "RequestClock",
    "Session",
    "Templates",
    "WebServices",
    "allowed",
    "any_staff",
]
