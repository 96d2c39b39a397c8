"""Coming to belong to an account: offer the hub, show the code and the words, wait for a yes."""

import asyncio
import logging
import random
from collections.abc import Callable
from datetime import timedelta

from scentd.clock import Clock
from scentd.contracts.pairing import (
    PairingAnswerV1,
    PairingQuestionV1,
    PairingRequestV1,
    PairingState,
)
from scentd.store import outbox, pairing
from scentd.store.database import Database
from scentd.store.pairing import Offer
from scentd.sync.client import CloudClient
from scentd.sync.errors import NoCloudConfigured, SyncError
from scentd.sync.keys import KeyRing
from scentd.sync.patience import Patience
from scentd.sync.session import SOFTWARE, CloudSession
from scentd.sync.settings import SyncSettings
from scentd.sync.status import PairingOffer, SyncStatus
from scentd.sync.waiting import sleep_or_nudge

_log = logging.getLogger(__name__)


class Pairing:
    """Offers this hub to an account, and takes or leaves the place it is given."""

    def __init__(
        self,
        settings: SyncSettings,
        keys: KeyRing,
        client: CloudClient,
        session: CloudSession,
        database: Database,
        clock: Clock,
        status: SyncStatus,
        *,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._settings = settings
        self._keys = keys
        self._client = client
        self._session = session
        self._database = database
        self._clock = clock
        self._status = status
        self._patience = Patience(settings.retry_first_s, chance)
        self._nudge = asyncio.Event()

    async def load(self) -> None:
        """Learn from the store how things stand, and say so in the status."""
        paired = await self._database.read(pairing.find_pairing)
        is_welcome = paired is not None and not paired.is_revoked
        self._status.belongs(paired.household_name if paired and is_welcome else None)
        self._status.counted(await self._database.read(outbox.waiting))
        self._show(await self._database.read(pairing.find_offer))

    async def start(self) -> PairingOffer:
        """Ask the cloud for a code to show, in place of any other one.

        Raises NoCloudConfigured, CloudUnreachable and CloudRefused. A hub that belongs to an
        account goes on belonging to it until the new offer is accepted.
        """
        cloud = self._settings.cloud_url
        if cloud is None:
            raise NoCloudConfigured
        key = await asyncio.to_thread(self._keys.make)
        request = PairingRequestV1(
            public_key=key.public.hex(), name=self._settings.hub_name, software=SOFTWARE
        )
        granted = await self._client.offer(cloud, request)
        offer = Offer(
            cloud_url=cloud,
            key_name=key.name,
            device_code=granted.device_code,
            user_code=granted.user_code,
            verification_url=granted.verification_url,
            verification_url_complete=granted.verification_url_complete,
            words=key.words,
            expires_at=self._clock.now() + timedelta(seconds=granted.expires_in_s),
            interval_s=granted.interval_s,
        )
        await self._database.write(lambda c: pairing.put_offer(c, offer))
        _log.info("a pairing is on offer")
        shown = self._show(offer)
        self._nudge.set()
        return shown or _shown(offer)

    async def run(self) -> None:
        """Ask what became of offers until cancelled."""
        while True:
            offer = await self._database.read(pairing.find_offer)
            if offer is None:
                await sleep_or_nudge(self._clock, None, self._nudge)
                continue
            pause_s = await self._ask(offer)
            if pause_s > 0:
                await sleep_or_nudge(self._clock, pause_s, self._nudge)

    async def leave(self) -> None:
        """Belong to no account any more; the cloud is told if it can be reached.

        The household's own rules and schedules stay; orders and prices go. The key is destroyed.
        """
        try:
            live = await self._session.ensure()
            await self._client.leave(live.cloud, live.hub_id, live.token)
            self._session.drop(live)
        except SyncError as error:
            _log.info("the cloud was not told that this hub left: %s", error)
        await self._database.write(pairing.drop_pairing)
        await asyncio.to_thread(self._keys.keep_only, None)
        self._status.belongs(None)

    async def _ask(self, offer: Offer) -> float:
        """Ask once; the seconds to wait before asking again, 0 when it is settled."""
        try:
            question = PairingQuestionV1(device_code=offer.device_code)
            answer = await self._client.ask(offer.cloud_url, question)
        except SyncError as error:
            _log.info("the cloud could not be asked about the pairing: %s", error)
            if offer.expires_at <= self._clock.now():
                await self._end(offer, "The pairing code has expired.")
                return 0
            return self._patience.next_pause(self._settings.retry_longest_with_facts_s)
        self._patience.succeeded()
        match answer.state:
            case PairingState.PENDING | PairingState.SLOW_DOWN:
                return answer.interval_s
            case PairingState.APPROVED if answer.hub_id is not None:
                await self._accept(offer, answer, answer.hub_id)
            case PairingState.DENIED:
                await self._end(offer, "The pairing was refused in the account.")
            case _:
                await self._end(offer, "The pairing code has expired.")
        return 0

    async def _accept(self, offer: Offer, answer: PairingAnswerV1, hub_id: int) -> None:
        await self._database.write(
            lambda c: pairing.accept(
                c,
                offer,
                hub_id=hub_id,
                household_name=answer.household_name,
                audience=answer.audience or offer.cloud_url,
            )
        )
        await asyncio.to_thread(self._keys.keep_only, offer.key_name)
        _log.info("this hub now belongs to the household %s", answer.household_name)
        self._status.offers(None)
        self._status.lost(None)
        self._status.belongs(answer.household_name)

    async def _end(self, offer: Offer, why: str) -> None:
        _log.info("%s", why)
        current = await self._database.read(pairing.find_offer)
        if current is not None and current.device_code == offer.device_code:
            await self._database.write(pairing.drop_offer)
            self._status.offers(None)
            paired = await self._database.read(pairing.find_pairing)
            await asyncio.to_thread(self._keys.keep_only, paired.key_name if paired else None)

    def _show(self, offer: Offer | None) -> PairingOffer | None:
        shown = _shown(offer) if offer is not None else None
        self._status.offers(shown)
        return shown


def _shown(offer: Offer) -> PairingOffer:
    return PairingOffer(
        user_code=offer.user_code,
        verification_url=offer.verification_url_complete,
        typing_url=offer.verification_url,
        words=offer.words,
        expires_at=offer.expires_at,
    )
