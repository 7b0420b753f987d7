-- Mapping sets: one row for the newest state of each, and every version. Follows: Data Prep contract, 2.

CREATE TABLE mapping_sets (
  sandbox      TEXT NOT NULL,
  id           TEXT NOT NULL,             -- 32 hex digits
  version      BIGINT NOT NULL,           -- the newest
  created_ms   BIGINT NOT NULL,
  modified_ms  BIGINT NOT NULL,
  name         TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (sandbox, id)
);
CREATE INDEX mapping_sets_by_created ON mapping_sets (sandbox, created_ms, id);
CREATE INDEX mapping_sets_by_modified ON mapping_sets (sandbox, modified_ms, id);
CREATE INDEX mapping_sets_by_name ON mapping_sets (sandbox, name);

-- Versions never change; they go with their set.
CREATE TABLE mapping_set_versions (
  sandbox  TEXT NOT NULL,
  id       TEXT NOT NULL,
  version  BIGINT NOT NULL,
  doc      TEXT NOT NULL,
  PRIMARY KEY (sandbox, id, version)
);
