"""The pages on which people prove who they are."""

from fastapi import APIRouter

from cloud.accounts.pages import links, passwords
from cloud.accounts.service.desk import Desk


def pages(desk: Desk) -> APIRouter:
    """Return the pages for signing up, in and out, and for one-time links."""
    router = APIRouter(include_in_schema=False)
    router.include_router(passwords.pages(desk))
    router.include_router(links.pages(desk))
    return router
