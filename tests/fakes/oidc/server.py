"""The stand-in: discovery, the page where one says yes, tokens and keys.

Open `authorization_endpoint` as a browser does and it sends one back at once as `person`, unless
`asks` is set: then a page shows who one could be. The client is any, with any secret but "wrong".
"""

import hashlib
import html
import json
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from aiohttp import web
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

# Made once a process: a key takes a while.
_KEYS = {name: RSAKey.generate_key(2048, {"kid": name, "use": "sig"}) for name in ("one", "two")}


@dataclass(frozen=True)
class Person:
    """Somebody with an account at the provider."""

    subject: str = "subject-1"
    email: str = "robin@example.org"
    is_email_verified: bool = True
    name: str = "Robin at Google"


@dataclass
class Faults:
    """What the provider does wrong. `claims` replaces claims of the id token; None removes one."""

    claims: dict[str, Any] = field(default_factory=dict)
    is_down: bool = False
    is_foreign_key: bool = False
    is_unsigned: bool = False
    lasts_s: int = 3600


@dataclass(frozen=True)
class _Given:
    client_id: str
    redirect_uri: str
    nonce: str
    challenge: str
    person: Person


class FakeOpenId:
    """A provider on loopback; `issuer` is known once `start` has returned."""

    def __init__(self, now: Callable[[], datetime], *, asks: tuple[Person, ...] = ()) -> None:
        self.person = Person()
        self.faults = Faults()
        self.key = "one"
        self.issuer = ""
        self._now = now
        self._asks = asks
        self._given: dict[str, _Given] = {}
        self._runner: web.AppRunner | None = None

    async def start(self, port: int = 0) -> None:
        """Listen on loopback; port 0 takes a free one."""
        app = web.Application()
        app.router.add_get("/.well-known/openid-configuration", self._discovery)
        app.router.add_get("/authorize", self._authorize)
        app.router.add_post("/token", self._token)
        app.router.add_get("/keys", self._key_list)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.issuer = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    async def _discovery(self, _request: web.Request) -> web.Response:
        return self._json(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            }
        )

    async def _key_list(self, _request: web.Request) -> web.Response:
        return self._json(dict(KeySet([_KEYS[self.key]]).as_dict(private=False)))

    async def _authorize(self, request: web.Request) -> web.Response:
        asked = request.query
        if asked.get("response_type") != "code" or asked.get("code_challenge_method") != "S256":
            return web.Response(status=400, text="this provider knows the code flow with PKCE only")
        if self._asks and "as" not in asked:
            return self._ask(request)
        person = self._asks[int(asked["as"])] if self._asks else self.person
        code = secrets.token_urlsafe(16)
        self._given[code] = _Given(
            asked["client_id"],
            asked["redirect_uri"],
            asked.get("nonce", ""),
            asked["code_challenge"],
            person,
        )
        back = urlencode({"state": asked["state"], "code": code})
        return web.Response(status=303, headers={"location": f"{asked['redirect_uri']}?{back}"})

    def _ask(self, request: web.Request) -> web.Response:
        listed = "".join(
            f'<li><a href="{html.escape(str(request.rel_url.update_query({"as": str(number)})))}">'
            f"{html.escape(person.name)}, {html.escape(person.email)}</a></li>"
            for number, person in enumerate(self._asks)
        )
        page = f"<!doctype html><title>Who are you?</title><h1>Who are you?</h1><ul>{listed}</ul>"
        return web.Response(text=page, content_type="text/html")

    async def _token(self, request: web.Request) -> web.Response:
        if self.faults.is_down:
            return web.Response(status=500, text="down")
        form = await request.post()
        # A code works once.
        given = self._given.pop(str(form.get("code", "")), None)
        verifier = str(form.get("code_verifier", ""))
        challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
        is_right = (
            given is not None
            and form.get("grant_type") == "authorization_code"
            and form.get("client_id") == given.client_id
            and form.get("client_secret") != "wrong"
            and form.get("redirect_uri") == given.redirect_uri
            and challenge.decode() == given.challenge
        )
        if given is None or not is_right:
            return web.json_response({"error": "invalid_grant"}, status=400)
        return web.json_response(
            {
                "access_token": f"access-of-{given.person.subject}",
                "refresh_token": f"refresh-of-{given.person.subject}",
                "id_token": self._id_token(given),
                "token_type": "Bearer",
                "expires_in": 3599,
                "scope": "openid email profile",
            }
        )

    def _id_token(self, given: _Given) -> str:
        now = int(self._now().timestamp())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": given.client_id,
            "sub": given.person.subject,
            "email": given.person.email,
            "email_verified": given.person.is_email_verified,
            "name": given.person.name,
            "nonce": given.nonce,
            "iat": now,
            "exp": now + self.faults.lasts_s,
        }
        claims = {
            name: value
            for name, value in {**claims, **self.faults.claims}.items()
            if value is not None
        }
        if self.faults.is_unsigned:
            header = _part(json.dumps({"alg": "none"}).encode())
            return f"{header}.{_part(json.dumps(claims).encode())}."
        key = _KEYS["two" if self.faults.is_foreign_key else self.key]
        return jwt.encode({"alg": "RS256", "kid": key.kid or ""}, claims, key)

    def _json(self, document: dict[str, Any]) -> web.Response:
        if self.faults.is_down:
            return web.Response(status=500, text="down")
        return web.json_response(document)


def _part(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
