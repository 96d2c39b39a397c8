"""Two of the staff at one form: the second is told, and neither loses anything.

The forms are found by walking the pages, and held against the routes that the application has: a
form that changes something and is not met here, or met without the version that was read and
without a reason, fails.
"""

import html
import re
from dataclasses import dataclass

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts

from cloud.foundation.identity import Role
from tests.cloud.conftest import SignInAs
from tests.fakes.cloud_client import CloudClient
from tests.fakes.full_office import fill_office
from tests.fakes.market import Market
from tests.fakes.staff_forms import SEEN, FormField, PageForm, forms_of, links_of
from tests.shape.test_staff_forms import ACTS, ADDS, AGAIN, MOVES, OWN

pytestmark = [pytest.mark.needs_postgres, pytest.mark.timeout(300)]

PAGE = {"accept": "text/html"}
CONFLICTS = (409, 412)
# So many things of a kind are looked at: each can stand at another step, with other forms.
MOST_OF_A_KIND = 4
# Fields that take no other word behind what they hold.
OWN_VALUES = {
    "languages": ("en, de, es", "en, es, de"),
    "tax_rates": ("DE standard 19 VAT", "FR standard 20 VAT"),
}
# Forms without a version whose address does not end in a word of ACTS.
ALSO_ACTS = {
    "/admin/campaigns/{campaign_id}/stop": MOVES,
    "/admin/campaigns/{campaign_id}/test": ADDS,
    "/admin/categories/{row_id}/move/{way}": "a step from where it stands, shown on the page",
    "/admin/categories/{row_id}/picture": "a new picture, and the one it replaces is seen",
    "/admin/collections/{row_id}/picture": "a new picture, and the one it replaces is seen",
    "/admin/forecast/drafts": ADDS,
    "/admin/gift-cards/{card_id}": ADDS,
    "/admin/gift-cards/{card_id}/{act}": AGAIN,
    "/admin/newsletter/issues/{issue_id}/off": MOVES,
    "/admin/newsletter/issues/{issue_id}/plan": MOVES,
    "/admin/newsletter/issues/{issue_id}/sample": ADDS,
    "/admin/places/{place_id}/count": "each bottle carries what was there (test_counting)",
    "/admin/points/{user_id}": ADDS,
    "/admin/products/images/{image_id}/move/{way}": "a step from where it stands",
    "/admin/products/{product_id}/matrix": "each row carries a version (test_matrix_pages)",
    "/admin/products/{product_id}/show/{when}": AGAIN,
    "/admin/stock/{variant_id}/{act}": ADDS,
    "/admin/subscriptions/{subscription_id}/skip": AGAIN,
    "/admin/views/{view_id}": OWN,
}
# What they take is gone from the form afterwards: nothing of it can be read there again.
TAKES = ("/admin/orders/{number}/take-out",)
# They end what they stand for: the page that comes back to the second has another form there.
ENDS = ("/admin/subscriptions/{subscription_id}/suspend",)


@dataclass(frozen=True)
class Route:
    """An address of the staff's with places for ids."""

    path: str
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, path: str) -> "Route":
        return cls(path, re.compile(re.sub(r"{[^}]*}", "[^/]+", path)))


def routes_of(app: FastAPI, method: str) -> list[Route]:
    """Return the staff's routes of a method, those with the fewest places first."""
    found = {
        context.path or ""
        for context in iter_route_contexts(app.routes)
        if isinstance(route := context.original_route, APIRoute) and method in route.methods
    }
    staff = [one for one in found if one.startswith("/admin")]
    return [Route.of(one) for one in sorted(staff, key=lambda path: (path.count("{"), path))]


def route_of(routes: list[Route], path: str) -> str:
    """Return the route that answers a path, empty when none does."""
    return next((one.path for one in routes if one.pattern.fullmatch(path)), "")


async def forms_met(
    app: FastAPI, staff: CloudClient
) -> dict[tuple[str, ...], tuple[str, PageForm]]:
    """Walk the staff's pages; return a form of each shape with the page it stands on."""
    pages, sends = routes_of(app, "GET"), routes_of(app, "POST")
    ahead = [one.path for one in pages if "{" not in one.path]
    ahead += ["/admin/orders?queue=all"]
    seen, counts, met = set(ahead), dict[str, int](), {}
    while ahead:
        address = ahead.pop(0)
        answer = await staff.get(address, headers=PAGE)
        assert answer.status_code < 400, (address, answer.status_code)
        if "html" not in answer.headers.get("content-type", ""):
            continue
        for form in forms_of(answer.text, address):
            if form.action.startswith("/admin"):
                names = dict.fromkeys(one.name for one in form.fields)
                met.setdefault((route_of(sends, form.action), *names), (address, form))
        for path in links_of(answer.text, address):
            route = route_of(pages, path)
            counts[route] = counts.get(route, 0) + (path not in seen)
            if route and path not in seen and counts[route] <= MOST_OF_A_KIND:
                seen.add(path)
                ahead.append(path)
    return met


class FormGone(AssertionError):
    """The page that came back holds the form no more, and with it nothing that was typed."""


