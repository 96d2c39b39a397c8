-- Every device ever heard of; description is the Diffuser as JSON, as its dialect described it.
-- The household's own name, room and profile are fields of the shared document 'diffuser'.
CREATE TABLE diffusers (
    id TEXT PRIMARY KEY,
    dialect TEXT NOT NULL,
    description TEXT NOT NULL,
    first_seen_ms INTEGER NOT NULL,
    removed_ms INTEGER
) STRICT;

-- The last known state, so that the page has something to show before a device speaks again.
CREATE TABLE diffuser_states (
    diffuser_id TEXT PRIMARY KEY REFERENCES diffusers (id) ON DELETE CASCADE,
    state TEXT NOT NULL
) STRICT;

-- What the commander must remember through a restart, each as JSON:
-- 'override': what a person wished and until when; 'owed': a switching off not yet done;
-- 'run': since when it runs, or until when it must rest.
CREATE TABLE commander (
    what TEXT NOT NULL CHECK (what IN ('override', 'owed', 'run')),
    diffuser_id TEXT NOT NULL,
    fact TEXT NOT NULL,
    PRIMARY KEY (what, diffuser_id)
) STRICT, WITHOUT ROWID;
