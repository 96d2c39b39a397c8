-- Text search of revision 0011_search. Names are qualified where a restore, which has no search
-- path, must find them.

-- Stems over letters without accents, as public.scent has for English.
CREATE TEXT SEARCH CONFIGURATION public.scent_german (COPY = pg_catalog.german);
ALTER TEXT SEARCH CONFIGURATION public.scent_german
    ALTER MAPPING FOR hword, hword_part, word WITH public.unaccent, pg_catalog.german_stem;
CREATE TEXT SEARCH CONFIGURATION public.scent_spanish (COPY = pg_catalog.spanish);
ALTER TEXT SEARCH CONFIGURATION public.scent_spanish
    ALTER MAPPING FOR hword, hword_part, word WITH public.unaccent, pg_catalog.spanish_stem;
-- Words as they are written, for every other language and for the list of known words.
CREATE TEXT SEARCH CONFIGURATION public.scent_plain (COPY = pg_catalog.simple);
ALTER TEXT SEARCH CONFIGURATION public.scent_plain
    ALTER MAPPING FOR hword, hword_part, word WITH public.unaccent, pg_catalog.simple;

CREATE FUNCTION public.scent_configuration(language text) RETURNS regconfig
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE split_part(language, '-', 1)
        WHEN 'en' THEN 'public.scent'::regconfig
        WHEN 'de' THEN 'public.scent_german'::regconfig
        WHEN 'es' THEN 'public.scent_spanish'::regconfig
        ELSE 'public.scent_plain'::regconfig
    END
$$;

-- Declared immutable though unaccent is only stable: over a fixed dictionary it is.
CREATE FUNCTION public.folded(said text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT lower(public.unaccent('public.unaccent', said))
$$;

CREATE FUNCTION public.translation_search_document(
    language text, name text, tagline text, description text
) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT setweight(to_tsvector(public.scent_configuration(language), coalesce(name, '')), 'A')
        || setweight(to_tsvector(public.scent_configuration(language), coalesce(tagline, '')), 'C')
        || setweight(to_tsvector(
               public.scent_configuration(language), coalesce(description, '')), 'D')
$$;

-- The words of a text that are worth knowing: without accents, of letters only, no stop words.
CREATE FUNCTION public.words_to_know(configuration regconfig, said text) RETURNS SETOF text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT word FROM unnest(tsvector_to_array(to_tsvector('public.scent_plain', said))) AS word
    WHERE word ~ '^[[:alpha:]]{3,40}$' AND to_tsvector(configuration, word) <> ''
$$;
