-- The SQL that SQLite and PostgreSQL 15 share. Times are microseconds since 1970 (UTC), flags are 0 or 1,
-- JSON is text, an unknown text is ''. owner_id is the tenant; there is one so far.

CREATE TABLE calls (
  id TEXT NOT NULL PRIMARY KEY,
  owner_id TEXT NOT NULL DEFAULT 'local',
  platform_id TEXT UNIQUE,
  status TEXT NOT NULL,
  status_rank BIGINT NOT NULL,
  direction TEXT NOT NULL DEFAULT '',
  assistant_id TEXT NOT NULL DEFAULT '',
  agent TEXT NOT NULL DEFAULT '',
  phone_number TEXT NOT NULL DEFAULT '',
  property_id TEXT NOT NULL DEFAULT '',
  lead_id TEXT NOT NULL DEFAULT '',
  metadata TEXT NOT NULL DEFAULT '',
  started_at BIGINT,
  ended_at BIGINT,
  duration_seconds DOUBLE PRECISION,
  ended_reason TEXT NOT NULL DEFAULT '',
  cost DOUBLE PRECISION,
  recording_url TEXT NOT NULL DEFAULT '',
  summary TEXT NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL
);
CREATE INDEX calls_by_time ON calls (created_at, id);
CREATE INDEX calls_by_phone ON calls (phone_number, created_at);
CREATE INDEX calls_by_lead ON calls (lead_id, created_at);

CREATE TABLE transcript_entries (
  call_id TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
  seq BIGINT NOT NULL,
  role TEXT NOT NULL,
  said TEXT NOT NULL,
  said_at BIGINT NOT NULL,
  source_key TEXT NOT NULL,
  PRIMARY KEY (call_id, seq),
  UNIQUE (call_id, source_key)
);

CREATE TABLE call_tool_calls (
  call_id TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
  id TEXT NOT NULL,
  name TEXT NOT NULL DEFAULT '',
  arguments TEXT NOT NULL DEFAULT '',
  result TEXT NOT NULL DEFAULT '',
  called_at BIGINT NOT NULL,
  PRIMARY KEY (call_id, id)
);

CREATE TABLE webhook_events (
  id TEXT NOT NULL PRIMARY KEY,
  owner_id TEXT NOT NULL DEFAULT 'local',
  dedupe_key TEXT NOT NULL UNIQUE,
  platform_call_id TEXT NOT NULL DEFAULT '',
  type TEXT NOT NULL,
  verified TEXT NOT NULL,
  payload TEXT NOT NULL,
  answer TEXT,
  received_at BIGINT NOT NULL,
  processed BIGINT NOT NULL DEFAULT 0,
  error TEXT NOT NULL DEFAULT ''
);
CREATE INDEX webhook_events_by_call ON webhook_events (platform_call_id, received_at);
CREATE INDEX webhook_events_unprocessed ON webhook_events (received_at) WHERE processed = 0;

CREATE TABLE properties (
  id TEXT NOT NULL PRIMARY KEY,
  owner_id TEXT NOT NULL DEFAULT 'local',
  name TEXT NOT NULL,
  address TEXT NOT NULL DEFAULT '',
  time_zone TEXT NOT NULL DEFAULT 'UTC',
  phone TEXT NOT NULL DEFAULT '',
  office_hours TEXT NOT NULL DEFAULT '{}',
  created_at BIGINT NOT NULL
);
CREATE INDEX properties_by_phone ON properties (phone, created_at);

