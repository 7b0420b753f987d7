-- Data sets, batches and files. Follows: Catalog contract; Batch ingestion and data access contract.

-- `doc` is what clients wrote. The columns from `records` on are the engine's: a batch that commits never touches `doc`,
-- so a client's version stays valid meanwhile.
CREATE TABLE datasets (
  sandbox       TEXT NOT NULL,
  id            TEXT NOT NULL,
  etag          TEXT NOT NULL,
  created_ms    BIGINT NOT NULL,
  updated_ms    BIGINT NOT NULL,
  doc           TEXT NOT NULL,
  name          TEXT NOT NULL,
  table_name    TEXT NOT NULL,
  view_id       TEXT NOT NULL,
  schema_id     TEXT NOT NULL DEFAULT '',
  records       BIGINT NOT NULL DEFAULT 0,
  bytes         BIGINT NOT NULL DEFAULT 0,
  snapshot      BIGINT NOT NULL DEFAULT 0,   -- +1 whenever the set of visible files changes
  observed      TEXT NOT NULL DEFAULT '',    -- JSON schema of the columns that ever held a value
  last_batch    TEXT NOT NULL DEFAULT '',
  last_status   TEXT NOT NULL DEFAULT '',
  last_success  TEXT NOT NULL DEFAULT '',
  last_failure  TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (sandbox, id)
);
CREATE UNIQUE INDEX datasets_by_table_name ON datasets (sandbox, table_name);
CREATE UNIQUE INDEX datasets_by_view ON datasets (sandbox, view_id);
CREATE INDEX datasets_by_created ON datasets (sandbox, created_ms, id);
CREATE INDEX datasets_by_schema ON datasets (sandbox, schema_id);

CREATE TABLE batches (
  sandbox       TEXT NOT NULL,
  id            TEXT NOT NULL,
  etag          TEXT NOT NULL,
  created_ms    BIGINT NOT NULL,
  updated_ms    BIGINT NOT NULL,
  doc           TEXT NOT NULL,
  dataset       TEXT NOT NULL DEFAULT '',
  status        TEXT NOT NULL,
  external_id   TEXT NOT NULL DEFAULT '',
  started_ms    BIGINT,
  completed_ms  BIGINT,
  PRIMARY KEY (sandbox, id)
);
CREATE INDEX batches_by_created ON batches (sandbox, created_ms, id);
CREATE INDEX batches_by_dataset ON batches (sandbox, dataset, created_ms, id);
CREATE INDEX batches_by_status ON batches (status, created_ms);
CREATE INDEX batches_by_external_id ON batches (sandbox, external_id);

-- One row for each stored Parquet part that readers may see; gone when its batch is reverted.
CREATE TABLE dataset_files (
  sandbox       TEXT NOT NULL,
  dataset       TEXT NOT NULL,
  batch         TEXT NOT NULL,
  name          TEXT NOT NULL,               -- "part-00000.parquet"
  path          TEXT NOT NULL,               -- relative to the data directory
  bytes         BIGINT NOT NULL,
  records       BIGINT NOT NULL,
  created_ms    BIGINT NOT NULL,
  layout        TEXT NOT NULL,               -- digest of a row of dataset_layouts
  statistics    TEXT NOT NULL,               -- JSON, by column
  PRIMARY KEY (sandbox, batch, name)
);
CREATE INDEX dataset_files_by_dataset ON dataset_files (sandbox, dataset, created_ms, batch, name);

-- The columns that files were written with, each set once.
CREATE TABLE dataset_layouts (
  sandbox  TEXT NOT NULL,
  dataset  TEXT NOT NULL,
  digest   TEXT NOT NULL,
  doc      TEXT NOT NULL,
  PRIMARY KEY (sandbox, dataset, digest)
);

-- Field ids of data sets without a schema; the others take those of their schema. Never changed, never given again.
CREATE TABLE dataset_column_ids (
  sandbox  TEXT NOT NULL,
  dataset  TEXT NOT NULL,
  path     TEXT NOT NULL,
  id       BIGINT NOT NULL,
  PRIMARY KEY (sandbox, dataset, path)
);

CREATE TABLE catalog_tags (
  sandbox     TEXT NOT NULL,
  collection  TEXT NOT NULL,                 -- dataSets, batches
  id          TEXT NOT NULL,
  tag         TEXT NOT NULL,
  value       TEXT NOT NULL,
  PRIMARY KEY (sandbox, collection, id, tag, value)
);
CREATE INDEX catalog_tags_by_tag ON catalog_tags (sandbox, tag, collection, value);

CREATE TABLE dataset_labels (
  sandbox     TEXT NOT NULL,
  id          TEXT NOT NULL,
  etag        TEXT NOT NULL,
  created_ms  BIGINT NOT NULL,
  updated_ms  BIGINT NOT NULL,
  doc         TEXT NOT NULL,
  PRIMARY KEY (sandbox, id)
);

-- Files and folders that nothing shows any more, removed once readers had time to finish.
CREATE TABLE purges (
  path      TEXT PRIMARY KEY,                -- relative to the data directory
  sandbox   TEXT NOT NULL,
  batch     TEXT NOT NULL DEFAULT '',        -- becomes `deleted` when its folder is gone
  after_ms  BIGINT NOT NULL
);
CREATE INDEX purges_by_time ON purges (after_ms);
