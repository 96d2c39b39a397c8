"""What visitors type, and the scents they mean by it."""

import json

import pytest
from sqlalchemy import text

from cloud.catalogue.shop_window import ShopWindow
from cloud.catalogue.wishes import SortOrder, Wish
from cloud.inventory.repository import AVAILABLE_UNITS

pytestmark = pytest.mark.needs_postgres

_TRANSLATIONS = {
    "lavender-field": {
        "de": ("Lavendelfeld", "Ein Feld am Abend.", "Lavendel, Salbei und warmes Gras."),
        "es": ("Campo de lavanda", "Un campo al atardecer.", "Lavanda, salvia e hierba seca."),
    },
    "cedar-bergamot": {
        "de": ("Zeder & Bergamotte", "Holz mit Schale.", "Trockenes Zedernholz, Bergamotte."),
        "es": ("Cedro y bergamota", "Madera con cáscara.", "Madera seca de cedro y bergamota."),
    },
    "cardamom-chai": {
        "de": ("Kardamom-Tee", "Ein Löffel Gewürze.", "Wie Kaffee am Morgen, nur mit Tee."),
        "es": ("Té de cardamomo", "Una cucharada de especias.", "Canela, jengibre y té negro."),
    },
    "lemon-verbena": {
        "de": ("Zitronenverbene", "Frisch gerieben.", "Zitronenschale, Verbene und Heu."),
        "es": ("Limón y verbena", "Recién rallado.", "Cáscara de limón y verbena."),
    },
}
_INSERT = text("""
    INSERT INTO product_translations (product_id, language, name, tagline, description)
    SELECT id, :language, :name, :tagline, :description FROM products WHERE slug = :slug
""")


@pytest.fixture(scope="module")
def shown_url(postgres_server, shelf_template):
    """The demo catalogue with a few scents in German and Spanish, which no test changes."""
    postgres_server.create_database("spoken", shelf_template)
    return postgres_server.sqlalchemy_url("spoken")


@pytest.fixture(autouse=True)
async def _translated(shown):
    async with shown.unit_of_work() as session:
        if await session.scalar(text("SELECT count(*) FROM product_translations")):
            return
        for slug, languages in _TRANSLATIONS.items():
            for language, (name, tagline, description) in languages.items():
                facts = {"name": name, "tagline": tagline, "description": description}
                await session.execute(_INSERT, {"slug": slug, "language": language, **facts})


async def search(shown, window, now, words, language=None):
    page = await window.page(shown, Wish(words=words, language=language, limit=48), now)
    return [item["slug"] for item in json.loads(page.items)], page.understood


@pytest.mark.parametrize(
    ("language", "words", "first", "understood"),
    [
        (None, "lavnder", "lavender-field", "lavender"),
        (None, "LAVENDER", "lavender-field", None),
        (None, "lavedner", "lavender-field", "lavender"),
        (None, "lavnder feild", "lavender-field", "lavender field"),
        (None, "Bergamote", "cedar-bergamot", None),
        (None, "burgamot", "cedar-bergamot", "bergamot"),
        (None, "sandelwood", "sandalwood-hush", "sandalwood"),
        (None, "jazmin", "jasmine-night", "jasmine"),
        (None, "cinamon", "cardamom-chai", "cinnamon"),
        (None, "vanila", "vanilla-orchid", "vanilla"),
        (None, "rosé", "rose-terrace", None),
        (None, "rain on", "rain-on-moss", None),
        (None, "sea-salt", "sea-salt-driftwood", None),
        ("de", "Lavendel", "lavender-field", None),
        ("de", "lawendel", "lavender-field", "lavendel"),
        ("de", "kaffe", "cardamom-chai", None),
        ("de", "Gewuerze", "cardamom-chai", "gewurze"),
        ("de", "gewürz", "cardamom-chai", None),
        ("de", "zitrone", "lemon-verbena", None),
        ("de", "bergamote", "cedar-bergamot", None),
        ("de", "lavender", "lavender-field", None),
        ("de", "petrichor", "rain-on-moss", None),
        ("es", "lavanda", "lavender-field", None),
        ("es", "labanda", "lavender-field", "lavanda"),
        ("es", "limon", "lemon-verbena", None),
        ("es", "maderas", "cedar-bergamot", None),
        ("es", "jenjibre", "cardamom-chai", "jengibre"),
        ("fr", "lavnder", "lavender-field", "lavender"),
    ],
)
async def test_what_is_typed_finds_what_is_meant(
    shown, window, now, language, words, first, understood
):
    found, heard_as = await search(shown, window, now, words, language)

    assert found[:1] == [first]
    assert heard_as == understood


