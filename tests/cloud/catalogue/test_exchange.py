"""The catalogue as a file: what is written reads back the same, and twice is as once."""

import asyncio
import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from cloud.catalogue.errors import SheetUnreadable
from cloud.catalogue.exchange import cells, imports
from cloud.catalogue.exchange.exporting import export
from cloud.catalogue.exchange.sheet import read_sheet
from cloud.catalogue.models import ProductImport
from cloud.foundation.database import Database
from cloud.foundation.identity import Role, SignedIn
from tests.fakes.clock import ManualClock

HEAD = "product,name,family,categories,related,name:de,sku,bottle_name,capacity_ul,weight_g,price"
FIG = "green-fig,Green Fig,fruity,home,,Feige,GREFIG-50,50 ml,50000,290,28.90"
SMALL = "green-fig,,,,,,GREFIG-30,30 ml,30000,210,18.90"
OAK = "old-oak,Old Oak,woody,home,green-fig,,OLDOAK-50,50 ml,50000,290,31.00"

_letters = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1)
_words = st.lists(_letters.map(str.strip).filter(bool))


@given(_words)
def test_a_list_in_a_cell_reads_back_the_same(words: list[str]) -> None:
    assert cells.read(cells.WORDS, cells.written(cells.WORDS, words, "EUR"), "EUR") == words


@given(st.dictionaries(_letters, _letters))
def test_options_in_a_cell_read_back_the_same(options: dict[str, str]) -> None:
    cell = cells.written(cells.OPTIONS, options, "EUR")

    assert cells.read(cells.OPTIONS, cell, "EUR") == options


@given(_letters)
def test_no_cell_begins_as_a_formula_and_every_text_reads_back(said: str) -> None:
    cell = cells.written(cells.TEXT, said, "EUR")

    assert cell[:1] not in ("=", "+", "-", "@")
    assert cells.read(cells.TEXT, cell, "EUR") == said


@given(st.integers(0, 10**11), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_an_amount_in_a_cell_reads_back_the_same(minor: int, currency: str) -> None:
    assert cells.read(cells.MONEY, cells.written(cells.MONEY, minor, currency), currency) == minor


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        (b"\xff\xfe", "UTF-8"),
        (b"name\nx\n", "names no column"),
        (b"product,colour\n", "nobody knows its column"),
        (b"product,product\n", "is there twice"),
        (b"product\na,b\n", "line 2 has more cells"),
        (b'product\n"a\n', "line 2"),
    ],
)
def test_what_is_no_such_file_is_said_at_once(body: bytes, complaint: str) -> None:
    with pytest.raises(SheetUnreadable, match=complaint):
        read_sheet(body, "EUR")


def test_wrong_cells_are_named_by_their_line() -> None:
    lines = (
        HEAD,
        FIG.replace("28.90", "cheap"),
        OAK,
        SMALL.replace("green-fig,", "green-fig,Figgy", 1),
    )
    sheet = read_sheet("\r\n".join(lines).encode(), "EUR")
    fig, oak = sheet.entries

    assert [(one.line, one.text[:12]) for one in fig.complaints][:2] == [
        (2, "This is no a"),
        (4, "The product "),
    ]
    assert oak.complaints == []
    assert sheet.line_count == 3


def test_a_file_of_a_german_spreadsheet_is_read_too() -> None:
    sheet = read_sheet(
        f"\ufeff{HEAD}\n{FIG}".replace(",", ";").replace("28.90", "28,90").encode(), "EUR"
    )

    assert sheet.entries[0].bottles[0].facts["price_minor"] == 2890


@pytest.fixture
async def shop(database: Database) -> SignedIn:
    """An empty shop with one category, and whoever brings files."""
    async with database.unit_of_work() as session:
        await session.execute(
            text(
                "INSERT INTO categories (slug, name, description, position)"
                " VALUES ('home', 'Home', '', 0)"
            )
        )
        user_id = await session.scalar(
            text(
                "INSERT INTO users (email, name, role) VALUES ('m@example.org', 'M', 'MANAGER')"
                " RETURNING id"
            )
        )
    return SignedIn(user_id, "m@example.org", "M", Role.MANAGER, 0, ManualClock().now())


async def look(database: Database, staff: SignedIn, *lines: str) -> ProductImport:
    async with database.unit_of_work() as session:
        body = "\n".join(lines).encode()
        import_id = await imports.upload(session, staff, "fig.csv", body)
    await imports.look_through(database, import_id)
    async with database.unit_of_work() as session:
        return await imports.read_import(session, import_id)


