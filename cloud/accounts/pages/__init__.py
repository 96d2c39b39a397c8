"""The pages on which people prove who they are, and see to their own account."""

from cloud.accounts.pages import google, invitations, language, links, own, passwords, privacy
from cloud.accounts.service.desk import Desk
from cloud.accounts.service.privacy import Privacy
from cloud.accounts.service.providers import ProviderDesk
from cloud.foundation.site_facts import SiteFactsSource
from cloud.foundation.web.late_routes import APIRouter


def pages(
    desk: Desk, providers: ProviderDesk | None, keeper: Privacy, site: SiteFactsSource
) -> APIRouter:
    """Return the pages for signing up, in and out, for one-time links, and of one's own account.

    `providers` is None for a shop that knows no provider.
    """
    router = APIRouter(include_in_schema=False)
    has_google = providers is not None
    router.include_router(passwords.pages(desk, has_google=has_google))
    router.include_router(links.pages(desk, keeper))
    router.include_router(invitations.pages(desk))
    router.include_router(language.pages(desk, site))
    router.include_router(own.pages(desk, has_google=has_google))
    router.include_router(privacy.pages(keeper))
    if providers is not None:
        router.include_router(google.pages(providers))
    return router
