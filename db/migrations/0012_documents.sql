-- Documents and their chunks. `state` tells of the newest upload, whose bytes lie in the file `upload` until it has been
-- taken in; the chunks are of the last one that could be read, so they answer until a newer one takes their place.
CREATE TABLE documents (
  id TEXT NOT NULL PRIMARY KEY,
  owner_id TEXT NOT NULL DEFAULT 'local',
  collection TEXT NOT NULL DEFAULT '',
  name TEXT NOT NULL,
  content_hash TEXT NOT NULL,
  size_bytes BIGINT NOT NULL,
  state TEXT NOT NULL,
  error TEXT NOT NULL DEFAULT '',
  pages BIGINT NOT NULL DEFAULT 0,
  chunks BIGINT NOT NULL DEFAULT 0,
  version BIGINT NOT NULL DEFAULT 1,
  upload TEXT NOT NULL DEFAULT '',
  attempts BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX documents_by_time ON documents (owner_id, created_at, id);
CREATE UNIQUE INDEX documents_by_name ON documents (owner_id, collection, name);
CREATE INDEX documents_by_hash ON documents (owner_id, content_hash);
CREATE INDEX documents_by_state ON documents (state);

CREATE TABLE document_chunks (
  document_id TEXT NOT NULL,
  number BIGINT NOT NULL,
  page BIGINT NOT NULL,
  heading TEXT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (document_id, number)
);
