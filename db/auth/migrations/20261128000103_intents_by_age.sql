-- migrate:up transaction:false

-- What is long over and may go.
CREATE INDEX CONCURRENTLY IF NOT EXISTS intents_created_at_idx ON auth.intents (created_at);

-- migrate:down
DROP INDEX auth.intents_created_at_idx;
