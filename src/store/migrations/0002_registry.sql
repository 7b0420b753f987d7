-- Schema Registry: tenant resources, descriptors, column ids, audit log, imported library.
-- Follows: Schema Registry contract, 3-15; XDM core, 7.5.

CREATE TABLE registry_resources (
  sandbox     TEXT NOT NULL,
  id          TEXT NOT NULL,               -- the $id
  etag        TEXT NOT NULL,
  created_ms  BIGINT NOT NULL,
  updated_ms  BIGINT NOT NULL,
  doc         TEXT NOT NULL,
  kind        TEXT NOT NULL,               -- schemas, classes, mixins, datatypes
  alt_id      TEXT NOT NULL,
  tail        TEXT NOT NULL,               -- last segment of the id: found under a foreign tenant too
  title       TEXT NOT NULL,
  class_id    TEXT NOT NULL DEFAULT '',    -- of schemas
  in_union    BIGINT NOT NULL DEFAULT 0,   -- schemas that carry the tag `union`
  PRIMARY KEY (sandbox, id)
);
CREATE UNIQUE INDEX registry_resources_alt ON registry_resources (sandbox, alt_id);
CREATE INDEX registry_resources_tail ON registry_resources (sandbox, tail);
CREATE INDEX registry_resources_title ON registry_resources (sandbox, title);
CREATE INDEX registry_resources_kind ON registry_resources (sandbox, kind);

-- Which resource refers to which, one step; targets may be global.
CREATE TABLE registry_refs (
  sandbox  TEXT NOT NULL,
  id       TEXT NOT NULL,
  ref      TEXT NOT NULL,
  PRIMARY KEY (sandbox, id, ref)
);
CREATE INDEX registry_refs_ref ON registry_refs (sandbox, ref);

CREATE TABLE registry_descriptors (
  sandbox        TEXT NOT NULL,
  id             TEXT NOT NULL,            -- the @id
  etag           TEXT NOT NULL,
  created_ms     BIGINT NOT NULL,
  updated_ms     BIGINT NOT NULL,
  doc            TEXT NOT NULL,
  type           TEXT NOT NULL,            -- the @type
  source_schema  TEXT NOT NULL,
  target_schema  TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (sandbox, id)
);
CREATE INDEX registry_descriptors_source ON registry_descriptors (sandbox, source_schema);
CREATE INDEX registry_descriptors_target ON registry_descriptors (sandbox, target_schema);

-- Column ids of a schema; kept when the schema goes, because an import may bring its $id back.
CREATE TABLE registry_columns (
  sandbox    TEXT NOT NULL,
  schema_id  TEXT NOT NULL,
  doc        TEXT NOT NULL,
  PRIMARY KEY (sandbox, schema_id)
);

CREATE TABLE registry_audit (
  number    INTEGER PRIMARY KEY,
  sandbox   TEXT NOT NULL,
  resource  TEXT NOT NULL,
  doc       TEXT NOT NULL
);
CREATE INDEX registry_audit_resource ON registry_audit (sandbox, resource, number);

-- Rises with every write of a sandbox; '' is the library. Caches of any process compare it.
CREATE TABLE registry_generations (
  sandbox  TEXT PRIMARY KEY,
  value    BIGINT NOT NULL
);

-- The imported component library, shared by all sandboxes.
CREATE TABLE registry_library (
  id       TEXT PRIMARY KEY,
  kind     TEXT NOT NULL,
  version  TEXT NOT NULL,
  doc      TEXT NOT NULL,
  license  TEXT NOT NULL DEFAULT ''
);
