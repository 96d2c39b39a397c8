"""Mails from templates: a subject, a text and an HTML part from two files of one name.

A feature keeps them in its `templates/mail/` folder: `<name>.txt`, whose first line is the
subject, and `<name>.html`, which extends `mail.html` of foundation.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    StrictUndefined,
    select_autoescape,
)

from cloud.foundation.mail import Message

_FOLDER = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Letter:
    """What a template became."""

    subject: str
    text: str
    html: str

    def to(self, recipient: str, message_id: str) -> Message:
        """Return the mail that carries this letter."""
        return Message(
            to=recipient,
            subject=self.subject,
            text=self.text,
            html=self.html,
            message_id=message_id,
        )


class Letters:
    """Fills the mail templates of several features, given as folders by feature name."""

    def __init__(self, features: Mapping[str, Path]) -> None:
        folders = {name: folder / "templates" / "mail" for name, folder in features.items()}
        self._environment = Environment(
            loader=ChoiceLoader(
                [
                    FileSystemLoader(_FOLDER),
                    PrefixLoader(
                        {
                            name: FileSystemLoader(folder)
                            for name, folder in folders.items()
                            if folder.is_dir()
                        }
                    ),
                ]
            ),
            autoescape=select_autoescape(enabled_extensions=("html",), default=False),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def write(self, name: str, context: Mapping[str, Any]) -> Letter:
        """Return the letter `<feature>/<name>` filled with a context.

        Asking in a template for what the context lacks is an error, not an empty string.
        """
        written = self._environment.get_template(f"{name}.txt").render(context)
        subject, _, text = written.partition("\n")
        html = self._environment.get_template(f"{name}.html").render(
            {**context, "subject": subject}
        )
        return Letter(subject=" ".join(subject.split()), text=text.strip() + "\n", html=html)
