"""The staff's lists and the search box in a shop of fifty thousand orders: time in the server.

Each page is asked for by a signed-in admin, in one process and without a socket, so a figure is
what the application and PostgreSQL need for it; the first three askings warm caches and do not
count. Orders, drafts, people and all others are made by SQL, in the proportions of a running shop.
"""

import asyncio
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import text

from cloud import migrations
from cloud.app import build_app
from cloud.catalogue.shelf_file import read_shelf_file
from cloud.composition import Parts
from cloud.migrations import applying
from cloud.settings import CloudSettings
from tests.bench.product_detail import fill
from tests.bench.report import Aim, Row, Section
from tests.bench.servers import ROOT
from tests.fakes.cloud_client import CloudClient
from tools.postgres_server import PostgresServer

_DATABASE = "staff_lists"
_ORDERS = 50_000
_BOUND_MS = 60
_ADMIN = {"email": "admin@example.org", "name": "Admin", "password": "correct horse battery"}
_PEOPLE = """
    INSERT INTO users (email, name, role, tags)
    SELECT 'person' || n || '@example.org', 'Person ' || md5(n::text), 'CUSTOMER',
           CASE WHEN n % 50 = 0 THEN ARRAY['vip'] ELSE '{}'::text[] END
    FROM generate_series(1, 20000) AS n
"""
# Nearly all of a shop's orders are over; a few hundred are open.
_MADE_ORDERS = """
    INSERT INTO orders (number, user_id, email, status, source, currency, subtotal_minor,
        shipping_minor, discount_minor, tax_minor, tax_added_minor, total_minor, shipping_method,
        p50_days, p90_days, shipping_address, placed_at, pay_until, paid_at)
    SELECT 'SC-' || (200000 + n), u.id, u.email, CASE WHEN n > :many - 400 THEN 'PAID'
            WHEN n > :many - 460 THEN 'AWAITING_PAYMENT' WHEN n % 40 = 0 THEN 'CANCELLED'
            WHEN n > :many - 1200 THEN 'SHIPPED' ELSE 'COMPLETED' END,
        CASE WHEN n % 5 = 0 THEN 'reorder' ELSE 'shop' END, 'EUR', 2990, 490, 0, 555, 0, 3480,
        'standard', 2, 4, jsonb_build_object('recipient', u.name, 'line1', 'Lindenweg ' || n,
            'line2', '', 'city', 'Berlin', 'region', '', 'postcode', '10115', 'country', 'DE',
            'phone', ''),
        now() - (:many - n) * interval '10 minutes', now() + interval '1 day',
        now() - (:many - n) * interval '10 minutes'
    FROM generate_series(1, :many) AS n
    JOIN (SELECT id, email, name, row_number() OVER (ORDER BY id) AS place
          FROM users WHERE role = 'CUSTOMER') AS u ON u.place = 1 + n % 20000
    ORDER BY n
"""
_ITEMS = """
    INSERT INTO order_items (order_id, variant_id, sku, product_name, variant_name, quantity,
        unit_price_minor, subtotal_minor, tax_minor, snapshot)
    SELECT o.id, v.id, v.sku, 'Bottle', v.name, 1, 2990, 2990, 555, '{}'
    FROM orders AS o JOIN (SELECT id, sku, name, row_number() OVER (ORDER BY id) AS place,
                                  count(*) OVER () AS many FROM variants) AS v
        ON v.place = 1 + o.id % v.many
"""
_RETURNS = """
    INSERT INTO returns (number, order_id, stage, asked_at)
    SELECT 'RT-' || o.id, o.id, CASE WHEN o.id % 1000 < 20 THEN 'asked' ELSE 'closed' END, now()
    FROM orders AS o WHERE o.status = 'COMPLETED' AND o.id % 20 = 0
"""
_JOBS = """
    INSERT INTO procrastinate_jobs (queue_name, task_name, status)
    SELECT 'default', 'orders.x', (CASE WHEN n % 5000 = 0 THEN 'failed' ELSE 'succeeded' END)
        ::procrastinate_job_status
    FROM generate_series(1, 60000) AS n
"""
_HUBS = (
    "INSERT INTO households (name) SELECT 'Home ' || n FROM generate_series(1, 5000) AS n",
    """
    INSERT INTO hubs (household_id, name, public_key, software, paired_at, seen_at)
    SELECT h.id, 'Hub ' || h.id, sha256(h.id::text::bytea), '1.0', now(), now()
    FROM households AS h
    """,
)
_AUDIT = """
    INSERT INTO audit_entries (actor_name, action, subject, subject_id, after)
    SELECT 'Admin', 'change', 'orders', n::text, '{"a": 1}' FROM generate_series(1, 30000) AS n
"""
# Most drafts became orders or ran out of time; a few dozen are open.
_DRAFTS = """
    INSERT INTO order_drafts (number, state, email, language, address, keep_days, currency,
        offered_minor, sent_at, expires_at, order_id)
    SELECT 'D-' || (10000 + n), CASE WHEN n > 4960 THEN 'open' WHEN n > 4900 THEN 'sent'
            WHEN n % 3 = 0 THEN 'expired' ELSE 'ordered' END,
        o.email, 'en', o.shipping_address, 14, 'EUR',
        CASE WHEN n <= 4960 THEN 3480 END, CASE WHEN n <= 4960 THEN now() END,
        now() + (n - 4900) * interval '1 hour', CASE WHEN n <= 4900 AND n % 3 > 0 THEN o.id END
    FROM generate_series(1, 5000) AS n
    JOIN (SELECT id, email, shipping_address, row_number() OVER (ORDER BY id) AS place
          FROM orders) AS o ON o.place = 10 * n
    ORDER BY n
"""
_READERS = """
    INSERT INTO newsletter_subscribers (email, name, language, stage, source, asked_at,
        confirmed_at, left_at)
    SELECT 'reader' || n || '@example.org', 'Reader ' || md5(n::text), 'en',
        CASE WHEN n % 20 = 0 THEN 'left' WHEN n % 33 = 0 THEN 'pending' ELSE 'active' END,
        'footer', now() - n * interval '1 minute',
        CASE WHEN n % 33 > 0 OR n % 20 = 0 THEN now() END, CASE WHEN n % 20 = 0 THEN now() END
    FROM generate_series(1, 20000) AS n
"""
# Of those who were written to, one in five came back and one in ten bought.
_LEFT_CARTS = """
    INSERT INTO left_carts (email, lines, left_at, told_at, link_ends_at, mailed_at,
        returned_at, ordered_at)
    SELECT 'left' || n || '@example.org', '[{}]', t.at, t.at + interval '1 hour',
        t.at + interval '14 days', t.at + interval '1 hour',
        CASE WHEN n % 5 = 0 THEN t.at + interval '1 day' END,
        CASE WHEN n % 10 = 0 THEN t.at + interval '1 day' END
    FROM generate_series(1, 20000) AS n, LATERAL (SELECT now() - n * interval '20 minutes') AS t(at)
"""
_STATEMENTS = (
    *(_PEOPLE, _MADE_ORDERS, _ITEMS, _RETURNS, _JOBS, *_HUBS, _AUDIT),
    *(_DRAFTS, _READERS, _LEFT_CARTS),
)
_PAGES = {
    "start page": "/admin",
    "orders, to send": "/admin/orders",
    "orders, all": "/admin/orders?queue=all",
    "orders, searched by name": "/admin/orders?q=person+c4ca",
    "orders, searched for nobody": "/admin/orders?q=zzzqqq",
    "one order": "/admin/orders/SC-249000",
    "drafts": "/admin/drafts",
    "drafts, with the customer": "/admin/drafts?state=sent",
    "drafts, searched by name": "/admin/drafts?q=person+c4ca",
    "customers": "/admin/customers",
    "customers, searched": "/admin/customers?q=person1999",
    "customers, with tags": "/admin/customers?state=tagged",
    "customers, by name": "/admin/customers?order=name",
    "one customer": "/admin/customers/{customer}",
    "readers": "/admin/newsletter",
    "readers, searched": "/admin/newsletter?q=reader1999",
    "figures, with left carts": "/admin/figures",
    "left carts, as CSV": "/admin/figures/left-carts.csv",
    "returns": "/admin/returns?queue=all",
    "hubs": "/admin/hubs",
    "hubs, silent": "/admin/hubs?state=silent",
    "products": "/admin/products",
    "stock": "/admin/stock",
    "stock, running short": "/admin/stock?state=low",
    "jobs, failed": "/admin/jobs",
    "jobs, done": "/admin/jobs?state=succeeded",
    "what staff did": "/admin/audit",
    "search: a number": "/admin/search?q=sc-2490",
    "search: a draft": "/admin/search?q=d-1498",
    "search: a name": "/admin/search?q=person+19",
    "search: nothing": "/admin/search?q=zzzqqq",
}


