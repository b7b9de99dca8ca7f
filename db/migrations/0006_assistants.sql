-- Assistants: what an account calls with. The telephone platform holds a copy under platform_id; `platform` says which
-- platform that is. knowledge and functions are JSON lists of texts.
CREATE TABLE assistants (
  id TEXT NOT NULL PRIMARY KEY,
  owner_id TEXT NOT NULL DEFAULT 'local',
  platform TEXT NOT NULL DEFAULT '',
  platform_id TEXT NOT NULL DEFAULT '',
  property_id TEXT NOT NULL DEFAULT '',
  agent TEXT NOT NULL,
  name TEXT NOT NULL,
  first_message TEXT NOT NULL DEFAULT '',
  system_prompt TEXT NOT NULL DEFAULT '',
  voice_id TEXT NOT NULL DEFAULT '',
  model TEXT NOT NULL DEFAULT '',
  knowledge TEXT NOT NULL DEFAULT '[]',
  functions TEXT NOT NULL DEFAULT '[]',
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX assistants_by_time ON assistants (owner_id, created_at, id);
CREATE INDEX assistants_by_platform ON assistants (platform_id);
CREATE INDEX assistants_by_property ON assistants (property_id, created_at);
