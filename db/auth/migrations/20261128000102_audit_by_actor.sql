-- migrate:up transaction:false

-- What a person did, beside what was done to them: exported, and redacted when
-- they are erased.
CREATE INDEX CONCURRENTLY IF NOT EXISTS audit_events_actor_idx ON auth.audit_events (actor) WHERE actor_kind = 'person';

-- migrate:down
DROP INDEX auth.audit_events_actor_idx;
