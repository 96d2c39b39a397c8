-- Functions of revision 0003_catalogue. Names are qualified where a restore, which has no search
-- path, must find them.

-- English stems over letters without accents.
CREATE TEXT SEARCH CONFIGURATION public.scent (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION public.scent
    ALTER MAPPING FOR hword, hword_part, word WITH public.unaccent, pg_catalog.english_stem;

-- Declared immutable though array_to_string and unaccent are only stable: for arrays of text and a
-- fixed dictionary they are. A changed dictionary asks for a REINDEX.
CREATE FUNCTION public.product_search_document(
    name text, tagline text, description text,
    notes_top text[], notes_heart text[], notes_base text[], moods text[], aliases text[]
) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT setweight(to_tsvector('public.scent',
               name || ' ' || array_to_string(aliases, ' ')), 'A')
        || setweight(to_tsvector('public.scent',
               array_to_string(notes_top || notes_heart || notes_base || moods, ' ')), 'B')
        || setweight(to_tsvector('public.scent', tagline), 'C')
        || setweight(to_tsvector('public.scent', description), 'D')
$$;

CREATE FUNCTION public.product_search_words(
    name text, notes_top text[], notes_heart text[], notes_base text[], aliases text[]
) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT lower(public.unaccent('public.unaccent',
        name || ' ' || array_to_string(aliases || notes_top || notes_heart || notes_base, ' ')))
$$;

-- One move of a category at a time: two that cross would each see a tree without a circle.
CREATE FUNCTION categories_refuse_circle() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.parent_id IS NULL THEN
        RETURN NEW;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended('categories.parent_id', 0));
    IF EXISTS (
        WITH RECURSIVE ancestor(id) AS (
            SELECT NEW.parent_id
            UNION
            SELECT parent.parent_id FROM categories parent JOIN ancestor USING (id)
            WHERE parent.parent_id IS NOT NULL
        )
        SELECT FROM ancestor WHERE id = NEW.id
    ) THEN
        RAISE EXCEPTION 'category % would be its own ancestor', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'ck_categories_no_circle',
                  TABLE = 'categories';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION stock_movements_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'stock movements are never changed or removed'
        USING ERRCODE = 'restrict_violation', TABLE = 'stock_movements';
END $$;
