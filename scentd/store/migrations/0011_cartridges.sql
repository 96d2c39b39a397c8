-- Who said that the cycle began, whether the household saw oil in what was called empty, and
-- whether the plug's power made an empty bottle likely.
ALTER TABLE cartridges ADD COLUMN fitted_by TEXT NOT NULL DEFAULT 'household';
ALTER TABLE cartridges ADD COLUMN goes_on INTEGER NOT NULL DEFAULT 0 CHECK (goes_on IN (0, 1));
ALTER TABLE cartridges ADD COLUMN is_suspected INTEGER NOT NULL DEFAULT 0
    CHECK (is_suspected IN (0, 1));
