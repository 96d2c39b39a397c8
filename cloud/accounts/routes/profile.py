"""One's own account."""

from fastapi import APIRouter

from cloud.accounts.kinds import LinkPurpose
from cloud.accounts.schemas import PasswordChange, ProfileChange, SessionOut, UserOut
from cloud.accounts.service.desk import Desk
from cloud.foundation.web import CurrentUser, Session


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
        await desk.users.change_profile(session, user, name=change.name, language=change.language)
        return UserOut.model_validate(user)

    @router.put("/password", status_code=204)
    async def change_password(session: Session, me: CurrentUser, change: PasswordChange) -> None:
        """Change the password; every other session of the account ends."""
        user = await desk.users.get(session, me.user_id)
        await desk.users.change_password(
            session,
            user,
            old=change.old.get_secret_value(),
            new=change.new.get_secret_value(),
        )
        await desk.sessions.close_others(session, user.id, me.session_id)

    @router.post("/email-link", status_code=202)
    async def ask_for_verification(session: Session, me: CurrentUser) -> None:
        """Mail the link that confirms the e-mail address once more."""
        user = await desk.users.get(session, me.user_id)
        await desk.mail_link(session, user, LinkPurpose.VERIFY_EMAIL)

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
    async def end_session(session: Session, me: CurrentUser, session_id: int) -> None:
        """Sign out one of one's own devices; nothing happens if it is signed out already."""
        await desk.sessions.close_one(session, me.user_id, session_id)

    @router.delete("/sessions", status_code=204)
    async def end_other_sessions(session: Session, me: CurrentUser) -> None:
        """Sign out every other device."""
        await desk.sessions.close_others(session, me.user_id, me.session_id)

    return router
