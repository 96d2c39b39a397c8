"""Which language a visitor is spoken to in."""

from collections.abc import Sequence

from fastapi import Request

from cloud.foundation.locale import best_language
from cloud.foundation.web.signed_in import who_is_asking

COOKIE = "scent_language"


# Longer wishes are nobody's.
_LONGEST_WISH = 200


def wished_language(request: Request) -> str:
    """Return what a visit wishes: a language or an Accept-Language header; "" for no wish."""
    wished = request.cookies.get(COOKIE) or request.headers.get("accept-language") or ""
    return wished[:_LONGEST_WISH]


async def language_of(request: Request, languages: Sequence[str]) -> str:
    """Return one of the languages on offer, the shop's own first among them.

    The address may name one (`?lang=de`, as search engines keep it), then the visitor's own
    choice, then the browser.
    """
    named = request.query_params.get("lang")
    if named in languages:
        return str(named)
    user = await who_is_asking(request)
    wished = request.cookies.get(COOKIE) or (user.language if user else None)
    return best_language(wished or request.headers.get("accept-language"), tuple(languages))
