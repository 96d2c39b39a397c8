"""The shop's pages, one module a group; this is the list of them."""

from fastapi import APIRouter

from cloud.catalogue.shop_window import ShopWindow
from cloud.storefront.front_desk import FrontDesk
from cloud.storefront.pages.addresses import address_pages
from cloud.storefront.pages.cards import card_pages
from cloud.storefront.pages.cart import cart_pages
from cloud.storefront.pages.checkout import checkout_pages
from cloud.storefront.pages.home import home_pages
from cloud.storefront.pages.notices import notice_pages
from cloud.storefront.pages.orders import order_pages
from cloud.storefront.pages.pairing import pairing_pages
from cloud.storefront.pages.refills import refill_pages, slot_pages
from cloud.storefront.pages.shelf import shelf_pages


def pages(desk: FrontDesk, window: ShopWindow) -> list[APIRouter]:
    """Return the routes of every page of the shop."""
    return [
        shelf_pages(window, desk.public_url),
        cart_pages(desk),
        checkout_pages(desk),
        home_pages(desk),
        order_pages(desk),
        refill_pages(desk),
        slot_pages(desk),
        notice_pages(desk),
        pairing_pages(desk),
        card_pages(desk),
        address_pages(desk),
    ]
