"""Templates that speak: `_`, `ngettext` and `{% trans %}` say texts in the context's `language`."""

from typing import Any

from jinja2 import Environment, pass_context
from jinja2.runtime import Context

from cloud.foundation.words import form_of, say

EXTENSION = "jinja2.ext.i18n"


def teach_words(environment: Environment) -> None:
    """Let an environment that has the extension find its texts in the books."""
    # The extension adds this method, which the types of jinja2 do not know.
    taught: Any = environment
    taught.install_gettext_callables(_gettext, _ngettext, newstyle=True)


@pass_context
def _gettext(context: Context, text: str) -> str:
    return say(context["language"], text)


@pass_context
def _ngettext(context: Context, one: str, many: str, number: int) -> str:
    # The extension fills the facts in after this, the number among them.
    return form_of(context["language"], one, many, number)
