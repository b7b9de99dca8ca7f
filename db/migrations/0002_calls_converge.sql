-- What makes every order of a call's messages end in the same row: each key names the message that a group of columns
-- was believed from, and of two messages the one with the greater key is believed.

ALTER TABLE calls ADD COLUMN reason_key TEXT NOT NULL DEFAULT '';
ALTER TABLE calls ADD COLUMN report_key TEXT NOT NULL DEFAULT '';
ALTER TABLE calls ADD COLUMN recording_key TEXT NOT NULL DEFAULT '';
ALTER TABLE calls ADD COLUMN transcript_key TEXT NOT NULL DEFAULT '';
