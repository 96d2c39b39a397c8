"""The coupons and gift cards in the visitor's cart, over HTTP."""

from fastapi import Request, Response
from pydantic import BaseModel, ConfigDict, Field

from cloud.carts.codes import EnteredCode, count_guess, enter_code, list_codes, remove_code
from cloud.carts.visitor import look, visit
from cloud.foundation.web import Limiter, OptionalUser, RequestClock, Session
from cloud.foundation.web.ids import RowId
from cloud.foundation.web.late_routes import APIRouter


class CodeWish(BaseModel):
    """A code that somebody typed."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(min_length=1, max_length=60, description="A coupon or a gift card.")


class CodeAnswer(BaseModel):
    """A code in a cart."""

    id: int
    is_gift_card: bool = Field(description="A gift card pays, a coupon makes cheaper.")
    shown: str = Field(description="The coupon, or the last four characters of a gift card.")

    @classmethod
    def of(cls, code: EnteredCode) -> "CodeAnswer":
        """Return the JSON form of a code."""
        return cls(id=code.id, is_gift_card=code.is_gift_card, shown=code.shown)


class CodesAnswer(BaseModel):
    """The codes in a cart, first entered first. A quote says which of them count."""

    codes: list[CodeAnswer]


def code_routes() -> APIRouter:
    """Return the routes of codes. Each answers with the cart's codes as they are then."""
    router = APIRouter(prefix="/api/v1/cart/codes", tags=["cart"])

    @router.get("")
    async def get_codes(
        request: Request,
        response: Response,
        session: Session,
        user: OptionalUser,
        clock: RequestClock,
    ) -> CodesAnswer:
        """Return the codes in the visitor's cart."""
        seen = await look(session, request, user, clock.now())
        if seen is None:
            return CodesAnswer(codes=[])
        seen.remember(request, response)
        return _answer(await list_codes(session, seen.owner))

    @router.post("")
    async def add_code(
        request: Request,
        response: Response,
        session: Session,
        user: OptionalUser,
        clock: RequestClock,
        limiter: Limiter,
        wish: CodeWish,
    ) -> CodesAnswer:
        """Put a coupon or a gift card into the cart, whether it counts there yet or not."""
        now = clock.now()
        seen = await visit(session, request, user, now)
        address = request.client.host if request.client else "unknown"
        await count_guess(limiter, address, seen.owner)
        await enter_code(session, seen.owner, wish.code, now)
        seen.remember(request, response)
        return _answer(await list_codes(session, seen.owner))

    @router.delete("/{code_id}")
    async def take_code_out(
        request: Request,
        response: Response,
        session: Session,
        user: OptionalUser,
        clock: RequestClock,
        code_id: RowId,
    ) -> CodesAnswer:
        """Take a code out of the cart; harmless when it is not there."""
        now = clock.now()
        seen = await visit(session, request, user, now)
        await remove_code(session, seen.owner, code_id, now)
        seen.remember(request, response)
        return _answer(await list_codes(session, seen.owner))

    return router


def _answer(codes: list[EnteredCode]) -> CodesAnswer:
    return CodesAnswer(codes=[CodeAnswer.of(code) for code in codes])
