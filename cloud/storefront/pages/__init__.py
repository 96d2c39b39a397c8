"""The shop's pages, one module a group; this is the list of them."""

from cloud.catalogue.shop_window import ShopWindow
from cloud.foundation.web.late_routes import APIRouter
from cloud.storefront.front_desk import FrontDesk
from cloud.storefront.pages.addresses import address_pages
from cloud.storefront.pages.cards import card_pages
from cloud.storefront.pages.cart import cart_pages
from cloud.storefront.pages.checkout import checkout_pages
from cloud.storefront.pages.club import club_pages
from cloud.storefront.pages.contact import contact_pages
from cloud.storefront.pages.feeds import feed_pages
from cloud.storefront.pages.gift_cards import gift_card_pages
from cloud.storefront.pages.home import home_pages
from cloud.storefront.pages.household import household_pages
from cloud.storefront.pages.left_cart import left_cart_pages
from cloud.storefront.pages.newsletter import newsletter_pages
from cloud.storefront.pages.notices import notice_pages
from cloud.storefront.pages.offers import offer_pages
from cloud.storefront.pages.orders import order_pages
from cloud.storefront.pages.pairing import pairing_pages
from cloud.storefront.pages.points import point_pages
from cloud.storefront.pages.product import product_pages
from cloud.storefront.pages.quiz import quiz_pages
from cloud.storefront.pages.refills import refill_pages
from cloud.storefront.pages.restock import restock_pages
from cloud.storefront.pages.returns import return_pages
from cloud.storefront.pages.reviews import review_pages
from cloud.storefront.pages.shelf import shelf_pages
from cloud.storefront.pages.sitemaps import sitemap_pages
from cloud.storefront.pages.slots import slot_pages
from cloud.storefront.pages.subscriptions import subscription_pages
from cloud.storefront.pages.suggestions import suggestion_pages
from cloud.storefront.pages.undo import undo_pages
from cloud.storefront.pages.wishlist import wishlist_pages


def pages(desk: FrontDesk, window: ShopWindow) -> list[APIRouter]:
    """Return the routes of every page of the shop."""
    return [
        shelf_pages(window, desk.site, desk.public_url),
        product_pages(window, desk.site, desk.public_url),
        sitemap_pages(desk.site, desk.public_url),
        feed_pages(desk.site, desk.public_url),
        cart_pages(desk),
        left_cart_pages(desk),
        wishlist_pages(desk),
        restock_pages(desk, desk.leaving),
        quiz_pages(desk),
        suggestion_pages(desk),
        checkout_pages(desk),
        contact_pages(desk),
        gift_card_pages(desk),
        home_pages(desk),
        order_pages(desk),
        offer_pages(desk),
        return_pages(desk),
        refill_pages(desk),
        slot_pages(desk),
        household_pages(desk),
        undo_pages(desk),
        notice_pages(desk),
        pairing_pages(desk),
        card_pages(desk),
        address_pages(desk),
        point_pages(desk),
        *review_pages(desk),
        club_pages(desk),
        subscription_pages(desk),
        *newsletter_pages(desk),
    ]
