"""The staff's pages, one module a kind of work; this is the list of them."""

from cloud.admin.back_office import BackOffice
from cloud.admin.pages.audit import audit_pages
from cloud.admin.pages.campaigns import campaign_pages
from cloud.admin.pages.counting import counting_pages
from cloud.admin.pages.customers import customer_pages
from cloud.admin.pages.deliveries import delivery_pages
from cloud.admin.pages.disputes import dispute_pages
from cloud.admin.pages.drafts import draft_pages
from cloud.admin.pages.figures import figure_pages
from cloud.admin.pages.forecasts import forecast_pages
from cloud.admin.pages.gift_cards import gift_card_pages
from cloud.admin.pages.homes import home_pages
from cloud.admin.pages.imports import import_pages
from cloud.admin.pages.jobs import job_pages
from cloud.admin.pages.mails import mail_pages
from cloud.admin.pages.money import money_pages
from cloud.admin.pages.newsletter import newsletter_pages
from cloud.admin.pages.order_drafts import order_draft_pages
from cloud.admin.pages.order_editing import order_editing_pages
from cloud.admin.pages.order_queue import queue_pages
from cloud.admin.pages.order_tracking import tracking_pages
from cloud.admin.pages.orders import order_pages
from cloud.admin.pages.points import point_pages
from cloud.admin.pages.product_matrix import product_matrix_pages
from cloud.admin.pages.product_media import product_media_pages
from cloud.admin.pages.product_parts import product_part_pages
from cloud.admin.pages.products import product_pages
from cloud.admin.pages.promotions import promotion_pages
from cloud.admin.pages.purchases import purchase_pages
from cloud.admin.pages.quiz import quiz_pages
from cloud.admin.pages.returns import return_pages
from cloud.admin.pages.reviews import review_pages
from cloud.admin.pages.rewards import reward_pages
from cloud.admin.pages.roles import role_pages
from cloud.admin.pages.searching import search_pages
from cloud.admin.pages.settings import setting_pages
from cloud.admin.pages.shelf_pictures import shelf_picture_pages
from cloud.admin.pages.shelves import shelf_pages
from cloud.admin.pages.staffing import staff_people_pages
from cloud.admin.pages.start import start_pages
from cloud.admin.pages.stock import stock_pages
from cloud.admin.pages.subscriptions import subscription_pages
from cloud.admin.pages.suppliers import supplier_pages
from cloud.admin.pages.tiers import tier_pages
from cloud.admin.pages.tokens import token_pages
from cloud.admin.pages.views import view_pages
from cloud.admin.pages.webhooks import webhook_pages
from cloud.foundation.web.late_routes import APIRouter


def pages(office: BackOffice) -> list[APIRouter]:
    """Return the routes of every staff page."""
    return [
        start_pages(office),
        search_pages(office),
        view_pages(office),
        queue_pages(office),
        tracking_pages(office),
        order_draft_pages(office),
        draft_pages(office),
        order_editing_pages(office),
        order_pages(office),
        money_pages(office),
        return_pages(office),
        dispute_pages(office),
        subscription_pages(office),
        promotion_pages(office),
        gift_card_pages(office),
        customer_pages(office),
        review_pages(office),
        reward_pages(office),
        tier_pages(office),
        point_pages(office),
        quiz_pages(office),
        newsletter_pages(office),
        home_pages(office),
        mail_pages(office),
        campaign_pages(office),
        stock_pages(office),
        counting_pages(office),
        forecast_pages(office),
        figure_pages(office),
        supplier_pages(office),
        purchase_pages(office),
        delivery_pages(office),
        setting_pages(office),
        webhook_pages(office),
        staff_people_pages(office),
        role_pages(office),
        audit_pages(office),
        job_pages(office),
        token_pages(office),
        *product_pages(office),
        product_matrix_pages(office),
        *product_part_pages(office),
        *product_media_pages(office),
        *shelf_pages(office),
        *shelf_picture_pages(office),
        import_pages(office),
    ]
