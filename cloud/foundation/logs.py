"""Structured logs: one JSON object a line, with the request's or job's id, and never a secret."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_SECRET_WORDS = ("password", "token", "secret", "cookie", "authorization", "api_key")


def set_up_logs(level: str = "INFO") -> None:
    """Send our events and those of the libraries to standard error as JSON lines. Once, at start.

    A value whose name speaks of a secret is replaced, at any depth.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        hide_secrets,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # Which revisions ran is for the command to say.
    logging.getLogger("alembic").setLevel(logging.WARNING)
    # procrastinate logs a job's arguments, which may hold what we must not write down.
    logging.getLogger("procrastinate").setLevel(logging.WARNING)


def hide_secrets(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Replace every value whose name speaks of a secret."""
    return {name: _hidden(name, value) for name, value in event.items()}


def _hidden(name: str, value: object) -> object:
    if any(word in name.lower() for word in _SECRET_WORDS):
        return "(hidden)"
    if isinstance(value, dict):
        return {key: _hidden(str(key), inner) for key, inner in value.items()}
    return value
