-- Accounts, users and API keys; and what the tenant changes in the tables that are there: a key that was
-- unique among all becomes unique within its owner, and lists are read by owner.

-- The tenant: what the owner_id columns hold. 'local' is always there.
CREATE TABLE accounts (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL
);
INSERT INTO accounts (id, name, created_at) VALUES ('local', 'This server', 0);

-- email is kept in lower case. token_version is part of every token: raising it makes the earlier ones worthless.
CREATE TABLE users (
  id TEXT NOT NULL PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (id),
  email TEXT NOT NULL UNIQUE,
  password_hash TEXT NOT NULL,
  role TEXT NOT NULL,
  token_version BIGINT NOT NULL DEFAULT 1,
  created_at BIGINT NOT NULL
);
CREATE INDEX users_by_account ON users (account_id, created_at);

-- secret_hash: SHA-256 in hex. scopes: names with spaces between them. last_used_at is coarse.
CREATE TABLE api_keys (
  id TEXT NOT NULL PRIMARY KEY,
  account_id TEXT NOT NULL REFERENCES accounts (id),
  name TEXT NOT NULL,
  secret_hash TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT,
  revoked_at BIGINT
);
CREATE INDEX api_keys_by_account ON api_keys (account_id, created_at);

-- Two accounts may hear of the same message, and may name a tool call alike.
CREATE TABLE webhook_events_by_owner (
  id TEXT NOT NULL PRIMARY KEY,
  owner_id TEXT NOT NULL DEFAULT 'local',
  dedupe_key TEXT NOT NULL,
  platform_call_id TEXT NOT NULL DEFAULT '',
  type TEXT NOT NULL,
  verified TEXT NOT NULL,
  payload TEXT NOT NULL,
  answer TEXT,
  received_at BIGINT NOT NULL,
  processed BIGINT NOT NULL DEFAULT 0,
  error TEXT NOT NULL DEFAULT '',
  UNIQUE (owner_id, dedupe_key)
);
INSERT INTO webhook_events_by_owner (id, owner_id, dedupe_key, platform_call_id, type, verified, payload, answer,
  received_at, processed, error)
SELECT id, owner_id, dedupe_key, platform_call_id, type, verified, payload, answer, received_at, processed, error
FROM webhook_events;
DROP TABLE webhook_events;
ALTER TABLE webhook_events_by_owner RENAME TO webhook_events;
CREATE INDEX webhook_events_by_call ON webhook_events (platform_call_id, received_at);
CREATE INDEX webhook_events_unprocessed ON webhook_events (received_at) WHERE processed = 0;

CREATE TABLE tool_journal_by_owner (
  owner_id TEXT NOT NULL DEFAULT 'local',
  journal_key TEXT NOT NULL,
  call_id TEXT NOT NULL DEFAULT '',
  tool TEXT NOT NULL,
  arguments TEXT NOT NULL,
  result TEXT NOT NULL,
  ok BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  PRIMARY KEY (owner_id, journal_key)
);
INSERT INTO tool_journal_by_owner (owner_id, journal_key, call_id, tool, arguments, result, ok, created_at, expires_at)
SELECT owner_id, journal_key, call_id, tool, arguments, result, ok, created_at, expires_at FROM tool_journal;
DROP TABLE tool_journal;
ALTER TABLE tool_journal_by_owner RENAME TO tool_journal;
CREATE INDEX tool_journal_by_expiry ON tool_journal (expires_at) WHERE expires_at IS NOT NULL;

-- Lists and look-ups begin with the owner.
DROP INDEX calls_by_time;
DROP INDEX calls_by_phone;
DROP INDEX leads_by_time;
DROP INDEX leads_by_phone;
DROP INDEX tours_by_time;
DROP INDEX customers_by_phone;
DROP INDEX callbacks_by_time;
CREATE INDEX calls_by_time ON calls (owner_id, created_at, id);
CREATE INDEX calls_by_phone ON calls (owner_id, phone_number, created_at);
CREATE INDEX leads_by_time ON leads (owner_id, created_at, id);
CREATE INDEX leads_by_phone ON leads (owner_id, phone, created_at);
CREATE INDEX tours_by_time ON tours (owner_id, created_at, id);
CREATE INDEX properties_by_time ON properties (owner_id, created_at, id);
CREATE INDEX units_by_time ON units (owner_id, created_at, id);
CREATE INDEX customers_by_time ON customers (owner_id, created_at, id);
CREATE INDEX customers_by_phone ON customers (owner_id, phone, created_at);
CREATE INDEX appointments_by_time ON appointments (owner_id, created_at, id);
CREATE INDEX callbacks_by_time ON callbacks (owner_id, created_at, id);
CREATE INDEX exchange_objects_by_time ON exchange_objects (owner_id, kind, created_at, id);
