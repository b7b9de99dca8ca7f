-- What a caller said about being recorded, and where the recording stands: available, quarantined (its url is kept
-- here and not in calls) or deleted. Calls without a row have an agent that wants no consent.
CREATE TABLE call_recordings (
  call_id TEXT NOT NULL PRIMARY KEY REFERENCES calls (id) ON DELETE CASCADE,
  owner_id TEXT NOT NULL DEFAULT 'local',
  policy TEXT NOT NULL,
  consent TEXT NOT NULL DEFAULT '',
  consent_type TEXT NOT NULL DEFAULT '',
  consent_key TEXT NOT NULL DEFAULT '',
  granted_at BIGINT,
  status TEXT NOT NULL DEFAULT '',
  url TEXT NOT NULL DEFAULT '',
  updated_at BIGINT NOT NULL
);
CREATE INDEX call_recordings_by_status ON call_recordings (status, updated_at);

-- Retention looks for what is old.
CREATE INDEX webhook_events_by_time ON webhook_events (received_at);
CREATE INDEX transcript_entries_by_time ON transcript_entries (said_at);
CREATE INDEX call_tool_calls_by_time ON call_tool_calls (called_at);
CREATE INDEX tool_journal_by_time ON tool_journal (created_at);
