"""An uploaded file on its way: looked through, then applied, both by a job with progress.

Both go through the file product by product. Progress is written in the transaction of the
product, so a killed job goes on where it was, and a second one for the same file stops.
"""

import asyncio
import gzip
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.catalogue.errors import ImportNotFound, ImportNotReady
from cloud.catalogue.exchange.applying import Verdict, apply_entry, relate_entry
from cloud.catalogue.exchange.relations import missing_slugs, related_now, wanted_relations
from cloud.catalogue.exchange.sheet import Entry, Finding, Sheet, read_sheet
from cloud.catalogue.models import ImportStage, ProductImport
from cloud.foundation import audit
from cloud.foundation.database import Database
from cloud.foundation.identity import Role, SignedIn
from cloud.foundation.jobs import JobRegistry, defer
from cloud.foundation.words import N_
from cloud.site.service import read_site

LOOK, APPLY = "catalogue.look_through_import", "catalogue.apply_import"
MOST_FINDINGS = 1000
_MOST_NAME = 120


async def upload(session: AsyncSession, staff: SignedIn, file_name: str, body: bytes) -> int:
    """Keep a file to be looked through, and return the import's id; raises SheetUnreadable."""
    currency = (await read_site(session)).currency
    sheet = await asyncio.to_thread(read_sheet, body, currency)
    row = ProductImport(
        user_id=staff.user_id,
        user_name=staff.name or staff.email,
        file_name=file_name.replace("\0", "")[:_MOST_NAME] or "products.csv",
        body=await asyncio.to_thread(gzip.compress, body, mtime=0),
        stage=ImportStage.PREVIEW,
        line_count=sheet.line_count,
        lines_done=0,
        created_count=0,
        changed_count=0,
        same_count=0,
        refused_count=0,
        findings=[],
    )
    session.add(row)
    await session.flush()
    await defer(session, LOOK, import_id=row.id)
    return row.id


async def read_import(session: AsyncSession, import_id: int) -> ProductImport:
    """Return an import as it stands now; raises ImportNotFound."""
    row = await session.get(ProductImport, import_id)
    if row is None:
        raise ImportNotFound(import_id)
    return row


async def start(session: AsyncSession, staff: SignedIn, import_id: int) -> None:
    """Apply a file that was looked through; once. Raises ImportNotFound or ImportNotReady."""
    row = await _lock(session, import_id)
    if row.stage is not ImportStage.PREVIEW or row.lines_done < row.line_count:
        raise ImportNotReady
    row.stage = ImportStage.APPLYING
    row.lines_done = row.created_count = row.changed_count = 0
    row.same_count = row.refused_count = 0
    row.findings = []
    after = {"file_name": row.file_name, "lines": row.line_count}
    await audit.note(session, staff, "import", "product_imports", import_id, after=after)
    await defer(session, APPLY, import_id=import_id)


def register(jobs: JobRegistry) -> None:
    """Add the background work of imports."""
    jobs.on_in_stages(LOOK, look_through)
    jobs.on_in_stages(APPLY, apply)


async def look_through(database: Database, import_id: int) -> None:
    """Find out what a file would do; nothing but the findings is written."""
    await _go_through(database, import_id, ImportStage.PREVIEW)


async def apply(database: Database, import_id: int) -> None:
    """Do what a file says, and then let products go with each other as it says."""
    sheet = await _go_through(database, import_id, ImportStage.APPLYING)
    if sheet is None:
        return
    wanted = wanted_relations(sheet.entries)
    for entry in sheet.entries:
        if entry.slug in wanted and not entry.complaints:
            async with database.unit_of_work() as session:
                staff = _staff(await read_import(session, import_id))
                await relate_entry(session, staff, entry.slug, wanted[entry.slug])
    async with database.unit_of_work() as session:
        row = await _lock(session, import_id)
        row.stage, row.body = ImportStage.DONE, None


async def _go_through(database: Database, import_id: int, stage: ImportStage) -> Sheet | None:
    async with database.unit_of_work() as session:
        row = await read_import(session, import_id)
        body = await session.scalar(select(ProductImport.body).where(ProductImport.id == import_id))
        currency = (await read_site(session)).currency
        done = row.lines_done
    if row.stage is not stage or body is None:
        return None
    sheet = await asyncio.to_thread(lambda: read_sheet(gzip.decompress(body), currency))
    wanted = wanted_relations(sheet.entries)
    passed = 0
    for entry in sheet.entries:
        passed += len(entry.lines)
        if passed <= done:
            continue
        step = _Step(import_id, stage, passed - len(entry.lines), currency)
        if not await step.take(database, entry, wanted):
            return None
    return sheet


class _Step:
    """One product of a file, at a known place in it."""

    def __init__(self, import_id: int, stage: ImportStage, at: int, currency: str) -> None:
        self._import_id = import_id
        self._stage = stage
        self._at = at
        self._currency = currency

    async def take(self, database: Database, entry: Entry, wanted: Mapping[str, list[str]]) -> bool:
        """Weigh or write a product and the progress; False when somebody else already did."""
        verdict: Verdict | None = None
        if self._stage is ImportStage.PREVIEW:
            try:
                async with database.unit_of_work() as session:
                    row = await read_import(session, self._import_id)
                    verdict = await self._weigh(session, row, entry, wanted)
                    raise _Undo
            except _Undo:
                pass
        async with database.unit_of_work() as session:
            row = await _lock(session, self._import_id)
            if row.lines_done != self._at or row.stage is not self._stage:
                return False
            if verdict is None:
                verdict = await self._weigh(session, row, entry, wanted)
            _note(row, entry, verdict)
        return True

    async def _weigh(
        self,
        session: AsyncSession,
        row: ProductImport,
        entry: Entry,
        wanted: Mapping[str, list[str]],
    ) -> Verdict:
        related = wanted.get(entry.slug)
        for slug in await missing_slugs(session, entry, wanted):
            words = N_("There is no product “%(slug)s” to go with.")
            entry.complaints.append(Finding(entry.lines[0], "refused", words, {"slug": slug[:80]}))
        verdict = await apply_entry(session, _staff(row), entry, self._currency)
        if verdict.kind in ("same", "changed") and related is not None:
            now = await related_now(session, entry.slug)
            if now != related:
                words = N_("It goes with: %(slugs)s.")
                facts = {"slugs": ", ".join(related)[:200] or "–"}  # noqa: RUF001 - a dash
                changed = Finding(entry.lines[0], "changed", words, facts)
                return Verdict("changed", (*verdict.findings, changed))
        return verdict


class _Undo(Exception):
    """Ends a transaction without keeping what was done in it."""


def _note(row: ProductImport, entry: Entry, verdict: Verdict) -> None:
    row.lines_done += len(entry.lines)
    count = f"{verdict.kind}_count"
    setattr(row, count, getattr(row, count) + 1)
    room = MOST_FINDINGS - len(row.findings)
    row.findings = [*row.findings, *(one.wire() for one in verdict.findings[:room])]


async def _lock(session: AsyncSession, import_id: int) -> ProductImport:
    row = await session.get(ProductImport, import_id, with_for_update=True, populate_existing=True)
    if row is None:
        raise ImportNotFound(import_id)
    return row


def _staff(row: ProductImport) -> SignedIn:
    """Return whoever brought the file, for the audit; their account may be gone since."""
    return SignedIn(
        user_id=row.user_id,  # type: ignore[arg-type]  # the audit takes None for an account gone
        email="",
        name=row.user_name,
        role=Role.MANAGER,
        session_id=0,
        signed_in_at=row.created_at,
    )
