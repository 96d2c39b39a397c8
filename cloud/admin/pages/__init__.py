"""The staff's pages, one module a kind of work; this is the list of them."""

from fastapi import APIRouter

from cloud.admin.back_office import BackOffice
from cloud.admin.pages.homes import home_pages
from cloud.admin.pages.money import money_pages
from cloud.admin.pages.orders import order_pages
from cloud.admin.pages.stock import stock_pages


def pages(office: BackOffice) -> list[APIRouter]:
    """Return the routes of every staff page."""
    return [order_pages(office), money_pages(office), home_pages(office), stock_pages(office)]
