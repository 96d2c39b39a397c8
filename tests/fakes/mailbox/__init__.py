"""A mail server that keeps what it gets and shows it on a small web page. Loopback only."""

from tests.fakes.mailbox.letters import ReceivedMail
from tests.fakes.mailbox.server import Mailbox

__all__ = ["Mailbox", "ReceivedMail"]
