"""A mail as it arrived, taken apart for tests and for the page."""

import re
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

_LINK = re.compile(r"https?://[^\s\"<>]+")


@dataclass(frozen=True)
class ReceivedMail:
    """One mail for one envelope recipient."""

    number: int
    arrived_at: datetime
    recipient: str
    message: EmailMessage

    @classmethod
    def parse(
        cls, number: int, arrived_at: datetime, recipient: str, content: bytes
    ) -> "ReceivedMail":
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        return cls(number, arrived_at, recipient, message)

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def html(self) -> str:
        return self._part("html")

    @property
    def links(self) -> list[str]:
        """The addresses in the text, in order."""
        return _LINK.findall(self.text)

    def _part(self, kind: str) -> str:
        body = self.message.get_body((kind,))
        return str(body.get_content()) if body else ""
