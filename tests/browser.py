"""A real Chromium for the tests: no sandbox of its own (root in CI), nothing from outside."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import (
    BrowserContext,
    Page,
    Request,
    WebSocket,
    async_playwright,
    expect,
)

from tests.components import find_chromium, refuse

_AXE = Path(__file__).resolve().parent.parent / "node_modules" / "axe-core" / "axe.min.js"
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
# A busy machine may take long for what a person waits a blink for.
expect.set_options(timeout=30_000)

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_WITHOUT_HOST = {"data", "blob", "about", "chrome-error"}


@asynccontextmanager
async def open_context(**options: object) -> AsyncIterator[BrowserContext]:
    """Open a browser context; `options` are Playwright's for `new_context`.

    Leaving fails the test when any page asked a host other than loopback for anything.
    """
    strangers: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=str(find_chromium()), args=_FLAGS, chromium_sandbox=False
        )
        try:
            # axe is injected as a script, which our own strict content policy would refuse.
            context = await browser.new_context(**{"bypass_csp": True, **options})  # type: ignore[arg-type]  # Playwright's options, passed on
            watch(context, strangers)
            yield context
        finally:
            await browser.close()
    if strangers:
        pytest.fail(f"a page asked another host: {sorted(set(strangers))}", pytrace=False)


def watch(context: BrowserContext, strangers: list[str]) -> None:
    """Note in `strangers` every address outside loopback that a page of the context asks for."""

    def note(address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme not in _WITHOUT_HOST and parts.hostname not in _LOOPBACK:
            strangers.append(address)

    def on_request(request: Request) -> None:
        note(request.url)

    def on_page(page: Page) -> None:
        page.on("websocket", on_websocket)

    def on_websocket(websocket: WebSocket) -> None:
        note(websocket.url)

    context.on("request", on_request)
    context.on("page", on_page)


async def axe_findings(page: Page, *, serious_only: bool = True) -> list[str]:
    """Return axe-core's findings on the page, one line each; WCAG 2.2 A and AA rules.

    `serious_only` leaves out minor and moderate ones.
    """
    if not _AXE.exists():
        refuse("axe-core", "npm ci --ignore-scripts")
    await page.add_script_tag(path=str(_AXE))
    options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    result = await page.evaluate(f"axe.run(document, {json.dumps(options)})")
    return [
        f"{finding['impact']}: {finding['id']}: {finding['help']}"
        f" at {', '.join(str(node['target']) for node in finding['nodes'])}"
        for finding in result["violations"]
        if not serious_only or finding["impact"] in {"serious", "critical"}
    ]


async def cut_choices(page: Page) -> list[str]:
    """Return the names of the filters that are too narrow for the longest of their options."""
    found: list[str] = await page.evaluate(_CUT)
    return found


_CUT = """() => [...document.querySelectorAll('.filters select')].filter((select) => {
  if (!select.offsetWidth) return false;
  const whole = select.cloneNode(true);
  Object.assign(whole.style, { position: 'absolute', width: 'auto', minWidth: '0' });
  select.parentElement.append(whole);
  const wanted = whole.offsetWidth;
  whole.remove();
  return wanted > select.offsetWidth;
}).map((select) => select.name)"""
