"""One category, collection or tag as staff see it: its form, and its picture if it may have one."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fastapi import Request
from starlette.responses import Response

from cloud.admin.back_office import BackOffice, show
from cloud.admin.desk import desk_of
from cloud.admin.forms import Form, Paper
from cloud.admin.product_forms import image_form
from cloud.admin.shelf_desks import CATEGORIES, Desk
from cloud.catalogue.editing import shelves, trees
from cloud.foundation.errors import CloudError
from cloud.foundation.web import Templates


async def show_shelf(
    office: BackOffice,
    request: Request,
    pages: Templates,
    desk: Desk,
    row_id: int,
    *,
    paper: Paper | None = None,
    error: CloudError | None = None,
) -> Response:
    """Return the page of one; `paper` is a form that was refused, `error` another refusal."""
    home = f"/admin/{desk.kind.subject}"
    plural, _new, removal = desk.titles
    async with office.database.unit_of_work() as session:
        found = await shelves.read(session, desk.kind, row_id)
    its_desk = await desk_of(office)
    context: dict[str, Any] = {
        "title": str(paper.typed["name"]) if paper else found["name"],
        "trail": [(home, plural)],
        "remove": (f"{home}/{row_id}/remove", removal),
    }
    if paper is None:
        form = await shelf_form(office, desk, apart=row_id)
        paper = form.of(flat(found), found["version"], its_desk)
    if "image" in found:
        context["pictured"] = f"{home}/{row_id}/picture"
        context["image"] = found["image"]
        texts = image_form((await office.site.facts()).languages[1:])
        context["texts_paper"] = texts.blank(its_desk, **_said(found["image"]))
    context["paper"] = replace(paper, error=paper.error or error)
    return await show(request, pages, "shelf", context, error=paper.error or error)


async def shelf_form(office: BackOffice, desk: Desk, apart: int = 0) -> Form:
    """Return the fields, with one set of texts for each further language of the shop.

    A category cannot stand in its own branch: `apart` is its id.
    """
    fields = list(desk.fields)
    if desk is CATEGORIES:
        async with office.database.unit_of_work() as session:
            tree = await trees.read_tree(session)
        options = [
            (str(one.id), "\u2003" * one.depth + one.name)
            for one in tree
            if apart not in (one.id, *one.above)
        ]
        at = next(place for place, one in enumerate(fields) if one.name == "parent_id")
        fields[at] = replace(fields[at], options=options)
    facts = await office.site.facts()
    for language in facts.languages[1:]:
        fields += [
            replace(one, name=f"{one.name}.{language}", required=False, empty=None, apart=language)
            for one in desk.translated
        ]
    return Form(tuple(fields))


def flat(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `shelves.read` returns with its texts as values of fields: "name.de"."""
    values = {name: value for name, value in found.items() if name != "texts"}
    for language, texts in found["texts"].items():
        values |= {f"{name}.{language}": text for name, text in texts.items()}
    return values


def _said(image: Mapping[str, Any] | None) -> dict[str, Any]:
    if image is None:
        return {}
    return {"alt": image["alt"], **{f"alt.{tag}": text for tag, text in image["texts"].items()}}
