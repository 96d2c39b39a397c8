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

from cloud.foundation.compiled import CompiledOnce
from cloud.foundation.mail import Message
from cloud.foundation.site_facts import SiteFacts
from cloud.foundation.wording import EXTENSION, teach_words

_FOLDER = Path(__file__).parent / "templates"
_compiled = CompiledOnce()


@dataclass(frozen=True, slots=True)
class Look:
    """How the shop's mails look: its colours as #rrggbb, its logo's whole address or ""."""

    primary: str
    on_primary: str
    logo_url: str


def mail_look(site: SiteFacts, public_url: str) -> dict[str, Any]:
    """Return what every letter needs of the shop: `site_name` and `look`.

    Only a logo on the shop's own host is shown: mails fetch nothing from anybody else.
    """
    logo = site.logo_url
    is_own = logo.startswith("/") and not logo.startswith("//")
    look = Look(site.primary, site.on_primary, f"{public_url.rstrip('/')}{logo}" if is_own else "")
    return {"site_name": site.name, "look": look}


@dataclass(frozen=True, slots=True)
class Letter:
    """What a template became."""

    subject: str
    text: str
    html: str

    def to(
        self, recipient: str, message_id: str, headers: Mapping[str, str] | None = None
    ) -> Message:
        """Return the mail that carries this letter, with headers of its own if any."""
        return Message(
            to=recipient,
            subject=self.subject,
            text=self.text,
            html=self.html,
            message_id=message_id,
            headers=headers or {},
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
            auto_reload=False,
            bytecode_cache=_compiled,
            extensions=[EXTENSION],
        )
        teach_words(self._environment)

    def write(self, name: str, context: Mapping[str, Any], language: str = "en") -> Letter:
        """Return the letter `<feature>/<name>` filled with a context, said in a language.

        `mail_look` gives what all of them need. Asking in a template for what the context lacks
        is an error, not an empty string.
        """
        said = {**context, "language": language}
        written = self._environment.get_template(f"{name}.txt").render(said)
        subject, _, text = written.partition("\n")
        html = self._environment.get_template(f"{name}.html").render({**said, "subject": subject})
        return Letter(subject=" ".join(subject.split()), text=text.strip() + "\n", html=html)
