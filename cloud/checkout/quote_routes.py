"""What a purchase would cost, over HTTP, before anything is bought."""

from fastapi import Request

from cloud.carts.codes import count_guess
from cloud.carts.visitor import visit
from cloud.checkout import service
from cloud.checkout.quote_schemas import QuotedAnswer, QuoteWish
from cloud.checkout.service import Buyer, PurchaseLine
from cloud.checkout.vies import VAT_RATE, VatRegister
from cloud.discounts.service import Entered, recognise
from cloud.foundation.web import Limiter, OptionalUser, RequestClock, Session
from cloud.foundation.web.late_routes import APIRouter
from cloud.foundation.web.services import services_of
from cloud.site.service import SiteReader
from cloud.site.visitors import language_for


def routes(site: SiteReader, register: VatRegister) -> APIRouter:
    """Return the routes of quotes."""
    router = APIRouter(tags=["pricing"])

    @router.post("/api/v1/quotes")
    async def give_quote(
        request: Request,
        session: Session,
        clock: RequestClock,
        user: OptionalUser,
        limiter: Limiter,
        wish: QuoteWish,
    ) -> QuotedAnswer:
        """Return what some bottles cost now, delivered to a country. Nothing is stored.

        Codes count as they would at checkout; one that does not is answered with the reason.
        """
        now = clock.now()
        address = request.client.host if request.client else "unknown"
        if wish.vat_number:
            await limiter.count(f"vat:{address}", VAT_RATE)
        company = await service.recognise_company(
            services_of(request).database, register, "", wish.vat_number, now
        )
        coupon_ids, card_ids = [], []
        if wish.codes:
            owner = (await visit(session, request, user, now)).owner
            for code in wish.codes:
                await count_guess(limiter, address, owner)
                known = await recognise(session, code)
                coupon_ids += [known.coupon_id] if known.coupon_id is not None else []
                card_ids += [known.gift_card_id] if known.gift_card_id is not None else []
        language = await language_for(request, site)
        buyer = Buyer(user.user_id if user else None, user.email if user else "", language)
        quoted = await service.quote_purchase(
            session,
            [PurchaseLine(line.variant_id, line.quantity) for line in wish.lines],
            wish.country,
            now,
            method=wish.shipping_method,
            shopper=await service.shopper_of(session, buyer),
            entered=Entered(coupon_ids, card_ids),
            postcode=wish.postcode,
            currency=wish.currency,
            vat_country=company.vat_country,
        )
        return QuotedAnswer.of_quoted(quoted, buyer.language)

    return router
