-- Samples and source schemas that the mapping screen of clients keeps. Follows: Data Prep contract, 3.7.

CREATE TABLE conversion_documents (
  sandbox     TEXT NOT NULL,
  id          TEXT NOT NULL,
  etag        TEXT NOT NULL,
  created_ms  BIGINT NOT NULL,
  updated_ms  BIGINT NOT NULL,
  doc         TEXT NOT NULL,
  kind        TEXT NOT NULL,              -- samples, schemas
  PRIMARY KEY (sandbox, id)
);
CREATE INDEX conversion_documents_newest ON conversion_documents (sandbox, kind, updated_ms, id);
