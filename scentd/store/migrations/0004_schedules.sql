-- The schedules themselves are shared documents (see shared_fields); here is what became of them.

-- Up to when the runner has dealt with the plan: what lies after it was not run yet.
CREATE TABLE schedule_progress (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    until_ms INTEGER NOT NULL
) STRICT;

-- The windows that switched a diffuser on and have not switched it off yet.
CREATE TABLE schedule_running (
    diffuser_id TEXT PRIMARY KEY,
    schedule_id TEXT NOT NULL,
    entry TEXT NOT NULL,
    day TEXT NOT NULL,
    start_ms INTEGER NOT NULL,
    end_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Why it did, or did not, run.
CREATE TABLE schedule_log (
    id INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    what TEXT NOT NULL CHECK (what IN ('started', 'ended', 'missed')),
    diffuser_id TEXT NOT NULL,
    schedule_id TEXT NOT NULL,
    entry_id TEXT NOT NULL,
    start_ms INTEGER NOT NULL,
    end_ms INTEGER NOT NULL,
    why TEXT NOT NULL
) STRICT;

CREATE INDEX schedule_log_by_time ON schedule_log (at_ms);
