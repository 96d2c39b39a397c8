"""The web layer that all features share: dependencies, errors, pages, static files, protection."""

from cloud.foundation.web.dependencies import (
    Admin,
    CurrentUser,
    Limiter,
    OptionalUser,
    Pages,
    Reader,
    RequestClock,
    Session,
    Staff,
    require_role,
)
from cloud.foundation.web.errors import ERROR_RESPONSES, ErrorAnswer
from cloud.foundation.web.services import WebServices
from cloud.foundation.web.templates import Templates

__all__ = [
    "ERROR_RESPONSES",
    "Admin",
    "CurrentUser",
    "ErrorAnswer",
    "Limiter",
    "OptionalUser",
    "Pages",
    "Reader",
    "RequestClock",
    "Session",
    "Staff",
    "Templates",
    "WebServices",
    "require_role",
]