class Tab:
    """A page with a form, open in somebody's browser."""

    def __init__(self, staff: CloudClient, address: str, shape: PageForm) -> None:
        self._staff = staff
        self._address = address
        self._shape = shape
        self.form = shape
        self.page = ""

    async def open(self) -> "Tab":
        """Look at the page anew."""
        answer = await self._staff.get(self._address, headers=PAGE)
        if answer.status_code != 200:
            raise FormGone
        self._keep(answer.text)
        return self

    async def save(self, form: PageForm) -> int:
        """Send the form and return the answer's status; a page that comes back is kept."""
        answer = await self._staff.post(form.action, data=form.sent(), headers=PAGE)
        if answer.status_code != 303:
            self._keep(answer.text)
        return answer.status_code

    def _keep(self, page: str) -> None:
        self.page = page
        names = {one.name for one in self._shape.fields}
        found = [
            one
            for one in forms_of(page, self._address)
            if one.action == self._shape.action and {each.name for each in one.fields} == names
        ]
        if not found:
            raise FormGone
        self.form = found[0]


def values_for(one: FormField) -> tuple[str, str]:
    """Return two values that somebody might put into a field instead of what it holds."""
    now = one.values[0] if one.values else ""
    match one.kind:
        case "select":
            others = [option for option in one.options if option != now]
            return (others[0], others[-1]) if others else (now, now)
        case "number":
            number = int(now or 1)
            return str(number + 1), str(number + 2)
        case "color":
            return "#112233", "#445566"
        case "datetime-local":
            return "2031-05-06T07:08", "2032-05-06T07:08"
        case "email":
            return "first@example.org", "second@example.org"
        case _ if re.fullmatch(r"[0-9]+", now):
            return str(int(now) + 1), str(int(now) + 2)
        case _:
            return f"{now}-amber".strip("-"), f"{now}-birch".strip("-")


def plain(text: str) -> str:
    """Return a text as people read it, in one line, days and times as they are shown."""
    unescaped = re.sub(r"(\d)T(\d)", r"\1 \2", html.unescape(text))
    return " ".join(unescaped.split())


async def lost(one: Tab, two: Tab, *, is_taken: bool) -> str:
    """Let two tabs save the same field; return what went wrong, empty when nothing was lost.

    `is_taken`: what they write is gone from the form once it is saved.
    """
    await one.open()
    await two.open()
    fresh = one.form
    for field in sorted(fresh.typed, key=lambda field: field.kind == "select"):
        first, second = OWN_VALUES.get(field.name) or values_for(field)
        if await one.save(fresh.to(field.name, first)) == 303:
            break
    else:
        return "no field of it could be changed alone"
    status = await two.save(two.form.to(field.name, second))
    if status not in CONFLICTS:
        return f"{field.name}: the second was answered {status}"
    if two.form[field.name] != second:
        return f"{field.name}: what the second typed is gone"
    if is_taken:
        return ""
    await one.open()
    if plain(one.form[field.name]) != plain(first):
        return f"{field.name}: what the first saved is gone"
    if plain(first) not in plain(re.sub(r"<[^>]+>", " ", two.page)):
        return f"{field.name}: the second does not see what the first saved"
    if (again := await two.save(two.form)) != 303:
        return f"{field.name}: saving knowingly was answered {again}"
    await one.open()
    if one.form[field.name] != second:
        return f"{field.name}: what was saved knowingly is not there"
    return ""


async def stale(tab: Tab) -> str:
    """Press a form's button on a state that is over; return what went wrong."""
    await tab.open()
    seen = next(one for one in tab.form.fields if one.name in SEEN)
    late = tab.form.to(seen.name, str(int(tab.form[seen.name]) + 1))
    for field in late.typed:
        late = late.to(field.name, values_for(field)[0])
    status = await tab.save(late)
    return "" if status in CONFLICTS else f"the second press was answered {status}"


async def test_nobody_of_two_at_one_form_loses_anything(
    market: Market,
    app: FastAPI,
    admin: CloudClient,
    customer: CloudClient,
    sign_in_as: SignInAs,
) -> None:
    await sign_in_as(Role.MANAGER, "clerk@example.org")
    await fill_office(market, admin, customer)
    met = await forms_met(app, admin)
    other = await sign_in_as(Role.ADMIN, "second@example.org")
    versioned = [
        (key[0], page, form)
        for key, (page, form) in met.items()
        if form.is_versioned and not key[0].endswith("/new")
    ]
    # The shop's languages shape other forms: they come last.
    versioned.sort(key=lambda one: "/settings/" in one[0])
    wrong = {}
    for route, page, form in versioned:
        one, two = Tab(admin, page, form), Tab(other, page, form)
        try:
            stays = form.typed and route not in ENDS
            trial = await (lost(one, two, is_taken=route in TAKES) if stays else stale(two))
        except FormGone:
            trial = "the form is not on the page that came back"
        if trial:
            wrong[f"{route} of {page}"] = trial
    held = {route for route, _page, _form in versioned}
    unmet = [
        one.path
        for one in routes_of(app, "POST")
        if one.path not in held | ALSO_ACTS.keys() and one.path.rpartition("/")[2] not in ACTS
    ]

    assert len(versioned) > 30
    assert (wrong, unmet) == ({}, [])
