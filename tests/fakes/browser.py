"""A browser without script, and a program, for the tests of page and API."""

import json
import re
from contextlib import asynccontextmanager

import aiohttp

PAGE = {"Accept": "text/html"}


@asynccontextmanager
async def browser(base):
    """Open a client that keeps its cookies."""
    async with aiohttp.ClientSession(base, cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
        yield Client(session)


async def sign_in(rig, client):
    """Use a one-time link, and remember what this browser's forms must carry."""
    secret = await rig.house.access.new_link()
    _, page = await client.submit(f"/welcome/{secret}")
    client.csrf = re.search(r'name="csrf" value="(\w+)"', page).group(1)


class Client:
    """A browser without script, or a program."""

    def __init__(self, session):
        self.session = session
        self.csrf = ""

    async def read(self, path, **more):
        """Look at a page: its status and text."""
        async with self.session.get(path, headers=PAGE, **more) as answer:
            return answer.status, await answer.text()

    async def submit(self, path, **fields):
        """Send a form and follow to the next page: its status and text."""
        data = aiohttp.FormData({"csrf": self.csrf})
        for name, value in fields.items():
            for one in value if isinstance(value, list) else [value]:
                data.add_field(name.replace("__", "-"), str(one))
        async with self.session.post(path, data=data, headers=PAGE) as answer:
            return answer.status, await answer.text()

    async def ask(self, method, path, body=None, **headers):
        """Call the API: its status and the answer's JSON, None when it is empty."""
        if self.csrf:
            headers["X-CSRF-Token"] = self.csrf
        async with self.session.request(method, path, json=body, headers=headers) as answer:
            text = await answer.text()
            return answer.status, json.loads(text) if text else None