async def bring(database: Database, staff: SignedIn, *lines: str) -> ProductImport:
    looked = await look(database, staff, *lines)
    async with database.unit_of_work() as session:
        await imports.start(session, staff, looked.id)
    await imports.apply(database, looked.id)
    async with database.unit_of_work() as session:
        return await imports.read_import(session, looked.id)


async def whole(database: Database) -> str:
    return "".join([piece async for piece in export(database, "EUR")])


def counts(row: ProductImport) -> tuple[int, int, int, int]:
    return row.created_count, row.changed_count, row.same_count, row.refused_count


@pytest.mark.needs_postgres
async def test_the_preview_says_line_by_line_what_would_be_and_writes_nothing(
    database: Database, shop: SignedIn
) -> None:
    looked = await look(
        database,
        shop,
        HEAD,
        FIG,
        SMALL,
        OAK.replace("home", "attic"),
        FIG.replace("green-fig", "other-fig"),
        OAK.replace("old-oak", "new-oak").replace("green-fig", "nobody").replace("OLD", "NEW"),
    )

    said = [(one["line"], one["verdict"], one["text"] % one["facts"]) for one in looked.findings]
    assert said[0] == (2, "created", "green-fig is new, with 2 bottles.")
    assert said[1] == (4, "refused", "“attic” is not among the categories.")
    assert said[-1] == (6, "refused", "There is no product “nobody” to go with.")
    assert (looked.lines_done, looked.line_count) == (5, 5)
    async with database.reading() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM products")) == 0
        assert await connection.scalar(text("SELECT count(*) FROM audit_entries")) == 0


@pytest.mark.needs_postgres
async def test_r45_a_file_that_is_brought_twice_changes_nothing_the_second_time(
    database: Database, shop: SignedIn
) -> None:
    first = await bring(database, shop, HEAD, FIG, SMALL, OAK)
    after_one = await whole(database)
    second = await bring(database, shop, HEAD, FIG, SMALL, OAK)
    changed = await look(database, shop, HEAD, FIG.replace("28.90", "27.90"), SMALL, OAK)

    assert counts(first) == (2, 0, 0, 0)
    assert counts(second) == (0, 0, 2, 0)
    assert await whole(database) == after_one
    assert [one["text"] % one["facts"] for one in changed.findings] == [
        "price: “28.90” becomes “27.90”."
    ]
    async with database.reading() as connection:
        versions = await connection.scalars(text("SELECT version FROM products"))
        assert versions.all() == [1, 1]
        assert await connection.scalar(text("SELECT count(*) FROM related_products")) == 1


@pytest.mark.needs_postgres
async def test_r45_two_who_bring_one_file_at_once_end_where_one_does(
    database: Database, shop: SignedIn
) -> None:
    rows = await asyncio.gather(*(bring(database, shop, HEAD, FIG, SMALL, OAK) for _ in range(3)))

    assert sum(row.created_count for row in rows) == 2
    assert sum(row.refused_count for row in rows) == 0
    assert counts(await look(database, shop, HEAD, FIG, SMALL, OAK)) == (0, 0, 2, 0)
    async with database.reading() as connection:
        assert await connection.scalar(text("SELECT count(*) FROM variants")) == 3


@pytest.mark.needs_postgres
async def test_two_jobs_of_one_import_do_it_once(database: Database, shop: SignedIn) -> None:
    looked = await look(database, shop, HEAD, FIG, SMALL, OAK)
    async with database.unit_of_work() as session:
        await imports.start(session, shop, looked.id)

    await asyncio.gather(*(imports.apply(database, looked.id) for _ in range(3)))
    await imports.apply(database, looked.id)

    async with database.unit_of_work() as session:
        row = await imports.read_import(session, looked.id)
        assert counts(row) == (2, 0, 0, 0)
        assert row.stage == "done"


@pytest.mark.needs_postgres
async def test_the_whole_demo_catalogue_reads_back_to_the_same_state(
    shown: Database, database: Database, shop: SignedIn
) -> None:
    written = await whole(shown)
    rows = list(csv.DictReader(io.StringIO(written)))
    async with database.unit_of_work() as session:
        for kind in ("categories", "collections", "tags"):
            slugs = {slug for row in rows for slug in row[kind].split("|") if slug}
            more = {
                "categories": ", description, position) VALUES (:s, :s, '', 0)",
                "collections": ", description, position, is_active, is_featured)"
                " VALUES (:s, :s, '', 0, true, false)",
                "tags": ") VALUES (:s, :s)",
            }[kind]
            for slug in slugs:
                await session.execute(text(f"INSERT INTO {kind} (slug, name{more}"), {"s": slug})

    brought = await bring(database, shop, *written.split("\r\n"))

    assert counts(brought)[1:] == (0, 0, 0), brought.findings
    assert await whole(database) == written
