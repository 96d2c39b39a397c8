"""The SQL that finds products by words, in the visitor's language and in the shop's own.

Only constants of ours are composed; values are always bound: `:words` as typed, `:prefix` the
tsquery of what is typed so far, `:typed` the words one by one, `:joined` the words as one,
`:language`.
"""

from cloud.catalogue.window_sql import PUBLISHED

# Of more, only the first of the shop's own order are ranked and listed: nobody turns that far.
MOST_RANKED = 500
OWN = "public.scent"
_CONFIGURATIONS = {"en": OWN, "de": "public.scent_german", "es": "public.scent_spanish"}
_PLAIN = "public.scent_plain"
_FOLDED = "(SELECT public.folded(:words))"
LAST = "chr(1114111)"  # sorts behind every text that begins alike
_NAMED = 2  # a name that begins with the words; one that is the words counts one more


def configuration_of(language: str) -> str:
    """Return the text search configuration of a language tag; one without stems for most."""
    return _CONFIGURATIONS.get(language.split("-", maxsplit=1)[0], _PLAIN)


def found_sql(configuration: str, *, is_corrected: bool) -> str:
    """Return the CTEs that end in `found (id, score)` and, if corrected, `meant (place, word)`.

    A score is 3 for a product that is called as typed, 2 for a name that begins so, else below 1
    by the weight of what was found. Corrected, words that no product has together are replaced by
    what the catalogue knows: then a score is the number of words that are there and a rank.
    `configuration` is of the visitor's language, empty for the shop's own.
    """
    own, local = _query(OWN), _query(configuration)
    # Found by the expression, by which PostgreSQL tells common words from rare ones; ranked by a
    # subquery, which is made once and not for every row.
    told = [_ranked("p", own, f"ts_rank_cd(c.document, (SELECT {own}), 32)")]
    if configuration:
        told.append(_ranked("t", local, f"ts_rank_cd(c.document, (SELECT {local}), 32)"))
    names = [_names("p"), *([_names("t")] if configuration else [])]
    close = [_close("p"), *([_close("t")] if configuration else [])]
    direct = f"""AS MATERIALIZED (
        SELECT id, round(max(score)::numeric, 6) AS score
        FROM ({_union(*names, *told)}) AS hits GROUP BY id
    ),"""
    if not is_corrected:
        # PostgreSQL plans a search anew each time, and twice as long with what most do not need.
        return f"found {direct}"
    return f"""
    direct {direct} meant AS MATERIALIZED (
        SELECT typed.place, best.word, plainto_tsquery('{OWN}', best.word) AS p_query,
            plainto_tsquery('{configuration or OWN}', best.word) AS t_query
        FROM unnest(:typed::text[]) WITH ORDINALITY AS typed(word, place)
        CROSS JOIN LATERAL ({_best_word(configuration)}) AS best
        WHERE NOT EXISTS (SELECT FROM direct)
    ), found AS MATERIALIZED (
        SELECT id, score FROM direct
        UNION ALL
        SELECT id, round(max(score)::numeric, 6) FROM ({_union(*close)}) AS hits GROUP BY id
    ),"""


def _query(configuration: str) -> str:
    if not configuration:
        return ""
    return (
        f"(websearch_to_tsquery('{configuration}', :words)"
        f" || to_tsquery('{configuration}', :prefix)"
        f" || plainto_tsquery('{configuration}', :joined))"
    )


def _union(*parts: str) -> str:
    return " UNION ALL ".join(f"({part})" for part in parts)


def source(where: str) -> str:
    """Return what is searched, up to a WHERE that goes on.

    That is the products' own texts ("p") or their translations ("t").
    """
    if where == "p":
        return f"products p WHERE {PUBLISHED}"
    return (
        "product_translations t JOIN products p ON p.id = t.product_id"
        f" WHERE t.language = :language AND {PUBLISHED}"
    )


def _names(where: str) -> str:
    name = f"{where}.name_folded"
    return f"""
        SELECT p.id, CASE {name} WHEN {_FOLDED} THEN {_NAMED} + 1 ELSE {_NAMED} END AS score
        FROM {source(where)} AND {_FOLDED} <> ''
            AND {name} >= {_FOLDED} AND {name} < {_FOLDED} || {LAST}
        ORDER BY {name} LIMIT {MOST_RANKED}"""


def _ranked(where: str, query: str, score: str) -> str:
    return f"""
        SELECT c.id, {score} AS score
        FROM (
            SELECT p.id, {where}.search_document AS document
            FROM {source(where)} AND {where}.search_document @@ {query}
            ORDER BY p.position, p.id LIMIT {MOST_RANKED}
        ) AS c"""


def _close(where: str) -> str:
    query = f"{where}_query"
    any_word = f"(SELECT string_agg({query}::text, ' | ')::tsquery FROM meant)"
    words_there = f"(SELECT count(*) FROM meant WHERE c.document @@ meant.{query})"
    rank = f"ts_rank_cd(c.document, {any_word}, 32)"
    return _ranked(where, any_word, f"{words_there} + {rank}")


def _best_word(configuration: str) -> str:
    """Return the nearest word of a `typed.word` that a product on sale has.

    Near is one slip in a word of four letters, two up to eight, three beyond; one more if it
    sounds the same. Beyond one slip the first letter holds, or the sound. Letters that changed
    places are one slip.
    """
    languages = "w.language IN ('', :language)" if configuration else "w.language = ''"
    is_there = has_word("p", OWN, "near.word")
    if configuration:
        is_there = f"({is_there} OR {has_word('t', configuration, 'near.word')})"
    return f"""
        SELECT near.word FROM (
            (SELECT w.word FROM search_words w WHERE {languages}
             ORDER BY w.word <-> public.folded(typed.word) LIMIT 30)
            UNION
            (SELECT w.word FROM search_words w
             WHERE w.sound = dmetaphone(public.folded(typed.word)) AND w.sound <> '' AND {languages}
             ORDER BY w.word LIMIT 30)
        ) AS near(word)
        CROSS JOIN LATERAL (
            SELECT levenshtein(near.word, public.folded(typed.word))
                    - ({_letters("near.word")} = {_letters("public.folded(typed.word)")})::int
                    AS slips,
                length(typed.word) AS letters,
                dmetaphone(near.word) = dmetaphone(public.folded(typed.word)) AS sounds_alike,
                left(near.word, 1) = left(public.folded(typed.word), 1) AS begins_alike
        ) AS d
        WHERE d.slips <= (CASE WHEN d.letters < 4 THEN 0 WHEN d.letters = 4 THEN 1
                WHEN d.letters <= 8 THEN 2 ELSE 3 END)
                + (d.sounds_alike AND d.letters > 4)::int
            AND (d.slips < 2 OR d.sounds_alike OR d.begins_alike) AND {is_there}
        ORDER BY d.slips, similarity(near.word, public.folded(typed.word)) DESC, near.word
        LIMIT 1"""


def has_word(where: str, configuration: str, word: str) -> str:
    """Return the condition that a product on sale has a word, in `source(where)`."""
    return (
        f"EXISTS (SELECT FROM {source(where)}"
        f" AND {where}.search_document @@ plainto_tsquery('{configuration}', {word}))"
    )


def _letters(word: str) -> str:
    return f"(SELECT string_agg(c, '' ORDER BY c) FROM regexp_split_to_table({word}, '') AS c)"