@pytest.mark.parametrize("words", ["cedar", "lavendar", "no such thing", "fresh ocean"])
async def test_a_large_shop_finds_the_same(shown, window, now, words):
    large = ShopWindow(AVAILABLE_UNITS, large_from=-2)
    wish = Wish(words=words, limit=3)

    pages = [await one.page(shown, wish, now) for one in (window, large)]

    assert pages[0] == pages[1]


@pytest.mark.parametrize("words", ["zzzzqqq", "wardrobe", "qx", "the", "7", "---", "x" * 200])
async def test_nonsense_finds_nothing_and_is_not_taken_for_something(shown, window, now, words):
    assert await search(shown, window, now, words) == ([], None)


@pytest.mark.parametrize("words", ["", "   ", None])
async def test_no_words_are_the_whole_list(shown, window, now, words):
    found, understood = await search(shown, window, now, words)

    assert (len(found), understood) == (28, None)


async def test_a_name_comes_before_its_beginning_before_what_only_mentions_it(stocked, window, now):
    async with stocked.unit_of_work() as session:
        for slug, name in (
            ("white-tea", "Fern"),
            ("pine-ridge", "Ferns of the forest"),
            ("fig-cassis", "Under the fern"),
        ):
            await session.execute(
                text("UPDATE products SET name = :name WHERE slug = :slug"),
                {"slug": slug, "name": name},
            )

    found, _ = await search(stocked, window, now, "fern")

    assert found[:3] == ["white-tea", "pine-ridge", "fig-cassis"]
    assert "rain-on-moss" in found[3:]


async def test_words_that_never_come_together_find_those_that_have_the_most_of_them(
    shown, window, now
):
    found, understood = await search(shown, window, now, "cardamom cinnamon petrichor")

    assert found[0] == "cardamom-chai"
    assert "rain-on-moss" in found
    assert understood == "cardamom cinnamon petrichor"


async def test_a_text_is_found_as_soon_as_it_is_written_and_never_before(stocked, window, now):
    assert await search(stocked, window, now, "zirbelkiefer") == ([], None)
    async with stocked.unit_of_work() as session:
        await session.execute(
            text("UPDATE products SET tagline = 'Zirbelkiefer' WHERE slug = 'pine-ridge'")
        )
        await session.flush()
        assert await search(stocked, window, now, "zirbelkiefer") == ([], None)

    assert await search(stocked, window, now, "zirbelkifer") == (["pine-ridge"], "zirbelkiefer")


async def test_a_word_that_only_a_withdrawn_scent_has_is_offered_to_nobody(stocked, window, now):
    async with stocked.unit_of_work() as session:
        await session.execute(
            text("UPDATE products SET deleted_at = now() WHERE slug = 'rain-on-moss'")
        )

    assert await search(stocked, window, now, "petricor") == ([], None)
    assert json.loads(await window.suggestions(stocked, "petri", now))["words"] == []


@pytest.mark.parametrize(
    ("language", "typed", "product", "word"),
    [
        (None, "lav", "lavender-field", "lavender"),
        (None, "a warm lav", None, "lavender"),
        ("de", "zitr", "lemon-verbena", "zitronenschale"),
        ("es", "lavan", "lavender-field", "lavanda"),
    ],
)
async def test_suggestions_complete_what_is_typed(
    shown, window, now, language, typed, product, word
):
    suggested = json.loads(await window.suggestions(shown, typed, now, language))

    slugs = [item["slug"] for item in suggested["products"]]
    assert slugs[:1] == ([product] if product else slugs[:1])
    assert word in suggested["words"]


@pytest.mark.parametrize("typed", ["", "l", "%", "l'", "\u0301", "zz" * 90])
async def test_nothing_to_complete_suggests_nothing(shown, window, now, typed):
    assert json.loads(await window.suggestions(shown, typed, now)) == {
        "products": [],
        "words": [],
        "categories": [],
    }


async def test_a_card_and_a_product_speak_the_language_that_is_asked_for(shown, window, now):
    page = await window.page(shown, Wish(language="de", sort=SortOrder.NAME, limit=48), now)
    names = [item["name"] for item in json.loads(page.items)]
    product = json.loads(await window.product(shown, "lavender-field", now, "de"))
    other = json.loads(await window.product(shown, "white-tea", now, "de"))

    assert "Lavendelfeld" in names
    assert [name.lower() for name in names] == sorted(name.lower() for name in names)
    assert (product["name"], product["tagline"]) == ("Lavendelfeld", "Ein Feld am Abend.")
    assert other["name"] == "White Tea"