def measure(folder: Path, *, is_quick: bool) -> Section:
    """Measure each list of the staff."""
    server = PostgresServer()
    try:
        server.start()
        server.create_database(_DATABASE)
        settings = CloudSettings(
            database_url=server.sqlalchemy_url(_DATABASE),
            public_url="http://127.0.0.1",
            session_secret="bench" * 8,
            password_memory_kib=64,
            files=str(folder / "files"),
        )
        applying.upgrade(settings.database_url.get_secret_value())
        fill(settings, read_shelf_file(ROOT / "config" / "demo_catalogue.toml"))
        rows = asyncio.run(_measure(settings, 5 if is_quick else 20))
    finally:
        server.close()
    aims = tuple(Aim(f"{row.what}, p50", _BOUND_MS, row.p50_ms or 0, "{:.0f} ms") for row in rows)
    return Section(f"the staff's lists at {_ORDERS:,} orders", tuple(rows), aims)


async def _measure(settings: CloudSettings, times: int) -> Sequence[Row]:
    app = build_app(settings, schema_head=migrations.head())
    parts: Parts = app.state.parts
    async with app.router.lifespan_context(app), CloudClient(app) as client:
        await client.post_json("/api/v1/auth/sign-up", _ADMIN)
        async with parts.database.unit_of_work() as session:
            await session.execute(text("UPDATE users SET role = 'ADMIN'"))
            for statement in _STATEMENTS:
                many = {"many": _ORDERS} if ":many" in statement else {}
                await session.execute(text(statement), many)
        async with parts.database.reading() as connection:
            await connection.execute(text("ANALYZE"))
            customer = await connection.scalar(text("SELECT max(id) FROM users"))
        return [
            await _row(client, what, path.format(customer=customer), times)
            for what, path in _PAGES.items()
        ]


async def _row(client: CloudClient, what: str, path: str, times: int) -> Row:
    taken, cpu_began = [], 0.0
    for turn in range(3 + times):
        if turn == 3:
            cpu_began = time.process_time()
        began = time.perf_counter()
        answer = await client.get(path, headers={"accept": "text/html"})
        taken.append((time.perf_counter() - began) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{path} answered {answer.status_code}: {answer.text[:500]}")
    counted = sorted(taken[3:])
    return Row(
        what,
        cpu_us=(time.process_time() - cpu_began) / times * 1e6,
        p50_ms=statistics.median(counted),
        p99_ms=counted[-1],
        note=f"the quickest {counted[0]:.0f} ms",
    )
