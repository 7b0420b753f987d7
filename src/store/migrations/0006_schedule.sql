-- Which key memory is in force for a flow; the file lies below keys/ in the data directory. Follows: docs/formats/keys.md.

CREATE TABLE flow_keys (
  sandbox  TEXT NOT NULL,
  flow_id  TEXT NOT NULL,
  file     TEXT NOT NULL,
  PRIMARY KEY (sandbox, flow_id)
);

-- A spool's folder is named by its run alone.
CREATE INDEX runs_by_id ON runs (id);

-- Runs whose rejected rows were mapped again and landed: no second time. Follows: Flow Service contract, 11.3.
CREATE TABLE run_replays (
  sandbox  TEXT NOT NULL,
  run_id   TEXT NOT NULL,  -- whose rows they were
  by_run   TEXT NOT NULL,
  PRIMARY KEY (sandbox, run_id)
);
