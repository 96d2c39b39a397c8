"""What the quiz and suggestions hold on a person. All of it goes with the account."""

from sqlalchemy import text

from cloud.foundation.personal import PersonalRecords

RECORDS = PersonalRecords(
    held={
        "quiz": text(
            "SELECT to_jsonb(r) - 'token_digest' - 'share_slug' || jsonb_build_object('answers', ("
            " SELECT coalesce(jsonb_agg(jsonb_build_object('question', q.text,"
            " 'answer', a.answer, 'answered_at', a.answered_at) ORDER BY q.position), '[]')"
            " FROM quiz_answers AS a JOIN quiz_questions AS q ON q.id = a.question_id"
            " WHERE a.run_id = r.id)) FROM quiz_runs AS r WHERE user_id = :user_id"
        ),
        "suggestions": text(
            "SELECT to_jsonb(s) || jsonb_build_object('product', p.name) FROM suggestions AS s "
            "JOIN products AS p ON p.id = s.product_id WHERE user_id = :user_id ORDER BY place"
        ),
        "use_consent": text("SELECT to_jsonb(c) FROM use_consents AS c WHERE user_id = :user_id"),
        "scent_use": text(
            "SELECT to_jsonb(u) || jsonb_build_object('product', p.name) FROM scent_uses AS u "
            "JOIN products AS p ON p.id = u.product_id WHERE user_id = :user_id ORDER BY seen_at"
        ),
    },
    # Whoever finishes it asks for the points of it next.
    locks=(
        text("SELECT id FROM quiz_runs WHERE user_id = :user_id ORDER BY id FOR NO KEY UPDATE"),
    ),
)
