-- What the dose guard must remember through a restart, each as JSON:
-- 'meter': what a device or room gave off ("" holds the day being counted);
-- 'time': where the hub's own line of time stood; 'rules': what the household allows at most.
CREATE TABLE safety (
    what TEXT NOT NULL CHECK (what IN ('meter', 'time', 'rules')),
    subject TEXT NOT NULL,
    fact TEXT NOT NULL,
    PRIMARY KEY (what, subject)
) STRICT, WITHOUT ROWID;

-- The guard's count replaces the one run a device was remembered by.
DELETE FROM commander WHERE what = 'run';

-- What was decided about a device and why, for as long as a person may ask.
CREATE TABLE decisions (
    id INTEGER PRIMARY KEY,
    diffuser_id TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    fact TEXT NOT NULL
) STRICT;
CREATE INDEX decisions_of_a_diffuser ON decisions (diffuser_id, at_ms);
CREATE INDEX decisions_by_age ON decisions (at_ms);
