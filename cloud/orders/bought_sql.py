"""A condition for statements of features below: whether somebody bought since a moment."""

# True of a `person` (user_id, email, left_at) who paid since `left_at`, or has an order that waits
# for its payment. One that ended unpaid is no purchase: the cart was left at the payment page.
HAS_BOUGHT = """
    EXISTS (SELECT FROM orders o
        WHERE (o.user_id = person.user_id OR o.email = person.email) AND NOT o.is_test
            AND (o.paid_at >= person.left_at OR o.status IN ('PENDING', 'AWAITING_PAYMENT')))
"""
