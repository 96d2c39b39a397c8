"""Asking an OpenID provider who somebody is: the code flow with PKCE, and what answers must hold.

Knows nothing of our accounts. Addresses come from the provider's discovery document (OpenID
Connect Discovery 1.0), keys from its JWKS; both are kept for an hour.
"""

import hashlib
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from cloud.accounts.errors import ProviderRefused, ProviderSilent
from cloud.foundation.clock import Clock
from cloud.foundation.later import Foreign, later
from cloud.foundation.secrets import same

aiohttp = later("aiohttp")
errors = later("joserfc.errors")
jwk = later("joserfc.jwk")
jwt = later("joserfc.jwt")

_SCOPE = "openid email profile"
_ALGORITHMS = ("RS256", "ES256")
_TIMEOUT_S = 10
_KEPT = timedelta(hours=1)
# Between two looks at the keys for one that we do not know: anybody can send an unknown key id.
_KEYS_PAUSE = timedelta(minutes=1)
_LEEWAY_S = 60
_LONGEST_SUBJECT = 255
_LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class OpenIdSettings:
    """Where the provider is, and who we are to it. `issuer` is an origin without a slash."""

    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class Vouched:
    """What the provider says about a person, checked. `email` is empty if it gave none."""

    subject: str
    email: str
    is_email_verified: bool
    name: str
    scope: str
    access_token: str | None
    refresh_token: str | None
    id_token: str
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Kept:
    document: dict[str, Any]
    at: datetime


class OpenIdProvider:
    """One provider. Each call opens a connection of its own: sign-ins are rare."""

    def __init__(self, settings: OpenIdSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._discovered: _Kept | None = None
        self._keys: _Kept | None = None

    async def address(self, *, state: str, nonce: str, verifier: str) -> str:
        """Return where the browser is to go; ProviderSilent."""
        challenge = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=")
        asked = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": self._settings.redirect_uri,
            "scope": _SCOPE,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge.decode(),
            "code_challenge_method": "S256",
        }
        page = (await self._discover())["authorization_endpoint"]
        return f"{page}{'&' if '?' in page else '?'}{urlencode(asked)}"

    async def redeem(self, *, code: str, verifier: str, nonce: str) -> Vouched:
        """Return who came back with a code; ProviderRefused, ProviderSilent."""
        wish = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._settings.redirect_uri,
            "client_id": self._settings.client_id,
            "client_secret": self._settings.client_secret,
            "code_verifier": verifier,
        }
        endpoint = (await self._discover())["token_endpoint"]
        tokens = await self._fetch("POST", str(endpoint), wish)
        claims = await self._checked(str(tokens.get("id_token", "")), nonce)
        return self._vouched(tokens, claims)

    def _vouched(self, tokens: dict[str, Any], claims: dict[str, Any]) -> Vouched:
        lifetime = tokens.get("expires_in")
        is_number = isinstance(lifetime, int) and 0 < lifetime < 10**9
        return Vouched(
            subject=claims["sub"],
            email=str(claims.get("email") or ""),
            # Some providers send the word for it.
            is_email_verified=claims.get("email_verified") in (True, "true"),
            name=str(claims.get("name") or "").strip()[:_LONGEST_NAME],
            scope=str(tokens.get("scope") or _SCOPE),
            access_token=tokens.get("access_token"),
            refresh_token=tokens.get("refresh_token"),
            id_token=tokens["id_token"],
            expires_at=self._clock.now() + timedelta(seconds=lifetime or 0) if is_number else None,
        )

    async def _checked(self, id_token: str, nonce: str) -> dict[str, Any]:
        """Return the claims of an id token that is for us, fresh and rightly signed."""
        try:
            keys = await self._key_set(renew=False)
            try:
                token = jwt.decode(id_token, keys, algorithms=list(_ALGORITHMS))
            except (errors.JoseError, ValueError):
                # Perhaps the provider has changed its keys since we looked.
                keys = await self._key_set(renew=True)
                token = jwt.decode(id_token, keys, algorithms=list(_ALGORITHMS))
        except (errors.JoseError, ValueError) as error:
            raise ProviderRefused("its answer is not signed by it") from error
        claims: dict[str, Any] = dict(token.claims)
        problem = self._problem_of(claims, nonce)
        if problem:
            raise ProviderRefused(problem)
        return claims

    def _problem_of(self, claims: dict[str, Any], nonce: str) -> str:
        issuer = self._settings.issuer
        audience = claims.get("aud")
        listed = audience if isinstance(audience, list) else [audience]
        subject, expires = claims.get("sub"), claims.get("exp")
        # Google names itself with and without the scheme.
        if claims.get("iss") not in (issuer, issuer.removeprefix("https://")):
            return "its answer comes from somebody else"
        if self._settings.client_id not in listed:
            return "its answer is for another shop"
        if len(listed) > 1 and claims.get("azp") != self._settings.client_id:
            return "its answer is for another shop"
        if not same(str(claims.get("nonce", "")), nonce):
            return "its answer belongs to another sign-in"
        if not isinstance(expires, int | float) or not self._is_fresh(expires):
            return "its answer is too old"
        if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT:
            return "its answer names nobody"
        return ""

    def _is_fresh(self, expires: float) -> bool:
        return self._clock.now().timestamp() < expires + _LEEWAY_S

    async def _discover(self) -> dict[str, Any]:
        now = self._clock.now()
        if self._discovered is None or now - self._discovered.at > _KEPT:
            url = f"{self._settings.issuer}/.well-known/openid-configuration"
            document = await self._fetch("GET", url)
            needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            if document.get("issuer") != self._settings.issuer or not all(
                isinstance(document.get(name), str) for name in needed
            ):
                raise ProviderSilent
            self._discovered = _Kept(document, now)
        return self._discovered.document

    async def _key_set(self, *, renew: bool) -> Foreign:
        now = self._clock.now()
        age = None if self._keys is None else now - self._keys.at
        if self._keys is None or age is None or age > (_KEYS_PAUSE if renew else _KEPT):
            document = await self._fetch("GET", (await self._discover())["jwks_uri"])
            self._keys = _Kept(document, now)
        return jwk.KeySet.import_key_set({"keys": self._keys.document.get("keys", [])})

    async def _fetch(
        self, method: str, url: str, form: dict[str, str] | None = None
    ) -> dict[str, Any]:
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_TIMEOUT_S)) as http,
                http.request(method, url, data=form, allow_redirects=False) as answer,
            ):
                if 400 <= answer.status < 500:
                    raise ProviderRefused("it does not know this sign-in (any more)")
                if answer.status != 200:
                    raise ProviderSilent
                document = await answer.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise ProviderSilent from error
        if not isinstance(document, dict):
            raise ProviderSilent
        return document
