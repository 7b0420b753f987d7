-- Which key memory is in force for a flow; the file lies below keys/ in the data directory. Follows: docs/formats/keys.md.

CREATE TABLE flow_keys (
  sandbox  TEXT NOT NULL,
  flow_id  TEXT NOT NULL,
  file     TEXT NOT NULL,
  PRIMARY KEY (sandbox, flow_id)
);
