"""The SQL of what is suggested while somebody types."""

from cloud.catalogue.page_sql import card, card_source
from cloud.catalogue.search_sql import LAST, OWN, configuration_of, source
from cloud.catalogue.window_sql import local_name

_MOST_PRODUCTS = 5
_MOST_OTHERS = 4
_MOST_WEIGHED = 2000
_FOLDED = "(SELECT public.folded(:words))"


def suggestions_sql(available: str, language: str) -> str:
    """Return the statement for completions of `:words`, by its start `:prefix` as a tsquery.

    Its one row is JSON: `products` (cards; those whose name begins so first), `words` and
    `categories`. `:last` is the last word, which is completed.
    """
    is_local = bool(language)
    sources = [("p", OWN), *([("t", configuration_of(language))] if language else [])]
    hits = " UNION ALL ".join(
        f"({part(where, configuration)})"
        for where, configuration in sources
        for part in (_named, _told)
    )
    category = local_name("category", is_local=is_local)
    return f"""
    WITH hit AS MATERIALIZED (
        SELECT id, max(score) AS score, min(position) AS position FROM ({hits}) AS hits
        GROUP BY id ORDER BY 2 DESC, 3, 1 LIMIT {_MOST_PRODUCTS}
    ), b AS (
        SELECT id, row_number() OVER (ORDER BY score DESC, position, id) AS place FROM hit
    )
    SELECT json_build_object(
        'products', (
            SELECT coalesce(json_agg({card(available, is_local=is_local)} ORDER BY b.place), '[]')
            FROM b JOIN products p USING (id) {card_source(is_local=is_local)}),
        'words', (
            SELECT coalesce(json_agg(word ORDER BY word), '[]') FROM (
                SELECT DISTINCT w.word FROM search_words w
                WHERE {"w.language IN ('', :language)" if is_local else "w.language = ''"}
                    AND w.word >= (SELECT public.folded(:last))
                    AND w.word < (SELECT public.folded(:last)) || {LAST}
                    AND ({" OR ".join(_says(*one) for one in sources)})
                ORDER BY w.word LIMIT {_MOST_OTHERS}) AS known),
        'categories', (
            SELECT coalesce(json_agg(json_build_object('slug', slug, 'name', name)
                ORDER BY position), '[]')
            FROM (SELECT c.slug, {category} AS name, c.position FROM categories c
                  WHERE starts_with(public.folded({category}), {_FOLDED})
                  ORDER BY c.position LIMIT {_MOST_OTHERS}) AS found)
    )::text
    """


def _named(where: str, _configuration: str) -> str:
    name = f"{where}.name_folded"
    return f"""
        SELECT p.id, 1 AS score, p.position FROM {source(where)}
            AND {name} >= {_FOLDED} AND {name} < {_FOLDED} || {LAST}
        ORDER BY p.position, p.id LIMIT {_MOST_PRODUCTS}"""


def _told(where: str, configuration: str) -> str:
    # Bounded before it is sorted: walking the shop's order for the rarest words would be longest.
    return f"""
        SELECT c.id, 0 AS score, c.position FROM (
            SELECT p.id, p.position FROM {source(where)}
                AND {where}.search_document @@ (SELECT to_tsquery('{configuration}', :prefix))
            LIMIT {_MOST_WEIGHED}
        ) AS c ORDER BY c.position, c.id LIMIT {_MOST_PRODUCTS}"""


def _says(where: str, configuration: str) -> str:
    # Not only among the other names of a product: those hold slips of the pen, to be found by.
    document = f"{where}.search_document"
    return f"""EXISTS (SELECT FROM {source(where)}
        AND {document} @@ plainto_tsquery('{configuration}', w.word)
        AND ({document} @@ to_tsquery('{configuration}', w.word || ':BCD')
             OR position(w.word IN {where}.name_folded) > 0))"""
