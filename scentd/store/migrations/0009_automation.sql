-- What must last before a rule fires, and since when it does: survives a restart.
CREATE TABLE rule_holds (
    rule_id TEXT NOT NULL,
    side TEXT NOT NULL,
    words TEXT NOT NULL,
    seconds INTEGER NOT NULL,
    due_ms INTEGER NOT NULL,
    PRIMARY KEY (rule_id, side)
) STRICT, WITHOUT ROWID;

-- How bounds with a band or a duration stand: name is topic, path, side and numbers.
CREATE TABLE rule_bounds (
    name TEXT PRIMARY KEY,
    is_beyond INTEGER NOT NULL,
    since_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What happened, in blocks, oldest first: what a rule is tried against. Body is compressed JSON.
CREATE TABLE rule_record (
    id INTEGER PRIMARY KEY,
    from_ms INTEGER NOT NULL,
    until_ms INTEGER NOT NULL,
    entries INTEGER NOT NULL,
    body BLOB NOT NULL
) STRICT;
