"""Gift cards that are bought: issued when their order is paid, sent, and taken back with it."""
