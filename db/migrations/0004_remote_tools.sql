-- A remote tool's call is journalled as started before it is sent, with the key it bears, and as finished when
-- its outcome is known.

ALTER TABLE tool_journal ADD COLUMN state TEXT NOT NULL DEFAULT 'finished';
ALTER TABLE tool_journal ADD COLUMN idempotency_key TEXT NOT NULL DEFAULT '';