CREATE TABLE units (
  id TEXT NOT NULL PRIMARY KEY,
  owner_id TEXT NOT NULL DEFAULT 'local',
  property_id TEXT NOT NULL REFERENCES properties (id),
  label TEXT NOT NULL,
  bedrooms BIGINT NOT NULL,
  bathrooms DOUBLE PRECISION NOT NULL,
  rent_cents BIGINT NOT NULL,
  available_from TEXT NOT NULL,
  pets_allowed BIGINT NOT NULL DEFAULT 0,
  status TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX units_by_rent ON units (property_id, status, rent_cents);

CREATE TABLE leads (
  id TEXT NOT NULL PRIMARY KEY,
  owner_id TEXT NOT NULL DEFAULT 'local',
  name TEXT NOT NULL DEFAULT '',
  phone TEXT NOT NULL DEFAULT '',
  email TEXT NOT NULL DEFAULT '',
  source TEXT NOT NULL DEFAULT '',
  status TEXT NOT NULL,
  score BIGINT,
  metadata TEXT NOT NULL DEFAULT '{}',
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX leads_by_time ON leads (created_at, id);
CREATE INDEX leads_by_phone ON leads (phone, created_at);

CREATE TABLE activities (
  id TEXT NOT NULL PRIMARY KEY,
  owner_id TEXT NOT NULL DEFAULT 'local',
  lead_id TEXT NOT NULL REFERENCES leads (id),
  call_id TEXT NOT NULL DEFAULT '',
  kind TEXT NOT NULL,
  note TEXT NOT NULL DEFAULT '',
  happened_at BIGINT NOT NULL
);
CREATE INDEX activities_by_lead ON activities (lead_id, happened_at, id);

CREATE TABLE tours (
  id TEXT NOT NULL PRIMARY KEY,
  owner_id TEXT NOT NULL DEFAULT 'local',
  lead_id TEXT NOT NULL REFERENCES leads (id),
  property_id TEXT NOT NULL REFERENCES properties (id),
  unit_id TEXT NOT NULL DEFAULT '',
  starts_at BIGINT NOT NULL,
  status TEXT NOT NULL,
  confirmation TEXT NOT NULL UNIQUE,
  created_at BIGINT NOT NULL
);
CREATE INDEX tours_by_time ON tours (created_at, id);
CREATE INDEX tours_by_lead ON tours (lead_id, created_at);

-- One row for each taken starting time: the primary key is what forbids a double booking.
CREATE TABLE tour_slots (
  property_id TEXT NOT NULL REFERENCES properties (id),
  starts_at BIGINT NOT NULL,
  tour_id TEXT NOT NULL UNIQUE,
  PRIMARY KEY (property_id, starts_at)
);

CREATE TABLE customers (
  id TEXT NOT NULL PRIMARY KEY,
  owner_id TEXT NOT NULL DEFAULT 'local',
  name TEXT NOT NULL,
  phone TEXT NOT NULL DEFAULT '',
  email TEXT NOT NULL DEFAULT '',
  date_of_birth TEXT NOT NULL DEFAULT '',
  postcode TEXT NOT NULL DEFAULT '',
  status TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX customers_by_phone ON customers (phone, created_at);

CREATE TABLE cards (
  id TEXT NOT NULL PRIMARY KEY,
  owner_id TEXT NOT NULL DEFAULT 'local',
  customer_id TEXT NOT NULL REFERENCES customers (id),
  last_four TEXT NOT NULL,
  kind TEXT NOT NULL,
  status TEXT NOT NULL,
  blocked_at BIGINT,
  block_reason TEXT NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL
);
CREATE INDEX cards_by_customer ON cards (customer_id, created_at);

-- Wrong answers to "what is your date of birth?": too many, and the caller is not asked again for a while.
CREATE TABLE failed_verifications (
  id TEXT NOT NULL PRIMARY KEY,
  customer_id TEXT NOT NULL REFERENCES customers (id),
  at BIGINT NOT NULL
);
CREATE INDEX failed_verifications_by_customer ON failed_verifications (customer_id, at);

CREATE TABLE appointments (
  id TEXT NOT NULL PRIMARY KEY,
  owner_id TEXT NOT NULL DEFAULT 'local',
  customer_id TEXT NOT NULL REFERENCES customers (id),
  starts_at BIGINT NOT NULL,
  status TEXT NOT NULL,
  confirmation TEXT NOT NULL UNIQUE,
  created_at BIGINT NOT NULL
);
CREATE INDEX appointments_by_customer ON appointments (customer_id, created_at);

CREATE TABLE appointment_slots (
  owner_id TEXT NOT NULL DEFAULT 'local',
  starts_at BIGINT NOT NULL,
  appointment_id TEXT NOT NULL UNIQUE,
  PRIMARY KEY (owner_id, starts_at)
);

CREATE TABLE callbacks (
  id TEXT NOT NULL PRIMARY KEY,
  owner_id TEXT NOT NULL DEFAULT 'local',
  phone TEXT NOT NULL,
  call_at BIGINT NOT NULL,
  reason TEXT NOT NULL DEFAULT '',
  status TEXT NOT NULL,
  lead_id TEXT NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL
);
CREATE INDEX callbacks_by_time ON callbacks (created_at, id);

CREATE TABLE tool_journal (
  journal_key TEXT NOT NULL PRIMARY KEY,
  owner_id TEXT NOT NULL DEFAULT 'local',
  call_id TEXT NOT NULL DEFAULT '',
  tool TEXT NOT NULL,
  arguments TEXT NOT NULL,
  result TEXT NOT NULL,
  ok BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT
);
CREATE INDEX tool_journal_by_expiry ON tool_journal (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE exchange_objects (
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  owner_id TEXT NOT NULL DEFAULT 'local',
  body TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (kind, id)
);

CREATE TABLE jobs (
  id TEXT NOT NULL PRIMARY KEY,
  owner_id TEXT NOT NULL DEFAULT 'local',
  kind TEXT NOT NULL,
  payload TEXT NOT NULL,
  run_at BIGINT NOT NULL,
  attempts BIGINT NOT NULL DEFAULT 0,
  status TEXT NOT NULL
);
CREATE INDEX jobs_by_time ON jobs (status, run_at);
