-- What a flow keeps from run to run beside its windows: how far it has heard of removed records, and the columns its table had.
-- Follows: Sources contract, 5.2 and pain 7.

CREATE TABLE flow_removals (
  sandbox        TEXT NOT NULL,
  flow_id        TEXT NOT NULL,
  bookmark       TEXT NOT NULL,    -- the source's own; empty: it has no feed
  reconciled_ms  BIGINT NOT NULL,  -- when all keys were compared, or nothing had landed yet
  PRIMARY KEY (sandbox, flow_id)
);

CREATE TABLE flow_shapes (
  sandbox  TEXT NOT NULL,
  flow_id  TEXT NOT NULL,
  doc      TEXT NOT NULL,
  PRIMARY KEY (sandbox, flow_id)
);
