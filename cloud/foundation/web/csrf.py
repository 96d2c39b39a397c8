"""Protection of unsafe requests that a browser could be tricked into sending.

Double submit: a signed random value stands in a cookie, and must come back in the form field
`csrf_token` or the header `X-CSRF-Token`. The signature binds it to the session cookie, so a value
fetched by somebody else, or before signing in, is worth nothing.

A request without any cookie carries no authority of a browser; it is let through unless its body
is of a kind that a foreign page can send (a form), which would allow signing a victim in to the
attacker's account.
"""

import hashlib
import secrets

from fastapi import Request
from itsdangerous import BadSignature, Signer
from starlette.datastructures import UploadFile
from starlette.responses import Response

from cloud.foundation.errors import Forbidden
from cloud.foundation.secrets import same
from cloud.foundation.web.signed_in import sent_key

FORM_FIELD = "csrf_token"
HEADER = "x-csrf-token"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data", "text/plain")


class CsrfRefused(Forbidden):
    """The proof that the request comes from one of our own pages is missing or stale."""

    code = "csrf"

    def __init__(self) -> None:
        super().__init__(
            "This form is out of date.", hint="Go back, reload the page and send it again."
        )


class Csrf:
    """Mints and checks the double-submit value; `cookie` is the name of its half in the browser.

    `open_paths` begin addresses that carry a signature of their own, to which mail programs post.
    """

    def __init__(
        self, secret: str, *, session_cookie: str, is_secure: bool, open_paths: tuple[str, ...] = ()
    ) -> None:
        self._signer = Signer(secret, salt="csrf", digest_method=hashlib.sha256)
        self._session_cookie = session_cookie
        self._is_secure = is_secure
        self._open_paths = open_paths
        self.cookie = "__Host-scent_csrf" if is_secure else "scent_csrf"

    def token_for(self, request: Request) -> str:
        """Return the value for this request's forms: that of its cookie, or a new one."""
        kept = request.cookies.get(self.cookie, "")
        if self._is_genuine(kept, request):
            return kept
        minted: str | None = getattr(request.state, "csrf_token", None)
        if minted is None:
            value = f"{secrets.token_urlsafe(16)}:{self._binding(request)}"
            minted = self._signer.sign(value).decode()
            request.state.csrf_token = minted
        return minted

    def remember(self, request: Request, response: Response) -> None:
        """Set the cookie if the page that goes out carries a value that the cookie lacks."""
        minted: str | None = getattr(request.state, "csrf_token", None)
        if minted is not None:
            response.set_cookie(
                self.cookie, minted, secure=self._is_secure, httponly=True, samesite="lax"
            )

    async def check(self, request: Request) -> None:
        """Raise CsrfRefused for an unsafe request that may come from a foreign page."""
        if request.method in _SAFE:
            return
        if request.url.path.startswith(self._open_paths):
            return  # its address proves all that it asks for, and cookies count for nothing
        if sent_key(request) is not None:
            return  # a program's request, in which cookies count for nothing
        is_form = request.headers.get("content-type", "").lower().startswith(_FORM_TYPES)
        if not request.cookies and not is_form:
            return
        kept = request.cookies.get(self.cookie, "")
        sent = request.headers.get(HEADER) or (await _form_value(request) if is_form else "")
        if not (sent and same(kept, sent) and self._is_genuine(kept, request)):
            # Nobody else will: the files of a form that was read lie open.
            await request.close()
            raise CsrfRefused

    def _is_genuine(self, token: str, request: Request) -> bool:
        try:
            value = self._signer.unsign(token).decode()
        except BadSignature:
            return False
        return same(value.rpartition(":")[2], self._binding(request))

    def _binding(self, request: Request) -> str:
        session = request.cookies.get(self._session_cookie, "")
        return hashlib.sha256(session.encode()).hexdigest()[:16]


async def _form_value(request: Request) -> str:
    if request.headers.get("content-type", "").lower().startswith("text/plain"):
        return ""
    value = (await request.form()).get(FORM_FIELD, "")
    return "" if isinstance(value, UploadFile) else value
