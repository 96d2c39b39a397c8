"""What the database refuses, said as facts of the business."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from cloud.foundation.errors import CloudError


@asynccontextmanager
async def saying(session: AsyncSession, refusals: Mapping[str, CloudError]) -> AsyncGenerator[None]:
    """Flush what is done inside; a violated constraint raises the refusal of its name.

    After a refusal the session's transaction is as it was before, and can be used on.
    """
    try:
        async with session.begin_nested():
            yield
    except IntegrityError as error:
        complaint = str(error.orig)
        for constraint, refusal in refusals.items():
            if constraint in complaint:
                raise refusal from error
        raise
