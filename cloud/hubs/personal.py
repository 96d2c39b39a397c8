"""What hubs hold on a person. A home that others live in too stays theirs."""

from sqlalchemy import text

from cloud.foundation.personal import PersonalRecords

_ALONE = """
    SELECT m.household_id FROM household_members AS m WHERE m.user_id = :user_id AND NOT EXISTS (
        SELECT 1 FROM household_members AS o
        WHERE o.household_id = m.household_id AND o.user_id <> :user_id)
"""

RECORDS = PersonalRecords(
    held={
        "households": text(
            "SELECT to_jsonb(h) || jsonb_build_object('your_role', m.role) FROM households AS h "
            "JOIN household_members AS m ON m.household_id = h.id "
            "WHERE m.user_id = :user_id ORDER BY h.id"
        ),
        "hubs": text(
            "SELECT to_jsonb(b) - 'public_key' FROM hubs AS b "
            "JOIN household_members AS m ON m.household_id = b.household_id "
            "WHERE m.user_id = :user_id ORDER BY b.id"
        ),
    },
    forget=(
        text(
            "UPDATE hubs SET revoked_at = coalesce(revoked_at, :now), name = 'Erased' "
            f"WHERE household_id IN ({_ALONE})"
        ),
        text(f"UPDATE households SET name = 'Erased' WHERE id IN ({_ALONE})"),
    ),
)
