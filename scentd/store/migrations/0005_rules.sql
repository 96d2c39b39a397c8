-- The rules themselves are shared documents (see shared_fields); here is what became of them.

-- The last firings of each rule; trace is JSON.
CREATE TABLE rule_traces (
    id INTEGER PRIMARY KEY,
    rule_id TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    trace TEXT NOT NULL
) STRICT;

CREATE INDEX rule_traces_by_rule ON rule_traces (rule_id, id);

-- When each rule last ran its actions.
CREATE TABLE rule_ran (
    rule_id TEXT PRIMARY KEY,
    at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Times of day already fired, by local date: a clock set back does not fire them again.
CREATE TABLE rule_days (
    rule_id TEXT NOT NULL,
    day TEXT NOT NULL,
    PRIMARY KEY (rule_id, day)
) STRICT, WITHOUT ROWID;

-- Up to when times of day have been dealt with.
CREATE TABLE rule_progress (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    until_ms INTEGER NOT NULL
) STRICT;

-- What a rule switched on for a while, and when it goes off.
CREATE TABLE rule_timers (
    diffuser_id TEXT PRIMARY KEY,
    rule_id TEXT NOT NULL,
    seconds INTEGER NOT NULL,
    off_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
