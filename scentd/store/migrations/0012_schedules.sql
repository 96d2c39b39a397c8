-- Why a window went as it did, as a code and its facts in JSON; older rows have the text alone.
ALTER TABLE schedule_log ADD COLUMN code TEXT NOT NULL DEFAULT '';
ALTER TABLE schedule_log ADD COLUMN facts TEXT NOT NULL DEFAULT '{}';
