-- The outbox: events waiting for the cloud, in the order in which they were committed.
-- A row stands for the events numbered seq..last; last > seq only in a gap marker.
-- size counts against the budget: 0 for what may never be dropped.
CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY,
    last INTEGER NOT NULL CHECK (last >= seq),
    class TEXT NOT NULL CHECK (class IN ('critical', 'history', 'state', 'telemetry', 'debug')),
    kind TEXT NOT NULL,
    subject TEXT NOT NULL DEFAULT '',
    clock_ok INTEGER NOT NULL CHECK (clock_ok IN (0, 1)),
    at_ms INTEGER NOT NULL,
    size INTEGER NOT NULL CHECK (size >= 0),
    line BLOB NOT NULL
) STRICT;

CREATE INDEX outbox_critical ON outbox (seq) WHERE class = 'critical';
CREATE INDEX outbox_edits ON outbox (subject) WHERE kind = 'document.edit';

-- Where the conversation with the cloud stands. Numbers are those of the present lineage:
-- acked <= sent <= last; chain is the history hash at acked; stamp the hybrid clock's last value.
-- pull_cursor is the household's version up to which news is here; recheck_from, when set, is the
-- version to look at again once the edits that now wait are confirmed.
CREATE TABLE sync (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    lineage TEXT NOT NULL CHECK (length(lineage) = 32),
    node TEXT NOT NULL CHECK (length(node) = 32),
    last INTEGER NOT NULL DEFAULT 0,
    sent INTEGER NOT NULL DEFAULT 0,
    acked INTEGER NOT NULL DEFAULT 0,
    chain BLOB NOT NULL DEFAULT (zeroblob(16)) CHECK (length(chain) = 16),
    droppable_bytes INTEGER NOT NULL DEFAULT 0,
    dropped INTEGER NOT NULL DEFAULT 0,
    stamp INTEGER NOT NULL DEFAULT 0,
    pull_cursor INTEGER NOT NULL DEFAULT 0,
    recheck_from INTEGER,
    CHECK (0 <= acked AND acked <= sent AND sent <= last)
) STRICT;

INSERT INTO sync (id, lineage, node) VALUES (1, random_id(), random_id());

-- What may already be on the cloud must stay as it is, byte for byte.
CREATE TRIGGER outbox_sent_is_frozen BEFORE UPDATE OF seq, last, kind, line ON outbox
WHEN OLD.seq BETWEEN 1 AND (SELECT sent FROM sync)
BEGIN
    SELECT RAISE(ABORT, 'an event that may have been sent cannot change');
END;

-- The positions the cloud has confirmed, kept a while in case it comes back from an older copy.
CREATE TABLE acks (
    seq INTEGER PRIMARY KEY,
    chain BLOB NOT NULL CHECK (length(chain) = 16),
    at_ms INTEGER NOT NULL
) STRICT;

-- Fields of documents that hub and cloud both edit: the last writer by (stamp, node, value) wins.
CREATE TABLE shared_fields (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    field TEXT NOT NULL,
    value TEXT NOT NULL,
    stamp INTEGER NOT NULL,
    node TEXT NOT NULL,
    PRIMARY KEY (kind, key, field)
) STRICT, WITHOUT ROWID;

-- Documents that the cloud owns and the hub only shows, at a version of the household.
CREATE TABLE cloud_documents (
    kind TEXT NOT NULL,
    key TEXT NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;

-- Who this hub is to the cloud; no row while it is not paired. key_name says which key file
-- proves it; audience is what the cloud calls itself in what the hub signs.
CREATE TABLE pairing (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    cloud_url TEXT NOT NULL,
    audience TEXT NOT NULL,
    hub_id INTEGER NOT NULL,
    household_name TEXT NOT NULL DEFAULT '',
    key_name TEXT NOT NULL,
    paired_ms INTEGER NOT NULL,
    is_revoked INTEGER NOT NULL DEFAULT 0 CHECK (is_revoked IN (0, 1))
) STRICT;

-- An offer to be taken into a household that was not answered yet; survives a restart.
CREATE TABLE pairing_offer (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    cloud_url TEXT NOT NULL,
    key_name TEXT NOT NULL,
    device_code TEXT NOT NULL,
    user_code TEXT NOT NULL,
    verification_url TEXT NOT NULL,
    verification_url_complete TEXT NOT NULL,
    words TEXT NOT NULL,
    expires_ms INTEGER NOT NULL,
    interval_s REAL NOT NULL
) STRICT;

-- Commands already carried out: each at most once.
CREATE TABLE cmd_seen (
    cmd_id TEXT PRIMARY KEY,
    seen_ms INTEGER NOT NULL
) STRICT;
