-- When every schedule rests: the household's vacations, and the pause that somebody asked for last.
CREATE TABLE schedule_vacations (
    first_day TEXT NOT NULL,
    last_day TEXT NOT NULL,
    PRIMARY KEY (first_day, last_day)
) STRICT, WITHOUT ROWID;

CREATE TABLE schedule_pause (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    since_ms INTEGER NOT NULL,
    until_ms INTEGER
) STRICT;

-- The log also says which windows were left out on purpose; SQLite changes no CHECK in place.
CREATE TABLE schedule_log_new (
    id INTEGER PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    what TEXT NOT NULL CHECK (what IN ('started', 'ended', 'missed', 'skipped')),
    diffuser_id TEXT NOT NULL,
    schedule_id TEXT NOT NULL,
    entry_id TEXT NOT NULL,
    start_ms INTEGER NOT NULL,
    end_ms INTEGER NOT NULL,
    why TEXT NOT NULL
) STRICT;

INSERT INTO schedule_log_new SELECT * FROM schedule_log;
DROP TABLE schedule_log;
ALTER TABLE schedule_log_new RENAME TO schedule_log;
CREATE INDEX schedule_log_by_time ON schedule_log (at_ms);
