-- The organisation, its sandboxes and API clients. Follows: Sandbox and authentication contract, 3-5.

CREATE TABLE settings (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
);

CREATE TABLE sandboxes (
  id          TEXT PRIMARY KEY,
  name        TEXT NOT NULL UNIQUE,
  state       TEXT NOT NULL,
  created_ms  BIGINT NOT NULL,
  updated_ms  BIGINT NOT NULL,
  doc         TEXT NOT NULL
);

CREATE TABLE clients (
  client_id    TEXT PRIMARY KEY,
  secret_hash  TEXT NOT NULL,
  user_id      TEXT NOT NULL,
  revoked      BIGINT NOT NULL DEFAULT 0,
  expires_ms   BIGINT,
  created_ms   BIGINT NOT NULL,
  doc          TEXT NOT NULL
);

-- Secrets of connections, sealed; the documents hold only a mask. Follows: quality/security, "envelope encryption".
CREATE TABLE secrets (
  sandbox  TEXT NOT NULL,
  object   TEXT NOT NULL,
  field    TEXT NOT NULL,
  sealed   TEXT NOT NULL,
  PRIMARY KEY (sandbox, object, field)
);
