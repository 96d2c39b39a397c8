"""The jobs of invoices: number and write a sheet, then draw it."""

from cloud.foundation.clock import Clock
from cloud.foundation.database import Database
from cloud.foundation.jobs import JobRegistry
from cloud.invoices import service


def register(jobs: JobRegistry, clock: Clock) -> None:
    """Add the jobs of invoices to a worker."""

    async def issue(database: Database, order_id: int) -> None:
        async with database.unit_of_work() as session:
            invoice_id = await service.issue_invoice(session, order_id, clock.now())
        if invoice_id is not None:
            await service.draw_invoice(database, invoice_id, clock)

    async def credit(database: Database, order_id: int, refund_id: int) -> None:
        async with database.unit_of_work() as session:
            note_id = await service.issue_credit_note(session, order_id, refund_id, clock.now())
        if note_id is not None:
            await service.draw_invoice(database, note_id, clock)

    jobs.on_in_stages("invoices.issue", issue)
    jobs.on_in_stages("invoices.credit", credit)
