"""What the hub remembers: one SQLite file, one writer, and the outbox inside it."""
