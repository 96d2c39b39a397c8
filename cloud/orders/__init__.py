"""Orders: what was bought, at which price, where it goes, and every step on its way.

Knows nothing of payment providers, refunds or mails; those features call down or listen.
"""
