-- Calculated columns of flows that want them refreshed: what they came to when rows landed, a file for each run below keys/ in the
-- data directory, and when they were last compared with the source. Follows: docs/formats/calculated.md; Sources contract, pain 5.

CREATE TABLE flow_calculated (
  sandbox  TEXT NOT NULL,
  flow_id  TEXT NOT NULL,
  ordinal  BIGINT NOT NULL,  -- rising: what a later file says of a record counts
  file     TEXT NOT NULL,
  PRIMARY KEY (sandbox, flow_id, ordinal)
);

CREATE TABLE flow_refreshes (
  sandbox       TEXT NOT NULL,
  flow_id       TEXT NOT NULL,
  refreshed_us  BIGINT NOT NULL,
  PRIMARY KEY (sandbox, flow_id)
);
