"""What reaches standard error, and what never does."""

import json
import subprocess
import sys

import pytest

SPEAKER = """
import logging
import structlog
from cloud.foundation.logs import set_up_logs

set_up_logs("{level}")
log = structlog.get_logger("cloud.test")
structlog.contextvars.bind_contextvars(request_id="r-1")
{body}
"""


def said(body, level="INFO"):
    """Let a program of its own speak: logging is one for a whole process."""
    program = SPEAKER.format(level=level, body=body)
    finished = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    return [json.loads(line) for line in finished.stderr.splitlines()]


@pytest.mark.parametrize(
    ("who", "logger"),
    [
        ('log.info("moved", shelf=3)', "cloud.test"),
        ('logging.getLogger("library").info("moved")', "library"),
    ],
    ids=["ours", "a library's"],
)
def test_a_line_is_one_json_object_that_says_who_when_and_for_which_request(who, logger):
    (line,) = said(who)

    assert (line["event"], line["logger"], line["level"]) == ("moved", logger, "info")
    assert line["request_id"] == "r-1"
    assert line["timestamp"].endswith("Z")


def test_values_whose_names_speak_of_secrets_are_hidden_at_any_depth():
    (line,) = said('log.info("asked", api_key="k", headers={"Cookie": "c", "Host": "h"})')

    assert line["api_key"] == "(hidden)"
    assert line["headers"] == {"Cookie": "(hidden)", "Host": "h"}


def test_a_failure_stands_in_one_line_with_its_traceback():
    (line,) = said('try:\n    1 / 0\nexcept ZeroDivisionError:\n    log.exception("failed")')

    assert (line["event"], line["level"]) == ("failed", "error")
    assert "ZeroDivisionError" in line["exception"]


def test_what_json_cannot_hold_is_described():
    (line,) = said('log.info("met", who=object)')

    assert line["who"] == "<class 'object'>"


def test_lines_below_the_level_are_left_out():
    assert said('log.info("quiet"); logging.getLogger("library").info("quiet")', "WARNING") == []
