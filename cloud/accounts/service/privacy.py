"""Handing out everything held on a person, and forgetting it: the rights of GDPR 15, 17 and 20."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, or_, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.accounts import identity_rows
from cloud.accounts.errors import ConfirmationWrong, ExportMissing, LinkSpent, StaffStay
from cloud.accounts.events import PersonErased
from cloud.accounts.kinds import LinkPurpose
from cloud.accounts.models import DataExport, Erasure, User
from cloud.accounts.service.changes import require_fresh
from cloud.accounts.service.customers import SUBJECT as _SUBJECT
from cloud.accounts.service.desk import Desk
from cloud.accounts.service.notices import say_goodbye
from cloud.accounts.service.users import PER_ACCOUNT
from cloud.foundation import audit
from cloud.foundation.events import emit
from cloud.foundation.identity import Role, SignedIn
from cloud.foundation.jobs import defer
from cloud.foundation.personal import PersonalRecords

# The names stand here and not in jobs.py, which is a layer above.
MAKE_EXPORT = "accounts.make_export"
FORGET_PERSON = "accounts.forget_person"

_EXPORT_KEPT = timedelta(days=7)
# An order may be written at the very moment its buyer is forgotten, and is done weeks later.
_LOOKED_AFTER = timedelta(days=90)
_TIED = text("""
    SELECT k.conrelid::regclass::text AS source, a.attname AS name, k.confdeltype::text AS action
    FROM pg_constraint AS k
    JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
    WHERE k.contype = 'f' AND k.confrelid = 'users'::regclass AND k.confdeltype IN ('c', 'n')
    ORDER BY 1, 2
