"""How a hub comes to belong to a household: it offers itself, an owner says yes.

The plain device flow can be abused from afar: somebody talks the owner into typing the code of a
stranger's hub. So the owner must have signed in just now and compare four words with the hub's
own screen.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.events import emit
from cloud.foundation.identity import SignedIn
from cloud.foundation.rate_limits import Rate, RateLimiter
from cloud.foundation.secrets import digest, mint_token
from cloud.hubs.errors import (
    FreshSignInNeeded,
    HubUnknown,
    PairingCodeExpired,
    PairingCodeUnknown,
    PairingCodeUsed,
)
from cloud.hubs.events import HubPaired
from cloud.hubs.models import Hub, HubPairing
from cloud.hubs.repository import hubs, pairings
from cloud.hubs.repository.hubs import HubKey
from cloud.hubs.service.fleet import revoke
from cloud.hubs.service.households import ensure_household, require_owner
from scentd.contracts.pairing import (
    CODE_ALPHABET,
    CODE_LETTERS,
    PairingAnswerV1,
    PairingOfferV1,
    PairingQuestionV1,
    PairingRequestV1,
    PairingState,
    fingerprint_words,
    read_code,
    spell_code,
)

OFFER_LIFE = timedelta(minutes=10)
INTERVAL_S = 5
SIGN_IN_MINUTES = 10
WRONG_CODES = Rate(5, timedelta(minutes=15))
OFFERS = Rate(20, timedelta(minutes=10))
_CODE_TRIES = 5
_log = structlog.get_logger("cloud.hubs")


@dataclass(frozen=True, slots=True)
class PairingView:
    """An offer as its page shows it. `words` must be those on the hub's own screen."""

    user_code: str
    hub_name: str
    software: str
    words: tuple[str, str, str, str]
    expires_at: datetime


