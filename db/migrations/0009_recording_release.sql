-- A person may let a quarantined recording out, with a reason. Later news that the caller declined takes it back.
ALTER TABLE call_recordings ADD COLUMN release_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE call_recordings ADD COLUMN released_at BIGINT;
