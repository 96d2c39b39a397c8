"""One of each thing that staff keep, so that every page and every form of theirs has something."""

from datetime import timedelta

from cloud.orders import service as orders
from cloud.orders.actors import SYSTEM, Actor, ActorKind
from cloud.orders.schemas import NewShipment
from cloud.returns import service as returns
from cloud.returns.schemas import ReturnLineRequest, ReturnRequest
from tests.fakes.buying import Buying
from tests.fakes.cloud_client import CloudClient
from tests.fakes.club import open_club
from tests.fakes.lived_in import move_in
from tests.fakes.market import SKU, Market
from tests.fakes.pictures import a_picture
from tests.fakes.presents import buy_gift
from tests.fakes.shopping import ADDRESS, buy, check_out, put_in_cart, words_of

_LANGUAGES = ("en", "de")
_REVIEW = {
    "rating": 4,
    "title": "Like a forest",
    "body": "Calm, and it lasts.",
    "author_name": "Ada",
}
_SHELF = {"name": "Winter", "slug": "winter", "position": "0", "description": ""}
MADE: dict[str, dict[str, str]] = {
    "/admin/tags/new": {"name": "Calm", "slug": "calm"},
    "/admin/categories/new": _SHELF,
    "/admin/collections/new": _SHELF,
    "/admin/tiers/new": {
        "name": "Silver",
        "min_points": "100",
        "colour": "#8a8d91",
        "icon": "leaf",
        "multiplier_percent": "125",
        "discount_percent": "2.5",
    },
    "/admin/rewards/new": {
        "name": "A tenth off",
        "kind": "PERCENT",
        "percent": "10",
        "cost_points": "40",
    },
    "/admin/promotions/new": {
        "name": "Spring sale",
        "kind": "PERCENT",
        "percent": "12.5",
        "is_active": "on",
    },
    "/admin/gift-cards/new": {"amount_minor": "50.00", "recipient_email": "eva@example.org"},
    "/admin/suppliers/new": {
        "name": "Grasse Oils",
        "email": "orders@grasse.example",
        "line1": "1 rue des Fleurs",
        "city": "Grasse",
        "country": "FR",
        "is_active": "on",
    },
    "/admin/purchase-orders/new": {
        "supplier_id": "1",
        "location_id": "1",
        "shipping_minor": "9.90",
        "lines": f"{SKU} 20 13.00",
    },
    "/admin/drafts/new": {
        **ADDRESS,
        "email": "grandma@example.org",
        "language": "en",
        "bottles": f"{SKU} 1",
        "keep_days": "7",
    },
    "/admin/roles/new": {"name": "Packer", "permits": "orders:view"},
    "/admin/webhooks/new": {
        "url": "https://books.example/hook",
        "description": "Books",
        "kinds": "order.placed",
        "is_active": "yes",
    },
    "/admin/newsletter/issues/new": {
        "title": "Autumn",
        "subject_en": "Autumn is here",
        "body_en": "Smoke and cedar.",
    },
    "/admin/quiz/1/questions/new": {
        "text": "What comes to your mind?",
        "key": "words",
        "kind": "TEXT",
        "version": "1",
    },
    "/admin/campaigns/new": {
        "kind": "SURVEY_INVITATION",
        "audience": "everybody",
        "link": "/products",
        **{
            f"{part}_{language}": "How was it?"
            for part in ("title", "message", "button")
            for language in _LANGUAGES
        },
    },
}
"""What is typed into the forms for new things, by their pages."""


async def fill_office(market: Market, admin: CloudClient, customer: CloudClient) -> None:
    """Make one of each: goods, orders, a home, a subscription, a review, and what staff write."""
    await market.run("""UPDATE site_settings SET languages = '["en", "de"]'""")
    await admin.post_form("/admin/quiz/draft", {}, form_at="/admin/quiz")
    for page, fields in MADE.items():
        made = await admin.post_form(page, fields)
        assert made.status_code in (200, 303), (page, words_of(made))
    await _show_pictures(market, admin)
    await _trade(market, customer)
    await move_in(market, await market.user_id(), ())
    slug = await market.scalar("SELECT min(slug) FROM products")
    review = await customer.put_json(f"/api/v1/products/{slug}/reviews/mine", _REVIEW)
    assert review.status_code == 200, review.text


async def _show_pictures(market: Market, admin: CloudClient) -> None:
    """Give a category and a collection a picture, and the only product one more."""
    token = (await admin.get("/api/v1/csrf")).json()["csrf_token"]
    header = {"x-csrf-token": token}
    product = await market.scalar("SELECT min(id) FROM products")
    await admin.post(
        f"/api/v1/staff/products/{product}/images?alt=Red", content=a_picture(), headers=header
    )
    for kind in ("categories", "collections"):
        shelf = f"/api/v1/staff/{kind}/1/image?alt=Red"
        put = await admin.put(shelf, content=a_picture(size=(1500, 500)), headers=header)
        assert put.status_code < 300, put.text


async def _trade(market: Market, customer: CloudClient) -> None:
    """Subscribe; buy bottles, and a gift for later; send one back; leave an order unpaid."""
    club = await open_club(market, customer)
    await club.subscribe()
    await buy(market, customer, bottles=3)
    arrived = int(await market.scalar("SELECT max(id) FROM orders"))
    now = market.clock.now()
    async with market.database.unit_of_work() as session:
        line = (await orders.get_order_view(session, arrived)).items[0]
        await orders.ship(session, arrived, NewShipment(carrier="DHL"), actor=SYSTEM, now=now)
        await orders.mark_delivered(session, arrived, actor=SYSTEM, now=now)
        asked = ReturnRequest(lines={line.id: ReturnLineRequest(quantity=1)})
        await returns.ask(session, arrived, asked, actor=Actor(ActorKind.CUSTOMER), now=now)
    await buy(market, customer, bottles=4)
    await buy_gift(
        market, Buying(customer), deliver_on=(now + timedelta(days=30)).date().isoformat()
    )
    await put_in_cart(market, customer, bottles=1)
    await check_out(customer)