class Pairings:
    """Takes offers of hubs and answers of owners. `public_url` is where owners find us."""

    def __init__(self, limiter: RateLimiter, public_url: str) -> None:
        self._limiter = limiter
        self._public_url = public_url

    async def offer(
        self, session: AsyncSession, request: PairingRequestV1, *, address: str, now: datetime
    ) -> PairingOfferV1:
        """Take an offer and return the code for people and the secret for the hub.

        Raises TooManyRequests for an address that offers too often.
        """
        await self._limiter.count(f"pairing-offer:{address}", OFFERS)
        device_code = mint_token()
        for _ in range(_CODE_TRIES):
            code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LETTERS))
            row = HubPairing(
                device_digest=digest(device_code),
                user_code=code,
                public_key=bytes.fromhex(request.public_key),
                hub_name=request.name,
                software=request.software,
                address=address,
                offered_at=now,
                expires_at=now + OFFER_LIFE,
                interval_s=INTERVAL_S,
            )
            if await pairings.add_offer(session, row):
                break
        else:
            raise RuntimeError("no pairing code was free")
        _log.info("pairing_offered", address=address, hub_name=request.name)
        url = f"{self._public_url}/pair"
        return PairingOfferV1(
            device_code=device_code,
            user_code=spell_code(code),
            verification_url=url,
            verification_url_complete=f"{url}?code={spell_code(code)}",
            expires_in_s=int(OFFER_LIFE.total_seconds()),
            interval_s=INTERVAL_S,
        )

    async def ask(
        self, session: AsyncSession, question: PairingQuestionV1, *, now: datetime
    ) -> PairingAnswerV1:
        """Tell a hub what became of its offer. An unknown secret is as good as an expired one."""
        row = await pairings.lock_by_device(session, digest(question.device_code))
        if row is None:
            return PairingAnswerV1(state=PairingState.EXPIRED)
        if row.approved_at is not None and row.household_id is not None:
            return await self._approved(session, row)
        if row.denied_at is not None:
            return PairingAnswerV1(state=PairingState.DENIED)
        if row.expires_at <= now:
            return PairingAnswerV1(state=PairingState.EXPIRED)
        return _pending(row, now)

    async def look_up(
        self, session: AsyncSession, user: SignedIn, typed: str, *, address: str, now: datetime
    ) -> PairingView:
        """Return the offer whose code an owner typed, for them to compare the words.

        Raises PairingCodeUnknown, PairingCodeExpired, PairingCodeUsed, FreshSignInNeeded, and
        TooManyRequests after five wrong codes of an account or an address in 15 minutes.
        """
        row = await self._find(session, user, typed, address=address, now=now)
        return PairingView(
            user_code=spell_code(row.user_code),
            hub_name=row.hub_name,
            software=row.software,
            words=fingerprint_words(row.public_key),
            expires_at=row.expires_at,
        )

    async def approve(
        self,
        session: AsyncSession,
        user: SignedIn,
        typed: str,
        *,
        address: str,
        now: datetime,
        household_id: int | None = None,
        replaces_hub_id: int | None = None,
    ) -> Hub:
        """Take a hub into a household, which the account must own; None: its own, made if needed.

        `replaces_hub_id` names a hub of that household whose machine this one replaces: it keeps
        its slots and consents, and the old machine's key is worth nothing. Raises what `look_up`
        raises, OwnerNeeded and HubUnknown.
        """
        row = await self._find(session, user, typed, address=address, now=now)
        if household_id is None:
            household_id = (await ensure_household(session, user.user_id)).id
        await require_owner(session, household_id, user.user_id)
        hub = await self._take_in(session, row, household_id, replaces_hub_id, user, now)
        row.approved_at, row.household_id, row.hub_id = now, household_id, hub.id
        await session.flush()
        await emit(session, HubPaired(household_id, hub.id))
        _log.info("hub_paired", household_id=household_id, hub_id=hub.id, user_id=user.user_id)
        return hub

    async def deny(
        self, session: AsyncSession, user: SignedIn, typed: str, *, address: str, now: datetime
    ) -> None:
        """Refuse an offer for good. Raises what `look_up` raises."""
        row = await self._find(session, user, typed, address=address, now=now)
        row.denied_at = now
        await session.flush()
        _log.info("pairing_denied", user_id=user.user_id)

    async def _find(
        self, session: AsyncSession, user: SignedIn, typed: str, *, address: str, now: datetime
    ) -> HubPairing:
        if now - user.signed_in_at > timedelta(minutes=SIGN_IN_MINUTES):
            raise FreshSignInNeeded(SIGN_IN_MINUTES)
        keys = (f"pairing-code:user:{user.user_id}", f"pairing-code:address:{address}")
        # Counted before the answer is known, or many guesses at once would all slip through.
        for key in keys:
            await self._limiter.count(key, WRONG_CODES)
        code = read_code(typed)
        row = await pairings.find_by_code(session, code, lock=True) if code else None
        if row is None:
            _log.warning("pairing_code_wrong", user_id=user.user_id, address=address)
            raise PairingCodeUnknown
        for key in keys:
            await self._limiter.give_back(key, WRONG_CODES)
        if row.approved_at is not None or row.denied_at is not None:
            raise PairingCodeUsed
        if row.expires_at <= now:
            raise PairingCodeExpired
        return row

    async def _take_in(
        self,
        session: AsyncSession,
        row: HubPairing,
        household_id: int,
        replaces_hub_id: int | None,
        user: SignedIn,
        now: datetime,
    ) -> Hub:
        hub = await _hub_to_become(session, household_id, replaces_hub_id)
        before = await hubs.live_hub_with_key(session, row.public_key)
        if before is not None and before is not hub:
            await revoke(session, HubKey(before.household_id, before.id), now)
        if hub is None:
            hub = Hub(household_id=household_id, name=row.hub_name or "Hub")
            session.add(hub)
        hub.public_key, hub.software = row.public_key, row.software
        hub.paired_at, hub.paired_by = now, user.user_id
        hub.revoked_at = hub.duplicated_at = None
        await session.flush()
        await hubs.end_session(session, HubKey(household_id, hub.id))
        return hub

    async def _approved(self, session: AsyncSession, row: HubPairing) -> PairingAnswerV1:
        household = await hubs.household_of(session, row.household_id or 0)
        return PairingAnswerV1(
            state=PairingState.APPROVED,
            hub_id=row.hub_id,
            household_name=household.name,
            audience=self._public_url,
        )


def _pending(row: HubPairing, now: datetime) -> PairingAnswerV1:
    asked_at, row.asked_at = row.asked_at, now
    # A second of grace: the hub's own clock and the way here are not exact.
    is_early = asked_at is not None and now < asked_at + timedelta(seconds=row.interval_s - 1)
    if is_early:
        row.interval_s = min(60, row.interval_s + 5)
    state = PairingState.SLOW_DOWN if is_early else PairingState.PENDING
    return PairingAnswerV1(state=state, interval_s=row.interval_s)


async def _hub_to_become(
    session: AsyncSession, household_id: int, replaces_hub_id: int | None
) -> Hub | None:
    if replaces_hub_id is None:
        return None
    hub = await hubs.get_hub(session, HubKey(household_id, replaces_hub_id), lock=True)
    if hub is None:
        raise HubUnknown
    return hub
