"""The piece of SQL that says who may buy an announced product before it is out."""

# Of a product `p` for the account `:user_id` (may be NULL) at the moment `:now`; carts read it too.
EARLY = """(p.deleted_at IS NULL AND p.published_at > :now AND EXISTS (
    SELECT FROM early_access e
    WHERE (e.product_id IS NULL OR e.product_id = p.id)
        AND (e.ends_at IS NULL OR e.ends_at > :now)
        AND (e.ahead_h IS NULL OR p.published_at <= :now + make_interval(hours => e.ahead_h))
        AND (e.user_id = :user_id OR e.audience = (
            SELECT m.audience FROM audience_members m WHERE m.user_id = :user_id))))"""
