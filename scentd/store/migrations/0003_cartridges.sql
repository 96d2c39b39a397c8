-- One row a refill cycle and slot; the one that is_current sits in the slot now.
-- level and first_look are JSON of the estimate and of the first low look.
CREATE TABLE cartridges (
    install_id TEXT NOT NULL,
    diffuser_id TEXT NOT NULL,
    slot_no INTEGER NOT NULL CHECK (slot_no >= 1),
    cycle INTEGER NOT NULL CHECK (cycle >= 1),
    sku TEXT,
    scent_name TEXT NOT NULL,
    fitted_ms INTEGER NOT NULL,
    is_current INTEGER NOT NULL CHECK (is_current IN (0, 1)),
    is_low INTEGER NOT NULL CHECK (is_low IN (0, 1)),
    is_empty INTEGER NOT NULL CHECK (is_empty IN (0, 1)),
    tag TEXT,
    level TEXT NOT NULL,
    level_ms INTEGER NOT NULL,
    first_look TEXT,
    PRIMARY KEY (install_id, diffuser_id, slot_no)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX cartridges_one_a_slot ON cartridges (diffuser_id, slot_no) WHERE is_current = 1;

-- Levels for the plot.
CREATE TABLE cartridge_history (
    diffuser_id TEXT NOT NULL,
    slot_no INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    remaining_ul INTEGER NOT NULL,
    error_ul INTEGER NOT NULL,
    PRIMARY KEY (diffuser_id, slot_no, at_ms)
) STRICT, WITHOUT ROWID;

-- What a device used outside its schedules, by the model's data, a UTC day at a time.
CREATE TABLE unplanned_use (
    diffuser_id TEXT NOT NULL,
    day TEXT NOT NULL,
    ul REAL NOT NULL,
    PRIMARY KEY (diffuser_id, day)
) STRICT, WITHOUT ROWID;
