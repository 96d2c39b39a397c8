"""The mailbox as a web page: a list, and each mail with its links to click."""

from html import escape
from typing import Protocol

from aiohttp import web

from tests.fakes.mailbox.letters import ReceivedMail

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8889; --primary: #2a7c8a; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 0 auto; padding: 1.5rem; }
a { color: var(--primary); } @media (prefers-color-scheme: dark) { a { color: #6cc0cd; } }
ul { list-style: none; padding: 0; }
li a { display: grid; grid-template-columns: 1fr 14rem 5rem; gap: 1rem; padding: .8rem .3rem;
  border-bottom: 1px solid var(--line); text-decoration: none; }
li span { color: GrayText; overflow: hidden; text-overflow: ellipsis; }
pre { white-space: pre-wrap; font: inherit; border: 1px solid var(--line); border-radius: 9px;
  padding: 1rem; }
iframe { width: 100%; height: 34rem; border: 1px solid var(--line); border-radius: 9px;
  background: #fff; }
@media (max-width: 40rem) { li a { grid-template-columns: 1fr; gap: 0; } }
"""
# The mail itself runs in a frame without scripts; its links open in the whole window.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; img-src data:"


class Box(Protocol):
    """What the pages show."""

    @property
    def mails(self) -> list[ReceivedMail]: ...


def routes(box: Box) -> list[web.RouteDef]:
    """The list, one mail, its HTML part, all as JSON, and whether it lives."""

    async def index(request: web.Request) -> web.Response:
        rows = "".join(
            f'<li><a href="/mail/{mail.number}">{escape(mail.subject)}'
            f"<span>{escape(mail.recipient)}</span><span>{mail.arrived_at:%H:%M:%S}</span></a></li>"
            for mail in reversed(box.mails)
        )
        return _page("Demo mailbox", f"<ul>{rows}</ul>" if rows else "<p>No mail yet.</p>")

    async def one(request: web.Request) -> web.Response:
        mail = _wanted(request)
        links = "".join(
            f'<li><a href="{escape(link)}">{escape(link)}</a></li>' for link in mail.links
        )
        body = (
            f'<p><a href="/">All mails</a></p><p>To {escape(mail.recipient)}</p>'
            f"<pre>{escape(mail.text)}</pre><h2>Links</h2><ul>{links}</ul>"
        )
        if mail.html:
            body += (
                '<h2>As sent</h2><iframe sandbox="allow-top-navigation-by-user-activation" '
                f'title="The mail" src="/mail/{mail.number}/html"></iframe>'
            )
        return _page(mail.subject, body)

    async def html(request: web.Request) -> web.Response:
        html = _wanted(request).html.replace("<head>", '<head><base target="_top">', 1)
        return web.Response(text=html, content_type="text/html", headers=_headers())

    async def listed(request: web.Request) -> web.Response:
        return web.json_response(
            [
                {
                    "number": mail.number,
                    "to": mail.recipient,
                    "subject": mail.subject,
                    "text": mail.text,
                    "links": mail.links,
                }
                for mail in box.mails
            ]
        )

    async def health(request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    def _wanted(request: web.Request) -> ReceivedMail:
        number = int(request.match_info["number"])
        for mail in box.mails:
            if mail.number == number:
                return mail
        raise web.HTTPNotFound(text="There is no such mail.")

    return [
        web.get("/", index),
        web.get("/mails.json", listed),
        web.get("/health", health),
        web.get(r"/mail/{number:\d+}", one),
        web.get(r"/mail/{number:\d+}/html", html),
    ]


def _page(title: str, body: str) -> web.Response:
    text = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1>{body}</main></body></html>"
    )
    return web.Response(text=text, content_type="text/html", headers=_headers())


def _headers() -> dict[str, str]:
    return {"Content-Security-Policy": _POLICY, "Cache-Control": "no-store"}
