-- Fewer indexes under what every webhook writes.

-- A line of a transcript is found by its call and its time; the same line sent again has the same seq, which is
-- made of what was said. Retention goes by the age of the call.
CREATE TABLE transcript_lines (
  call_id TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
  said_at BIGINT NOT NULL,
  seq BIGINT NOT NULL,
  role TEXT NOT NULL,
  said TEXT NOT NULL,
  PRIMARY KEY (call_id, said_at, seq)
);
INSERT INTO transcript_lines (call_id, said_at, seq, role, said)
SELECT call_id, said_at, seq, role, said FROM transcript_entries;
DROP TABLE transcript_entries;
ALTER TABLE transcript_lines RENAME TO transcript_entries;
DROP INDEX call_tool_calls_by_time;

-- Ids of events begin with their time, and every event is stored together with its effects.
DROP INDEX webhook_events_by_time;
DROP INDEX webhook_events_unprocessed;

-- What retention looks for: calls whose words are still there (words_removed is 0 or 1), and their recordings.
ALTER TABLE calls ADD COLUMN words_removed BIGINT NOT NULL DEFAULT 0;
CREATE INDEX calls_with_words ON calls (created_at) WHERE words_removed = 0;
CREATE INDEX calls_with_recording ON calls (created_at) WHERE recording_url <> '';
CREATE INDEX exchange_calls_by_age ON exchange_objects (updated_at) WHERE kind = 'call';
