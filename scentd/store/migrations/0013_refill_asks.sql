-- Refills somebody asked for who may not order one, until a person of the household answers.
CREATE TABLE refill_asks (
    diffuser_id TEXT NOT NULL,
    slot_no INTEGER NOT NULL,
    origin TEXT NOT NULL,
    reference TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (diffuser_id, slot_no)
) STRICT, WITHOUT ROWID;
