"""People: accounts, live sessions, one-time links, roles and addresses."""
