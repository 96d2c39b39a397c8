-- An amount in another currency: `factor` minor units of it for one, rounded half to even, then up
-- to the next whole number n with n % step = ending. Nothing stays nothing. The same rule as
-- cloud.foundation.conversion.
CREATE FUNCTION public.converted_minor(
    minor bigint, factor numeric, step bigint, ending bigint
) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN minor IS NULL OR minor = 0 THEN minor ELSE (
        SELECT near + mod(mod(ending - near, step) + step, step)
        FROM (
            SELECT least(greatest(floor(worth) + CASE
                WHEN worth - floor(worth) > 0.5 THEN 1
                WHEN worth - floor(worth) = 0.5 THEN mod(floor(worth), 2)
                ELSE 0 END, 1), 1000000000000000)::bigint AS near
            FROM (SELECT minor * factor AS worth) AS exact
        ) AS whole
    ) END
$$;

-- What the shop's hot reads know of bottles, with prices in another currency: those that staff
-- entered for it, else converted. A sale is one only where the bottle's own price has one, and
-- where rounding leaves it cheaper. One plain SELECT, so that PostgreSQL writes it into the
-- statement around it.
CREATE FUNCTION public.variants_in(
    wanted bpchar, factor numeric, step bigint, ending bigint
) RETURNS TABLE (
    id bigint, product_id bigint, sku text, name text, capacity_ul bigint, options jsonb,
    is_default boolean, is_active boolean, sale_starts_at timestamptz, sale_ends_at timestamptz,
    price_minor bigint, sale_price_minor bigint, currency bpchar
) LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT v.id, v.product_id, v.sku, v.name, v.capacity_ul, v.options,
        v.is_default, v.is_active, v.sale_starts_at, v.sale_ends_at,
        coalesce(e.price_minor, public.converted_minor(v.price_minor, factor, step, ending)),
        CASE
            WHEN v.sale_price_minor IS NULL THEN NULL
            WHEN e.price_minor IS NOT NULL THEN e.sale_price_minor
            WHEN public.converted_minor(v.sale_price_minor, factor, step, ending)
                < public.converted_minor(v.price_minor, factor, step, ending)
                THEN public.converted_minor(v.sale_price_minor, factor, step, ending)
        END,
        wanted
    FROM public.variants v
    LEFT JOIN public.variant_prices e ON e.variant_id = v.id AND e.currency = wanted
$$;
