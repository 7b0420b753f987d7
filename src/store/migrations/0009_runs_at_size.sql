-- Runs by the hundred thousand: what waits is found without reading a document, lists can be walked by start and by change,
-- and what is over for long is found by its end. Follows: Flow Service contract, 13.11.

DROP INDEX runs_to_do;
CREATE INDEX runs_to_do ON runs (not_before_ms, created_ms, id, sandbox, flow_id) WHERE state IN ('scheduled', 'queued', 'inProgress');
CREATE INDEX runs_over ON runs (updated_ms, sandbox, id) WHERE state IN ('success', 'partialSuccess', 'failed');
CREATE INDEX runs_by_start ON runs (sandbox, started_ms);
CREATE INDEX runs_by_change ON runs (sandbox, updated_ms);
