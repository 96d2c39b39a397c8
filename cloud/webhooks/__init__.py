"""News of the shop to other programs: signed, tried for three days, logged, sent again."""
