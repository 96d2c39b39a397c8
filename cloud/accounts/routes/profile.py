"""One's own account."""

from cloud.accounts.schemas import (
    EmailChange,
    PasswordChange,
    ProfileChange,
    SessionOut,
    UserOut,
)
from cloud.accounts.service import changes
from cloud.accounts.service.desk import Desk
from cloud.foundation.web import CurrentUser, Session
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter


def routes(desk: Desk) -> APIRouter:
    """Return the routes of one's own account."""
    router = APIRouter(prefix="/api/v1/me")

    @router.get("")
    async def get_me(session: Session, me: CurrentUser) -> UserOut:
        """Return one's own account."""
        return UserOut.model_validate(await desk.users.get(session, me.user_id))

    @router.patch("")
    async def change_me(session: Session, me: CurrentUser, change: ProfileChange) -> UserOut:
        """Change name or language."""
        user = await desk.users.get(session, me.user_id)
        if change.language is not None:
            await desk.users.speak(session, user, change.language)
        if change.name is not None:
            await changes.rename(desk, session, user, change.name)
        return UserOut.model_validate(user)

    @router.put("/password", status_code=204)
    async def change_password(session: Session, me: CurrentUser, change: PasswordChange) -> None:
        """Change the password; every other session of the account ends."""
        await changes.change_password(
            desk,
            session,
            me,
            old=change.old.get_secret_value(),
            new=change.new.get_secret_value(),
        )

    @router.put("/email", status_code=202)
    async def change_email(session: Session, me: CurrentUser, change: EmailChange) -> None:
        """Mail a link to a new address; it becomes the account's when the link is used.

        Needs a sign-in within the last ten minutes.
        """
        await changes.ask_new_email(desk, session, me, change.email)

    @router.post("/email-link", status_code=202)
    async def ask_for_verification(session: Session, me: CurrentUser) -> None:
        """Mail the link that confirms the e-mail address once more."""
        user = await desk.users.get(session, me.user_id)
        await desk.mail_verification(session, user)

    router.include_router(_session_routes(desk))
    return router


def _session_routes(desk: Desk) -> APIRouter:
    router = APIRouter()

    @router.get("/sessions")
    async def list_sessions(session: Session, me: CurrentUser) -> list[SessionOut]:
        """Return the devices one is signed in on."""
        return [
            SessionOut(
                id=live.id,
                device=live.device,
                address=live.address,
                signed_in_at=live.signed_in_at,
                seen_at=live.seen_at,
                expires_at=live.expires_at,
                is_current=live.id == me.session_id,
            )
            for live in await desk.sessions.list(session, me.user_id)
        ]

    @router.delete("/sessions/{session_id}", status_code=204)
    async def end_session(session: Session, me: CurrentUser, session_id: RowId) -> None:
        """Sign out one of one's own devices; nothing happens if it is signed out already."""
        await desk.sessions.close_one(session, me.user_id, session_id)

    @router.delete("/sessions", status_code=204)
    async def end_other_sessions(session: Session, me: CurrentUser) -> None:
        """Sign out every other device."""
        await desk.sessions.close_others(session, me.user_id, me.session_id)

    return router
