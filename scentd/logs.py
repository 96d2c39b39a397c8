"""Log lines as JSON, one a line, for machines; short text for a person at a terminal."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import TextIO

_OWN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """One JSON object a line: at, level, logger, message, the call's extras, error."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the line; values JSON does not know are written as text."""
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {key: value for key, value in record.__dict__.items() if key not in _OWN}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


class PlainLines(logging.Formatter):
    """`12:00:01 warning scentd.mqtt.link: …` for a terminal."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%H:%M:%S")


def start_logging(level: str, stream: TextIO = sys.stderr) -> None:
    """Send every log line of that level and above to `stream`; JSON unless it is a terminal."""
    lines = logging.StreamHandler(stream)
    lines.setFormatter(PlainLines() if stream.isatty() else JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [lines]
    root.setLevel(level)
    logging.getLogger("aiohttp.access").setLevel(logging.WARNING)
