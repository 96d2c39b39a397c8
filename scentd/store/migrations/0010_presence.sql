-- Who lives here and where they come and go. No position is ever kept: only zones and since when.
-- None of it is a shared document: it does not leave the hub.

CREATE TABLE presence_members (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    token_id TEXT,
    belief TEXT NOT NULL DEFAULT '{}'
) STRICT;

CREATE TABLE presence_zones (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    latitude REAL NOT NULL,
    longitude REAL NOT NULL,
    radius_m INTEGER NOT NULL
) STRICT;

-- Trackers that a member was given; those found and not given are forgotten at a restart.
CREATE TABLE presence_trackers (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    member_id TEXT NOT NULL REFERENCES presence_members (id) ON DELETE CASCADE,
    state TEXT NOT NULL DEFAULT '{}'
) STRICT;
CREATE INDEX presence_trackers_of_member ON presence_trackers (member_id);

CREATE TABLE presence_house (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    home_radius_m INTEGER NOT NULL,
    has_guests INTEGER NOT NULL
) STRICT;
INSERT INTO presence_house (id, home_radius_m, has_guests) VALUES (1, 100, 0);