""")


@dataclass(frozen=True, slots=True)
class Privacy:
    """Where people see what is held on them, and go. `records` are every feature's."""

    desk: Desk
    records: Sequence[PersonalRecords]

    async def ask_export(self, session: AsyncSession, me: SignedIn) -> None:
        """Have the worker write the file; it is there for seven days. RecentSignInNeeded."""
        require_fresh(me, self.desk.users.now())
        await self.desk.limiter.count(f"export:{me.user_id}", PER_ACCOUNT)
        await self._order_export(session, me.user_id)

    async def _order_export(self, session: AsyncSession, user_id: int) -> None:
        now = self.desk.users.now()
        blank = {"asked_at": now, "expires_at": now + _EXPORT_KEPT, "content": None}
        await session.execute(
            insert(DataExport)
            .values(user_id=user_id, ready_at=None, **blank)
            .on_conflict_do_update(index_elements=["user_id"], set_={**blank, "ready_at": None})
        )
        await defer(
            session,
            MAKE_EXPORT,
            queueing_lock=f"{MAKE_EXPORT}:{user_id}",
            user_id=user_id,
        )

    async def ask_export_by_staff(
        self, session: AsyncSession, staff: SignedIn, user_id: int
    ) -> None:
        """Have the worker write a person's file, who asked for it by letter; UserNotFound."""
        await self.desk.users.get(session, user_id)
        await self._order_export(session, user_id)
        await audit.note(session, staff, "export", _SUBJECT, user_id, after={"asked": True})

    async def download_by_staff(
        self, session: AsyncSession, staff: SignedIn, user_id: int
    ) -> bytes:
        """Return a person's file, and write down who took it; ExportMissing."""
        export = await self.find_export(session, user_id)
        if export is None or export.content is None:
            raise ExportMissing
        await audit.note(session, staff, "download", _SUBJECT, user_id, after={"taken": True})
        return export.content

    async def erase_by_staff(
        self, session: AsyncSession, staff: SignedIn, user_id: int, confirmation: str
    ) -> str:
        """Forget a person who asked for it by letter, now or as soon as it can be.

        `confirmation` is their address of e-mail, typed once more. Returns what it waits for, in
        words; empty when everything is done. UserNotFound, ConfirmationWrong, LinkSpent (it was
        done before), StaffStay.
        """
        user = await self.desk.users.get(session, user_id)
        if user.role is not Role.CUSTOMER:
            raise StaffStay
        if confirmation.strip().lower() != user.email.lower():
            raise ConfirmationWrong
        await audit.note(session, staff, "erase", _SUBJECT, user_id, after={"asked": True})
        await session.execute(
            insert(Erasure)
            .values(user_id=user_id, asked_at=self.desk.users.now(), waits_for="")
            .on_conflict_do_nothing()
        )
        return await self.forget(session, user_id)

    async def make_export(self, session: AsyncSession, user_id: int) -> None:
        """Write the file of a person who asked for it."""
        user = await self.desk.users.get(session, user_id)
        export = await self.find_export(session, user_id)
        if export is None:
            return
        facts = self._facts(user)
        held: dict[str, object] = {}
        for records in self.records:
            for name, query in records.held.items():
                held[name] = list((await session.scalars(query, facts)).all())
        now = self.desk.users.now()
        written = {"written_at": now.isoformat(), **held}
        export.content = json.dumps(written, indent=1, ensure_ascii=False, default=str).encode()
        export.ready_at = now

    async def find_export(self, session: AsyncSession, user_id: int) -> DataExport | None:
        """Return a person's file, ready or not; None if there is none (any more)."""
        return await session.scalar(
            select(DataExport).where(
                DataExport.user_id == user_id, DataExport.expires_at > self.desk.users.now()
            )
        )

    async def download(self, session: AsyncSession, me: SignedIn) -> bytes:
        """Return the file; ExportMissing, RecentSignInNeeded."""
        require_fresh(me, self.desk.users.now())
        export = await self.find_export(session, me.user_id)
        if export is None or export.content is None:
            raise ExportMissing
        return export.content

    async def ask_erasure(self, session: AsyncSession, me: SignedIn) -> None:
        """Mail a link that deletes the account; RecentSignInNeeded, StaffStay."""
        require_fresh(me, self.desk.users.now())
        if me.role is not Role.CUSTOMER:
            raise StaffStay
        await self.desk.limiter.count(f"erase:{me.user_id}", PER_ACCOUNT)
        user = await self.desk.users.get(session, me.user_id)
        await self.desk.mail_link(session, user, LinkPurpose.ERASE_ACCOUNT)

    async def confirm_erasure(self, session: AsyncSession, token: str) -> str:
        """Forget the person of a mailed link, now or as soon as it can be.

        Returns what it waits for, in words; empty when everything is done. LinkSpent, StaffStay.
        """
        link = await self.desk.links.spend(session, token, LinkPurpose.ERASE_ACCOUNT)
        user_id = link.user_id or 0
        await session.execute(
            insert(Erasure)
            .values(user_id=user_id, asked_at=self.desk.users.now(), waits_for="")
            .on_conflict_do_nothing()
        )
        return await self.forget(session, user_id)

    async def withdraw_erasure(self, session: AsyncSession, me: SignedIn) -> None:
        """Take a wish back that still waits."""
        await session.execute(
            delete(Erasure).where(Erasure.user_id == me.user_id, Erasure.done_at.is_(None))
        )

    async def find_erasure(self, session: AsyncSession, user_id: int) -> Erasure | None:
        """Return a person's wish to be forgotten."""
        return await session.scalar(select(Erasure).where(Erasure.user_id == user_id))

    async def forget(self, session: AsyncSession, user_id: int) -> str:
        """Forget a person who wished it, unless something is open; return what, in words.

        The account is held first, and then what orders come from (carts, drafts, subscriptions,
        consents): so an order of the same moment is either seen here, or finds nothing to be made
        of. The account stays as a nameless row that the books point to.
        """
        user = await identity_rows.hold_leaving(session, user_id)
        wish = await self.find_erasure(session, user_id)
        if user is None or wish is None or user.erased_at is not None:
            raise LinkSpent
        if user.role is not Role.CUSTOMER:
            raise StaffStay
        await self._take_locks(session, user)
        wish.waits_for = await self._obstacle(session, user)
        if wish.waits_for:
            return wish.waits_for
        await say_goodbye(session, user)
        await self._forget_rows(session, user)
        wish.done_at = self.desk.users.now()
        return ""

    async def look_after(self, session: AsyncSession) -> None:
        """Have a job look after everybody whose wish waits, or was done of late.

        One each, so that somebody who cannot be forgotten now keeps nobody else waiting.
        """
        since = self.desk.users.now() - _LOOKED_AFTER
        wished = await session.scalars(
            select(Erasure.user_id)
            .where(or_(Erasure.done_at.is_(None), Erasure.done_at > since))
            .order_by(Erasure.user_id)
        )
        for user_id in wished.all():
            key = f"{FORGET_PERSON}:{user_id}"
            await defer(session, FORGET_PERSON, queueing_lock=key, user_id=user_id)

    async def look_after_person(self, session: AsyncSession, user_id: int) -> None:
        """Do a wish that waited, or forget again what came in since it was done.

        Nothing is done for one that was taken back, nor for whoever joined the staff since: that
        waits until they leave it.
        """
        user = await identity_rows.hold_leaving(session, user_id)
        wish = await self.find_erasure(session, user_id)
        if user is None or wish is None:
            return
        if wish.done_at is not None:
            await self._take_locks(session, user)
            await self._forget_rows(session, user)
        elif user.role is Role.CUSTOMER:
            await self.forget(session, user_id)

    async def _take_locks(self, session: AsyncSession, user: User) -> None:
        facts = self._facts(user)
        for records in self.records:
            for statement in records.locks:
                await session.execute(statement, facts)

    async def _obstacle(self, session: AsyncSession, user: User) -> str:
        for records in self.records:
            for obstacle in records.obstacles:
                if await session.scalar(obstacle.query, self._facts(user)) is not None:
                    return obstacle.words
        return ""

    async def _forget_rows(self, session: AsyncSession, user: User) -> None:
        facts = self._facts(user)
        await emit(session, PersonErased(user.id, self.desk.users.now()))
        for records in self.records:
            for statement in records.forget:
                await session.execute(statement, facts)
        for source, name, action in (await session.execute(_TIED)).all():
            # Names out of PostgreSQL's own catalogue, not from anybody.
            what = (
                f"DELETE FROM {source}" if action == "c" else f"UPDATE {source} SET {name} = NULL"
            )
            await session.execute(text(f"{what} WHERE {name} = :user_id"), facts)
        user.email = f"erased-{user.id}@erased.invalid"
        user.name, user.language = "", None
        user.tags, user.block_reason = [], ""
        user.password_hash, user.email_verified_at = None, None
        user.erased_at = user.erased_at or self.desk.users.now()
        await session.flush()

    def _facts(self, user: User) -> dict[str, object]:
        is_proven = user.email_verified_at is not None
        return {
            "user_id": user.id,
            "email": user.email if is_proven else "",
            "now": self.desk.users.now(),
        }
