"""The real browser that the page tests drive."""

import asyncio
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.browser import axe_findings, watch

pytestmark = pytest.mark.needs_browser


class _Page(BaseHTTPRequestHandler):
    def do_GET(self):
        body = b"<!doctype html><html><title>t</title><img src='/x.png'><p>hello</p></html>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        """Keep the test's output quiet."""


@pytest.fixture
def address():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


async def test_browser_opens_a_page_and_axe_reads_it(browser_context, address):
    page = await browser_context.new_page()
    await page.goto(address)

    findings = await axe_findings(page)

    assert await page.inner_text("p") == "hello"
    assert any("image-alt" in finding for finding in findings)


async def test_request_to_another_host_is_noted(browser_context, address):
    strangers = []
    watched = await browser_context.browser.new_context()
    watch(watched, strangers)
    page = await watched.new_page()
    await page.goto(address)

    # A name of the reserved domain: asking for it leads nowhere.
    await page.evaluate("fetch('http://shop.invalid/beacon').catch(() => null)")

    assert strangers == ["http://shop.invalid/beacon"]
    await asyncio.wait_for(watched.close(), 30)
