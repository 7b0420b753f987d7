-- Connections, flows and runs. Follows: Flow Service contract, 7-11 and 13.

CREATE TABLE connections (
  sandbox     TEXT NOT NULL,
  id          TEXT NOT NULL,
  etag        TEXT NOT NULL,
  created_ms  BIGINT NOT NULL,
  updated_ms  BIGINT NOT NULL,
  state       TEXT NOT NULL,
  spec_id     TEXT NOT NULL,
  doc         TEXT NOT NULL,
  PRIMARY KEY (sandbox, id)
);
CREATE INDEX connections_newest ON connections (sandbox, created_ms DESC, id);

CREATE TABLE source_connections (
  sandbox             TEXT NOT NULL,
  id                  TEXT NOT NULL,
  etag                TEXT NOT NULL,
  created_ms          BIGINT NOT NULL,
  updated_ms          BIGINT NOT NULL,
  state               TEXT NOT NULL,
  base_connection_id  TEXT NOT NULL,
  doc                 TEXT NOT NULL,
  PRIMARY KEY (sandbox, id)
);
CREATE INDEX source_connections_newest ON source_connections (sandbox, created_ms DESC, id);
CREATE INDEX source_connections_by_base ON source_connections (sandbox, base_connection_id);

CREATE TABLE target_connections (
  sandbox             TEXT NOT NULL,
  id                  TEXT NOT NULL,
  etag                TEXT NOT NULL,
  created_ms          BIGINT NOT NULL,
  updated_ms          BIGINT NOT NULL,
  state               TEXT NOT NULL,
  base_connection_id  TEXT NOT NULL,
  dataset_id          TEXT NOT NULL,
  doc                 TEXT NOT NULL,
  PRIMARY KEY (sandbox, id)
);
CREATE INDEX target_connections_newest ON target_connections (sandbox, created_ms DESC, id);
CREATE INDEX target_connections_by_base ON target_connections (sandbox, base_connection_id);
CREATE INDEX target_connections_by_dataset ON target_connections (sandbox, dataset_id);

CREATE TABLE flows (
  sandbox               TEXT NOT NULL,
  id                    TEXT NOT NULL,
  etag                  TEXT NOT NULL,
  created_ms            BIGINT NOT NULL,
  updated_ms            BIGINT NOT NULL,
  state                 TEXT NOT NULL,
  source_connection_id  TEXT NOT NULL,
  target_connection_id  TEXT NOT NULL,
  mapping_id            TEXT NOT NULL,
  doc                   TEXT NOT NULL,
  PRIMARY KEY (sandbox, id)
);
CREATE INDEX flows_newest ON flows (sandbox, created_ms DESC, id);
CREATE INDEX flows_by_source ON flows (sandbox, source_connection_id);
CREATE INDEX flows_by_target ON flows (sandbox, target_connection_id);
CREATE INDEX flows_by_mapping ON flows (sandbox, mapping_id);
CREATE INDEX flows_by_state ON flows (state);

-- How far the windows of a flow have been handed out to runs. `covered_us` is the end of the last one, NULL minus
-- infinity; ticks up to `ticks_after_us` do not count; `since_us` is when the flow was created, or published.
-- Follows: Flow Service contract, 13.2.
CREATE TABLE flow_positions (
  sandbox         TEXT NOT NULL,
  flow_id         TEXT NOT NULL,
  since_us        BIGINT NOT NULL,
  begun           BIGINT NOT NULL,
  covered_us      BIGINT,
  ticks_after_us  BIGINT,
  PRIMARY KEY (sandbox, flow_id)
);

CREATE TABLE runs (
  sandbox        TEXT NOT NULL,
  id             TEXT NOT NULL,
  etag           TEXT NOT NULL,
  created_ms     BIGINT NOT NULL,
  updated_ms     BIGINT NOT NULL,
  flow_id        TEXT NOT NULL,
  state          TEXT NOT NULL,
  not_before_ms  BIGINT NOT NULL,
  started_ms     BIGINT,
  doc            TEXT NOT NULL,
  PRIMARY KEY (sandbox, id)
);
CREATE INDEX runs_newest ON runs (sandbox, created_ms DESC, id);
CREATE INDEX runs_of_flow ON runs (sandbox, flow_id, created_ms DESC, id);
CREATE INDEX runs_by_state ON runs (sandbox, state, created_ms DESC, id);
-- Runs that are not final: few, however many there were.
CREATE INDEX runs_to_do ON runs (not_before_ms, created_ms, id) WHERE state IN ('scheduled', 'queued', 'inProgress');
CREATE INDEX runs_unfinished ON runs (sandbox, flow_id, created_ms, id) WHERE state IN ('scheduled', 'queued', 'inProgress');

-- What a run was made from, frozen when it was planned: flow, connections, mapping version.
CREATE TABLE run_snapshots (
  sandbox  TEXT NOT NULL,
  run_id   TEXT NOT NULL,
  doc      TEXT NOT NULL,
  PRIMARY KEY (sandbox, run_id)
);

-- Specs that users add; the built-in ones are in the program.
CREATE TABLE custom_connection_specs (
  sandbox     TEXT NOT NULL,
  id          TEXT NOT NULL,
  etag        TEXT NOT NULL,
  created_ms  BIGINT NOT NULL,
  updated_ms  BIGINT NOT NULL,
  name        TEXT NOT NULL,
  doc         TEXT NOT NULL,
  PRIMARY KEY (sandbox, id),
  UNIQUE (sandbox, name)
);

CREATE TABLE custom_flow_specs (
  sandbox     TEXT NOT NULL,
  id          TEXT NOT NULL,
  etag        TEXT NOT NULL,
  created_ms  BIGINT NOT NULL,
  updated_ms  BIGINT NOT NULL,
  name        TEXT NOT NULL,
  doc         TEXT NOT NULL,
  PRIMARY KEY (sandbox, id),
  UNIQUE (sandbox, name)
);
